// How registers change from iteration to iteration.

#include "loops/recurrences.hpp"

#include "iterations.hpp"

#include <doctest/doctest.h>

using namespace nram;
using namespace nram::test;
using flow::Op;
using loops::Evolution;
using loops::Iteration;
using loops::Recurrence;
using loops::Recurrences;
using Kind = Recurrence::Kind;

namespace {

Recurrences recurrences_of(Iteration iteration) {
  auto found = loops::find_recurrences(iteration);
  REQUIRE(found);
  return *found;
}

bool are_vectorisable(Iteration iteration) {
  return loops::find_recurrences(iteration).has_value();
}

}  // namespace

TEST_CASE("a register that keeps its value is invariant, one that counts an induction variable") {
  // r1 += 1; r2 -= r0
  const Recurrences all =
      recurrences_of(iteration_of({{Op::add, 0, reg(1), number(1)}, {Op::sub, 0, reg(2), reg(0)}},
                                  {reg(0), result(0), result(1)}));
  CHECK(all.of_register[0].kind == Kind::invariant);
  CHECK(all.of_register[0].evolution == Evolution::invariant);
  for (const std::size_t r : {1, 2}) {
    CHECK(all.of_register[r].kind == Kind::induction);
    CHECK(all.of_register[r].evolution == Evolution::induction);
  }
}

TEST_CASE("a register to which something else is added in every iteration is a reduction") {
  // r0 += 1; r1 += r0
  Iteration iteration = iteration_of(
      {{Op::add, 0, reg(0), number(1)}, {Op::add, 0, reg(1), reg(0)}}, {result(0), result(1)});
  const Recurrences all = recurrences_of(iteration);
  CHECK(all.of_register[1].kind == Kind::reduction);
  CHECK(all.of_register[1].op == Op::add);
  CHECK(all.of_register[1].value == iteration.inputs[0]);
  CHECK(all.of_register[1].evolution == Evolution::varying);
}

TEST_CASE("a chain of operations is one reduction of what they take together") {
  // r1 := r1 + cell r0 - r2; r0 += 1; r2 := cell r0
  Iteration iteration = iteration_of({{Op::load, 0, reg(0)},
                                      {Op::add, 0, reg(1), result(0)},
                                      {Op::sub, 0, result(1), reg(2)},
                                      {Op::add, 0, reg(0), number(1)}},
                                     {result(3), result(2), result(0)});
  const auto all = loops::find_recurrences(iteration);
  REQUIRE(all);
  const Recurrence& sum = all->of_register[1];
  CHECK(sum.kind == Kind::reduction);
  // (0 - r2) + the cell
  const loops::Expressions& expressions = iteration.expressions;
  REQUIRE(expressions.is_op(sum.value, Op::add));
  CHECK(expressions.is_op(expressions[sum.value].a, Op::sub));
  CHECK(expressions.is_op(expressions[sum.value].b, Op::load));
}

TEST_CASE("minima and maxima are reductions, but not mixed with others") {
  for (const Op op : {Op::min, Op::max}) {
    const Recurrences all = recurrences_of(iteration_of(
        {{Op::load, 0, reg(0)}, {op, 0, result(0), reg(1)}, {Op::add, 0, reg(0), number(1)}},
        {result(2), result(1)}));
    CHECK(all.of_register[1].kind == Kind::reduction);
    CHECK(all.of_register[1].op == op);
    CHECK(!are_vectorisable(iteration_of({{Op::load, 0, reg(0)},
                                          {op, 0, result(0), reg(1)},
                                          {Op::add, 0, result(1), number(1)},
                                          {Op::add, 0, reg(0), number(1)}},
                                         {result(3), result(2)})));
  }
}

TEST_CASE(
    "a register that does not depend on itself is recomputed, and evolves as its value does") {
  // r0 += 1; r1 := cell r0; r2 := r0 + 5; r3 := r4
  const Recurrences all = recurrences_of(iteration_of(
      {{Op::add, 0, reg(0), number(1)}, {Op::load, 0, reg(0)}, {Op::add, 0, reg(0), number(5)}},
      {result(0), result(1), result(2), reg(4), reg(4)}));
  const Evolution expected[] = {Evolution::varying, Evolution::induction, Evolution::invariant};
  for (std::size_t r = 1; r < 4; ++r) {
    CHECK(all.of_register[r].kind == Kind::recomputed);
    CHECK(all.of_register[r].evolution == expected[r - 1]);
  }
}

TEST_CASE("other recurrences cannot be vectorised") {
  // r0 := cell r0
  CHECK(!are_vectorisable(iteration_of({{Op::load, 0, reg(0)}}, {result(0)})));
  // The same by way of another register: r0 := cell r1; r1 := r0
  CHECK(!are_vectorisable(iteration_of({{Op::load, 0, reg(1)}}, {result(0), reg(0)})));
  // r0 := 1 - r0
  CHECK(!are_vectorisable(iteration_of({{Op::sub, 0, number(1), reg(0)}}, {result(0)})));
  // r0 := r0 + r0
  CHECK(!are_vectorisable(iteration_of({{Op::add, 0, reg(0), reg(0)}}, {result(0)})));
  // Fibonacci's numbers: r0 += r1; r1 := r0
  CHECK(!are_vectorisable(iteration_of({{Op::add, 0, reg(0), reg(1)}}, {result(0), reg(0)})));
}
