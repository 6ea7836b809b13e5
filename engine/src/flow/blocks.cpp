// Passes over the graph of blocks.

#include "optimise.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace nram::flow {
namespace {

// Adds decisions, each different one once.
class DecisionPool {
 public:
  std::size_t add(Decision decision) {
    const auto [entry, is_new] = index_.emplace(std::move(decision), decisions_.size());
    if (is_new) {
      decisions_.push_back(entry->first);
    }
    return entry->second;
  }
  std::vector<Decision> take() { return std::move(decisions_); }

 private:
  std::map<Decision, std::size_t> index_;
  std::vector<Decision> decisions_;
};

// The decision with its block targets replaced, without tests that decide nothing.
class Retarget {
 public:
  Retarget(const Decision& from, const std::vector<std::size_t>& block_of)
      : from_(from), block_of_(block_of) {
    to_.root = copy(from.root);
  }
  Decision take() { return std::move(to_); }

 private:
  Target copy(Target target) {
    if (target >= 0) {
      return static_cast<Target>(block_of_[static_cast<std::size_t>(target)]);
    }
    const Test& test = from_.tests[static_cast<std::size_t>(~target)];
    const std::size_t place = to_.tests.size();
    to_.tests.emplace_back();
    const Target if_zero = copy(test.if_zero);
    const Target if_nonzero = copy(test.if_nonzero);
    if (if_zero >= 0 && if_zero == if_nonzero) {
      to_.tests.erase(to_.tests.begin() + static_cast<std::ptrdiff_t>(place), to_.tests.end());
      return if_zero;
    }
    to_.tests[place] = {test.reg, if_zero, if_nonzero};
    return ~static_cast<Target>(place);
  }

  const Decision& from_;
  const std::vector<std::size_t>& block_of_;
  Decision to_;
};

// Replaces block i by block_of[i] in all decisions; afterwards only decisions in use are left.
void retarget(Flow& flow, const std::vector<std::size_t>& block_of) {
  DecisionPool pool;
  std::map<std::size_t, std::size_t> decision_of;
  for (Block& block : flow.blocks) {
    if (block.finish) {
      continue;
    }
    const auto [entry, is_new] = decision_of.emplace(block.next, 0);
    if (is_new) {
      entry->second = pool.add(Retarget(flow.decisions[block.next], block_of).take());
    }
    block.next = entry->second;
  }
  flow.decisions = pool.take();
  flow.entry = block_of[flow.entry];
}

}  // namespace

void decide_statically(Flow& flow, const std::vector<std::optional<Entry>>& facts) {
  DecisionPool pool;
  for (std::size_t i = 0; i < flow.blocks.size(); ++i) {
    Block& block = flow.blocks[i];
    if (block.finish) {
      continue;
    }
    if (!facts[i]) {  // never reached
      block.next = pool.add(flow.decisions[block.next]);
      continue;
    }
    const Entry after = BlockFacts(block, *facts[i]).after(block);
    std::uint32_t known = 0;
    std::uint32_t value = 0;
    for (unsigned r = 0; r < after.size(); ++r) {
      known |= (after[r].is_constant(0) || after[r].never_zero() ? 1U : 0U) << r;
      value |= (after[r].is_constant(0) ? 1U : 0U) << r;
    }
    block.next = pool.add(make_decision(
        flow.blocks, possible_targets(flow, flow.decisions[block.next], after), known, value));
  }
  flow.decisions = pool.take();
}

void drop_unreachable(Flow& flow) {
  std::vector<bool> reached(flow.blocks.size(), false);
  std::vector<std::size_t> open = {flow.entry};
  const auto reach = [&](Target target) {
    if (target >= 0 && !reached[static_cast<std::size_t>(target)]) {
      reached[static_cast<std::size_t>(target)] = true;
      open.push_back(static_cast<std::size_t>(target));
    }
  };
  reached[flow.entry] = true;
  while (!open.empty()) {
    const Block& block = flow.blocks[open.back()];
    open.pop_back();
    if (block.finish) {
      continue;
    }
    reach(flow.decisions[block.next].root);
    for (const Test& test : flow.decisions[block.next].tests) {
      reach(test.if_zero);
      reach(test.if_nonzero);
    }
  }
  std::vector<std::size_t> block_of(flow.blocks.size(), 0);
  std::vector<Block> kept;
  for (std::size_t i = 0; i < flow.blocks.size(); ++i) {
    if (reached[i]) {
      block_of[i] = kept.size();
      kept.push_back(std::move(flow.blocks[i]));
    }
  }
  flow.blocks = std::move(kept);
  retarget(flow, block_of);
}

void merge_blocks(Flow& flow) {
  std::size_t before = 0;
  do {
    before = flow.blocks.size();
    using Key = std::tuple<std::uint32_t, bool, std::uint32_t, std::size_t,
                           std::vector<Instruction>, std::vector<Operand>>;
    std::map<Key, std::size_t> first;
    std::vector<std::size_t> block_of;
    for (std::size_t i = 0; i < flow.blocks.size(); ++i) {
      Block& block = flow.blocks[i];
      block.next = block.finish ? 0 : block.next;
      const auto [entry, is_new] = first.emplace(
          Key{block.state, block.finish, block.next_state, block.next, block.code, block.registers},
          i);
      block_of.push_back(entry->second);
      if (!is_new) {
        flow.blocks[entry->second].care = 0;
        flow.blocks[entry->second].value = 0;
      }
    }
    retarget(flow, block_of);
    drop_unreachable(flow);
  } while (flow.blocks.size() < before);
}

}  // namespace nram::flow
