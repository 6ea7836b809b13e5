#include "listing/effect.hpp"

#include <algorithm>
#include <utility>

namespace nram::listings {

Effect::Effect(Expressions& expressions, const flow::Flow& flow, const Node& node,
               std::vector<Value> entry)
    : expressions_(expressions), registers_(std::move(entry)), set_in_(registers_.size(), 0) {
  for (std::size_t step = 0; step < node.steps.size(); ++step) {
    run(flow.blocks[node.steps[step]], step);
  }
  if (node.end == Node::End::branch) {
    is_zero_ = expressions_.condition(registers_[node.reg], false);
  }
}

void Effect::run(const flow::Block& block, std::size_t step) {
  std::vector<Value> results;
  results.reserve(block.code.size());
  const auto value = [&](flow::Operand operand) {
    return flow::value_of(operand, registers_, results,
                          [&](std::int64_t k) { return expressions_.constant(k); });
  };
  for (const flow::Instruction& instruction : block.code) {
    const Value a = value(instruction.a);
    const Value b = value(instruction.b);
    if (instruction.op == flow::Op::load) {
      results.push_back(load(a));
    } else if (instruction.op == flow::Op::store) {
      store(a, b, step);
      results.push_back(a);  // nobody uses it
    } else {
      results.push_back(expressions_.result(instruction, a, b));
    }
  }
  std::vector<Value> after;
  after.reserve(registers_.size());
  for (unsigned r = 0; r < registers_.size(); ++r) {
    after.push_back(value(block.registers[r]));
    set_in_[r] = after[r] == registers_[r] ? set_in_[r] : step;
  }
  registers_ = std::move(after);
}

std::size_t Effect::last_alias(Value address) const {
  std::size_t last = stores_.size();
  while (last > 0 && expressions_.differ(stores_[last - 1].address, address)) {
    --last;
  }
  return last;
}

Value Effect::current(Value address) const {
  const std::size_t last = last_alias(address);
  return last > 0 && stores_[last - 1].address == address ? stores_[last - 1].value
                                                          : expressions_.load(address, last);
}

Value Effect::load(Value address) {
  const std::size_t last = last_alias(address);
  if (last == 0 || stores_[last - 1].address != address) {
    for (std::size_t s = 0; s < last; ++s) {
      stores_[s].is_read = true;
    }
  }
  return current(address);
}

void Effect::store(Value address, Value value, std::size_t step) {
  // A store that nothing has read, and that this one replaces, need not have been.
  const auto same = std::find_if(stores_.rbegin(), stores_.rend(),
                                 [&](const Store& store) { return store.address == address; });
  if (same != stores_.rend() && !same->is_read) {
    stores_.erase(std::next(same).base());
  }
  if (current(address) != value) {
    stores_.push_back({address, value, step});
  }
}

}  // namespace nram::listings
