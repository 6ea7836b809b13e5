// Which cycles of blocks are found.

#include "loops/loop_search.hpp"

#include "iterations.hpp"

#include <doctest/doctest.h>

using namespace nram;
using namespace nram::test;
using flow::Op;

namespace {

// A ring of blocks of one register, each of which does this and goes on with the next one; behind
// the last, a register that is zero leads to a block that finishes.
flow::Flow ring(std::size_t blocks, const flow::Instruction& instruction) {
  flow::Flow flow{Machine::standard(1)};
  for (std::size_t b = 0; b < blocks; ++b) {
    flow::Block block = block_of({instruction}, {result(0)});
    block.next = b;
    flow.blocks.push_back(block);
    flow.decisions.push_back({static_cast<flow::Target>(b + 1)});
  }
  flow.decisions.back() = {~flow::Target{0}, {{0, static_cast<flow::Target>(blocks), 0}}};
  flow::Block last = block_of({}, {reg(0)});
  last.finish = true;
  flow.blocks.push_back(last);
  return flow;
}

const flow::Instruction count = {Op::add, 0, reg(0), number(1)};

}  // namespace

TEST_CASE("a loop is found from every block of it, and from no other") {
  const loops::Plans plans = loops::find_plans(ring(3, count));
  CHECK(plans.any);
  REQUIRE(plans.of_block.size() == 4);
  for (std::size_t b = 0; b < 3; ++b) {
    REQUIRE(plans.of_block[b].size() == 1);
    const loops::Plan& plan = plans.of_block[b].front();
    CHECK(plan.steps == 3);
    CHECK(plan.blocks == std::vector<std::size_t>{b, (b + 1) % 3, (b + 2) % 3});
    CHECK(plan.passes(0));
    CHECK(!plan.passes(3));
  }
  CHECK(plans.of_block[3].empty());
}

TEST_CASE("loops of many steps are left alone") {
  CHECK(loops::find_plans(ring(8, count)).any);
  CHECK(!loops::find_plans(ring(9, count)).any);
}

TEST_CASE("loops that cannot be vectorised have no plan") {
  CHECK(!loops::find_plans(ring(1, {Op::load, 0, reg(0)})).any);
}

TEST_CASE("of several loops through a block those of fewest steps come first") {
  flow::Flow flow = ring(2, count);
  // Block 0 may also be followed by itself.
  flow.decisions[0] = {~flow::Target{0}, {{0, 1, 0}}};
  const loops::Plans plans = loops::find_plans(flow);
  REQUIRE(plans.of_block[0].size() == 2);
  CHECK(plans.of_block[0][0].steps == 1);
  CHECK(plans.of_block[0][1].steps == 2);
}

TEST_CASE("a way round that asks for opposites is no loop") {
  flow::Flow flow = ring(1, count);
  // Two tests of one register in a row.
  flow.decisions[0] = {~flow::Target{0}, {{0, 1, ~flow::Target{1}}, {0, 0, 1}}};
  CHECK(!loops::find_plans(flow).any);
}
