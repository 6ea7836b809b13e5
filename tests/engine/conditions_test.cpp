// What the conditions under which an iteration goes on say about its values.

#include "loops/conditions.hpp"

#include "iterations.hpp"

#include <doctest/doctest.h>

using namespace nram;
using namespace nram::test;
using flow::Op;
using loops::Iteration;

namespace {

// r0 := op(x, y) with x = cell r2 and a y of 0 or 1; r1 := x, of which the tests ask something.
Iteration extremum(Op op, const std::vector<loops::RegisterTest>& tests) {
  return iteration_of(
      {{Op::load, 0, reg(2)}, {Op::eq, 0, reg(2), reg(0)}, {op, 0, result(0), result(1)}},
      {result(2), result(0), reg(2)}, tests);
}

}  // namespace

TEST_CASE("the maximum of what is not zero and of 0 or 1 is the former, the minimum the latter") {
  Iteration largest = extremum(Op::max, {{1, false}});
  loops::simplify_by_conditions(largest);
  CHECK(largest.after[0] == largest.after[1]);
  Iteration least = extremum(Op::min, {{1, false}});
  loops::simplify_by_conditions(least);
  CHECK(least.expressions.is_op(least.after[0], Op::eq));
  for (const auto& tests : {std::vector<loops::RegisterTest>{}, {{1, true}}}) {
    Iteration unknown = extremum(Op::max, tests);
    loops::simplify_by_conditions(unknown);
    CHECK(unknown.expressions.is_op(unknown.after[0], Op::max));
  }
}

TEST_CASE("of what counts it is taken for granted, as a condition, that it is not zero") {
  // r0 := max(r0 + 1, 1)
  Iteration iteration = iteration_of(
      {{Op::add, 0, reg(0), number(1)}, {Op::max, 0, result(0), number(1)}}, {result(1)});
  loops::simplify_by_conditions(iteration);
  CHECK(iteration.expressions.is_op(iteration.after[0], Op::add));
  REQUIRE(iteration.conditions.size() == 1);
  CHECK(iteration.conditions[0].value == iteration.after[0]);
  CHECK(!iteration.conditions[0].is_zero);
}

TEST_CASE("conditions that always hold or occur twice are dropped") {
  Iteration iteration = iteration_of({}, {number(0), number(1), reg(2), reg(2), number(3)},
                                     {{0, true}, {1, false}, {2, true}, {3, true}, {4, false}});
  REQUIRE(loops::reduce_conditions(iteration));
  REQUIRE(iteration.conditions.size() == 2);  // 3 may be 0: it depends on the modulus
  CHECK(iteration.conditions[0].value == iteration.inputs[2]);
  CHECK(iteration.expressions[iteration.conditions[1].value].number == 3);
}

TEST_CASE("conditions that cannot hold are found") {
  Iteration never = iteration_of({}, {number(2)}, {{0, true}});
  CHECK(!loops::reduce_conditions(never));
  Iteration opposites = iteration_of({}, {reg(0), reg(0)}, {{0, true}, {1, false}});
  CHECK(!loops::reduce_conditions(opposites));
}
