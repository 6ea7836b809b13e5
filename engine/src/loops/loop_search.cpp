#include "loop_search.hpp"

#include "conditions.hpp"
#include "extremes.hpp"
#include "iteration.hpp"
#include "plan_layout.hpp"
#include "recurrences.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace nram::loops {
namespace {

constexpr std::size_t most_steps = 8;      // of an iteration
constexpr std::size_t most_plans = 4;      // of a block, those of fewest steps
constexpr std::size_t most_cycles = 64;    // through a block that are looked at
constexpr std::size_t most_visits = 2000;  // of blocks, in the search for the cycles of one
constexpr std::size_t most_blocks = 256;   // programs of more are too diverse to be worth it

// A path through a decision tree.
struct Branch {
  std::size_t target;
  std::vector<RegisterTest> tests;
};

void collect_branches(const flow::Decision& decision, flow::Target target,
                      std::vector<RegisterTest>& so_far, std::vector<Branch>& branches) {
  if (target >= 0) {
    branches.push_back({static_cast<std::size_t>(target), so_far});
    return;
  }
  const flow::Test& test = decision.tests[static_cast<std::size_t>(~target)];
  so_far.push_back({test.reg, true});
  collect_branches(decision, test.if_zero, so_far, branches);
  so_far.back().is_zero = false;
  collect_branches(decision, test.if_nonzero, so_far, branches);
  so_far.pop_back();
}

// A block and the branch that is taken behind it.
struct Hop {
  std::size_t block;
  const Branch* branch;
};

using Cycle = std::vector<Hop>;

// The cycles through one block, found depth first.
class CycleSearch {
 public:
  CycleSearch(const flow::Flow& flow, const std::vector<std::vector<Branch>>& branches,
              std::size_t first)
      : flow_(flow), branches_(branches), first_(first) {
    extend(first);
  }
  std::vector<Cycle> take() { return std::move(cycles_); }

 private:
  void extend(std::size_t block) {
    if (++visits_ > most_visits || path_.size() == most_steps || flow_.blocks[block].finish) {
      return;
    }
    for (const Branch& branch : branches_[flow_.blocks[block].next]) {
      path_.push_back({block, &branch});
      if (branch.target == first_) {
        if (cycles_.size() < most_cycles) {
          cycles_.push_back(path_);
        }
      } else if (std::none_of(path_.begin(), path_.end(),
                              [&](const Hop& hop) { return hop.block == branch.target; })) {
        extend(branch.target);
      }
      path_.pop_back();
    }
  }

  const flow::Flow& flow_;
  const std::vector<std::vector<Branch>>& branches_;
  std::size_t first_;
  Cycle path_;
  std::vector<Cycle> cycles_;
  std::size_t visits_ = 0;
};

Iteration iteration_of(const flow::Flow& flow, const Cycle& cycle) {
  Iteration iteration = begin_iteration(flow.machine.registers());
  for (const Hop& hop : cycle) {
    append_step(iteration, flow.blocks[hop.block], hop.branch->tests);
  }
  return iteration;
}

// The plan of a cycle; nothing if it cannot be vectorised.
std::optional<Plan> plan_of(Iteration iteration, const Cycle& cycle) {
  simplify_by_conditions(iteration);
  const std::optional<Recurrences> recurrences = find_recurrences(iteration);
  if (!recurrences || !reduce_conditions(iteration)) {
    return std::nullopt;
  }
  Plan plan = lay_out(iteration, *recurrences);
  for (const Hop& hop : cycle) {
    plan.blocks.push_back(hop.block);
  }
  return plan;
}

}  // namespace

Plans find_plans(const flow::Flow& flow) {
  Plans plans;
  plans.of_block.resize(flow.blocks.size());
  if (flow.blocks.size() > most_blocks) {
    return plans;
  }
  std::vector<std::vector<Branch>> branches(flow.decisions.size());
  for (std::size_t d = 0; d < flow.decisions.size(); ++d) {
    std::vector<RegisterTest> none;
    collect_branches(flow.decisions[d], flow.decisions[d].root, none, branches[d]);
  }
  for (std::size_t b = 0; b < flow.blocks.size(); ++b) {
    std::vector<Plan>& of_block = plans.of_block[b];
    for (const Cycle& cycle : CycleSearch(flow, branches, b).take()) {
      const Iteration iteration = iteration_of(flow, cycle);
      Iteration later = iteration;
      std::optional<Plan> of_later =
          decide_extremes(later) ? plan_of(std::move(later), cycle) : std::nullopt;
      for (std::optional<Plan> plan : {std::move(of_later), plan_of(iteration, cycle)}) {
        if (plan) {
          of_block.push_back(std::move(*plan));
        }
      }
    }
    std::stable_sort(of_block.begin(), of_block.end(),
                     [](const Plan& x, const Plan& y) { return x.steps < y.steps; });
    of_block.resize(std::min(of_block.size(), most_plans));
    plans.any = plans.any || !of_block.empty();
  }
  return plans;
}

}  // namespace nram::loops
