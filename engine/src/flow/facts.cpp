#include "facts.hpp"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <utility>

namespace nram::flow {

bool Fact::never_zero() const {
  // With M ≥ 3 neither ±1 nor ±2 is 0.
  return kind == Kind::nonzero || (kind == Kind::constant && value != 0 && std::abs(value) < 3);
}

bool Fact::is_boolean() const { return kind == Kind::boolean || is_constant(0) || is_constant(1); }

Fact join(const Fact& a, const Fact& b) {
  Fact result;
  if (a.kind == Fact::Kind::constant && b.kind == Fact::Kind::constant && a.value == b.value) {
    result = a;
  } else if (a.is_boolean() && b.is_boolean()) {
    result.kind = Fact::Kind::boolean;
  } else if (a.never_zero() && b.never_zero()) {
    result.kind = Fact::Kind::nonzero;
  }
  result.is_address = a.is_address && b.is_address;
  return result;
}

std::optional<Fact> refine(const Fact& fact, bool zero) {
  if (zero) {
    return fact.never_zero() ? std::nullopt : std::optional(Fact::constant(0));
  }
  if (fact.is_constant(0)) {
    return std::nullopt;
  }
  Fact result = fact;
  if (fact.kind == Fact::Kind::boolean) {
    result.kind = Fact::Kind::constant;
    result.value = 1;
  } else if (fact.kind == Fact::Kind::any) {
    result.kind = Fact::Kind::nonzero;
  }
  return result;
}

BlockFacts::BlockFacts(const Block& block, Entry entry) : inputs_(std::move(entry)) {
  for (const Instruction& instruction : block.code) {
    results_.push_back(result(instruction));
    idle_checks_.push_back(instruction.op == Op::check && of(instruction.a).is_address);
    if (instruction.op == Op::check) {
      set_address(instruction.a);
    }
  }
}

Fact BlockFacts::of(Operand operand) const {
  return value_of(operand, inputs_, results_, Fact::constant);
}

Fact BlockFacts::result(const Instruction& instruction) const {
  const Fact a = of(instruction.a);
  const Fact b = of(instruction.b);
  Fact fact;
  switch (instruction.op) {
    case Op::lt:
    case Op::le:
    case Op::eq:
    case Op::signed_lt:
    case Op::signed_le:
      fact.kind = Fact::Kind::boolean;
      break;
    case Op::min:
      if (a.is_boolean() || b.is_boolean()) {
        fact.kind = Fact::Kind::boolean;
      } else if (a.never_zero() && b.never_zero()) {
        fact.kind = Fact::Kind::nonzero;
      }
      fact.is_address = a.is_address || b.is_address;
      break;
    case Op::max:
      if (a.never_zero() || b.never_zero()) {
        fact.kind = Fact::Kind::nonzero;
      }
      fact.is_address = a.is_address && b.is_address;
      break;
    case Op::signed_min:
    case Op::signed_max:  // it is one of the two
      if (a.is_boolean() && b.is_boolean()) {
        fact.kind = Fact::Kind::boolean;
      } else if (a.never_zero() && b.never_zero()) {
        fact.kind = Fact::Kind::nonzero;
      }
      fact.is_address = a.is_address && b.is_address;
      break;
    case Op::check:
    case Op::load:
    case Op::store:
    case Op::add:
    case Op::sub:
    case Op::custom:
      break;
  }
  return fact;
}

void BlockFacts::set_address(Operand operand) {
  if (operand.kind == Operand::Kind::input) {
    inputs_[operand.position()].is_address = true;
  } else if (operand.is_result()) {
    results_[operand.position()].is_address = true;
  }
}

Entry BlockFacts::after(const Block& block) const {
  Entry entry;
  for (const Operand operand : block.registers) {
    entry.push_back(of(operand));
  }
  return entry;
}

namespace {

// The entry of a block whose condition is met as well; nothing if it cannot be.
std::optional<Entry> enter(const Block& block, const Entry& facts) {
  Entry entry = facts;
  for (unsigned r = 0; r < entry.size(); ++r) {
    if (((block.care >> r) & 1U) == 0) {
      continue;
    }
    const std::optional<Fact> fact = refine(entry[r], ((block.value >> r) & 1U) != 0);
    if (!fact) {
      return std::nullopt;
    }
    entry[r] = *fact;
  }
  return entry;
}

}  // namespace

Entry condition_facts(const Flow& flow, const Block& block) {
  return *enter(block, Entry(flow.machine.registers()));
}

Members possible_targets(const Flow& flow, const Decision& decision, const Entry& facts) {
  Members members;
  std::vector<Target> open = {decision.root};
  while (!open.empty()) {
    const Target target = open.back();
    open.pop_back();
    if (target >= 0) {
      const auto block = static_cast<std::size_t>(target);
      if (enter(flow.blocks[block], facts)) {
        members.push_back(block);
      }
      continue;
    }
    const Test& test = decision.tests[static_cast<std::size_t>(~target)];
    if (refine(facts[test.reg], true)) {
      open.push_back(test.if_zero);
    }
    if (refine(facts[test.reg], false)) {
      open.push_back(test.if_nonzero);
    }
  }
  // A block can stand in several places of a decision.
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

std::vector<std::optional<Entry>> find_facts(const Flow& flow) {
  std::vector<std::optional<Entry>> entries(flow.blocks.size());
  entries[flow.entry] = Entry(flow.machine.registers(), Fact::constant(0));
  std::deque<std::size_t> open = {flow.entry};
  while (!open.empty()) {
    const Block& block = flow.blocks[open.front()];
    const BlockFacts facts(block, *entries[open.front()]);
    open.pop_front();
    if (block.finish) {
      continue;
    }
    const Entry after = facts.after(block);
    for (const std::size_t next : possible_targets(flow, flow.decisions[block.next], after)) {
      const Entry incoming = *enter(flow.blocks[next], after);
      Entry joined = incoming;
      if (entries[next]) {
        for (std::size_t r = 0; r < joined.size(); ++r) {
          joined[r] = join((*entries[next])[r], incoming[r]);
        }
      }
      if (entries[next] != joined) {
        entries[next] = std::move(joined);
        open.push_back(next);
      }
    }
  }
  return entries;
}

}  // namespace nram::flow
