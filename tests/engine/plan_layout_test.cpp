// The nodes of plans, and what is said of them.

#include "loops/plan_layout.hpp"

#include "iterations.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace nram;
using namespace nram::test;
using flow::Instruction;
using flow::Op;
using flow::Operand;
using loops::Evolution;
using loops::Guard;
using loops::Node;
using loops::Plan;

namespace {

Plan plan_of(const std::vector<Instruction>& code, const std::vector<Operand>& after,
             const std::vector<loops::RegisterTest>& tests = {}) {
  loops::Iteration iteration = iteration_of(code, after, tests);
  const auto recurrences = loops::find_recurrences(iteration);
  REQUIRE(recurrences);
  return loops::lay_out(iteration, *recurrences);
}

const Node& node_of(const Plan& plan, Node::Kind kind, Op op) {
  const auto found = std::find_if(plan.nodes.begin(), plan.nodes.end(), [&](const Node& node) {
    return node.kind == kind && node.op == op;
  });
  REQUIRE(found != plan.nodes.end());
  return *found;
}

// r0 += 1; r1 += cell r0; and more, with the cell as result 1 and the new sum as result 2.
Plan sum_plan(const std::vector<Instruction>& more, Operand r2, Operand r3,
              const std::vector<loops::RegisterTest>& tests = {}) {
  std::vector<Instruction> code = {
      {Op::add, 0, reg(0), number(1)}, {Op::load, 0, reg(0)}, {Op::add, 0, reg(1), result(1)}};
  code.insert(code.end(), more.begin(), more.end());
  return plan_of(code, {result(0), result(2), r2, r3}, tests);
}

const Node& sum_of(const Plan& plan) { return node_of(plan, Node::Kind::reduction, Op::add); }

}  // namespace

TEST_CASE("nodes come after those they use, with their evolution") {
  const Plan plan = sum_plan({}, reg(2), result(1));
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    CHECK((plan.nodes[i].a == loops::no_node || plan.nodes[i].a < i));
    CHECK((plan.nodes[i].b == loops::no_node || plan.nodes[i].b < i));
  }
  CHECK(plan.steps == 1);
  CHECK(plan.nodes[plan.after[0]].evolution == Evolution::induction);
  CHECK(plan.nodes[plan.after[2]].evolution == Evolution::invariant);
  CHECK(plan.nodes[plan.after[3]].evolution == Evolution::varying);
  CHECK(plan.may_be_parallel);
}

TEST_CASE("addresses and guards, and all they depend on, are for the inspector") {
  const Plan plan = sum_plan({}, reg(2), result(1), {{3, false}});
  const Node& cell = node_of(plan, Node::Kind::compute, Op::load);
  CHECK(cell.guard == Guard::nonzero);
  CHECK(cell.inspected);
  CHECK(plan.nodes[cell.a].is_address);
  CHECK(plan.nodes[cell.a].inspected);
  CHECK(!sum_of(plan).inspected);
}

TEST_CASE("a reduction is folded if nothing looks at it within the loop") {
  const Plan plan = sum_plan({}, reg(2), reg(3));
  REQUIRE(plan.reductions.size() == 1);
  CHECK(sum_of(plan).folded);
  CHECK(plan.nodes[plan.after[1]].folded);
  // A test of the sum, another register that becomes the sum.
  CHECK(!sum_of(sum_plan({}, reg(2), reg(3), {{1, false}})).folded);
  CHECK(!sum_of(sum_plan({}, reg(2), result(2))).folded_or_stored);
}

TEST_CASE("a reduction that is stored, to one cell only, counts after the last iteration") {
  const Plan one_cell = sum_plan({{Op::store, 0, reg(2), result(2)}}, reg(2), reg(3));
  CHECK(!sum_of(one_cell).folded);
  CHECK(sum_of(one_cell).folded_or_stored);
  const Plan prefix_sums = sum_plan({{Op::store, 0, reg(0), result(2)}}, reg(2), reg(3));
  CHECK(!sum_of(prefix_sums).folded_or_stored);
  const Plan sum_before = sum_plan({{Op::store, 0, reg(2), reg(1)}}, reg(2), reg(3));
  CHECK(!sum_of(sum_before).folded_or_stored);
}

TEST_CASE("levels count reductions that feed each other") {
  CHECK(sum_plan({}, reg(2), reg(3)).levels == 1);
  // r2 += r1
  const Plan plan = sum_plan({{Op::add, 0, reg(2), reg(1)}}, result(3), reg(3));
  CHECK(plan.levels == 2);
  CHECK(plan.reductions.size() == 2);
}

TEST_CASE("a value that is only stored need not be a vector of its own") {
  const auto copy = [](Operand address, Operand r2) {
    return plan_of({{Op::add, 0, reg(0), number(1)},
                    {Op::load, 0, reg(0)},
                    {Op::add, 0, reg(1), number(1)},
                    {Op::store, 0, address, result(1)}},
                   {result(0), result(2), r2});
  };
  CHECK(node_of(copy(reg(1), reg(2)), Node::Kind::compute, Op::load).only_stored);
  CHECK(!node_of(copy(reg(1), result(1)), Node::Kind::compute, Op::load).only_stored);
  CHECK(copy(reg(1), reg(2)).may_be_parallel);
  // To where the cell says.
  CHECK(!copy(result(1), reg(2)).may_be_parallel);
}

TEST_CASE("a load that nothing uses is no access, but its address must exist") {
  const Plan plan = plan_of({{Op::load, 0, reg(1)}}, {reg(0), reg(1)});
  CHECK(plan.accesses.empty());
  CHECK(plan.nodes[plan.after[1]].is_address);
  CHECK(!plan.nodes[plan.after[0]].is_address);
}
