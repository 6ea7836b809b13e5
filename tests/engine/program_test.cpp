#include <cstdint>
#include <ctime>
#include <vector>

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <support/errors.hpp>

#include <nram/engine/program.hpp>

using namespace nram;
using namespace nram::test;

namespace {

Program program_with(std::vector<Rule> rules, std::size_t circuits = 2) {
  const Machine machine = Machine::standard(2);
  return {machine, std::vector<Circuit>(circuits, blank_circuit(machine)), std::move(rules)};
}

std::string refusal(std::vector<Rule> rules, std::size_t circuits = 2) {
  return message_of(ErrorKind::data, [&] { (void)program_with(std::move(rules), circuits); });
}

}  // namespace

TEST_CASE("the first rule that matches applies") {
  const Program program =
      program_with({{0, 1, 1, {0, 1, false}}, {0, 0, 0, {1, 0, false}}, {1, 0, 0, {1, 1, true}}});
  CHECK(program.states() == 2);
  CHECK(program.transition(0, 0b00) == Transition{1, 0, false});
  CHECK(program.transition(0, 0b01) == Transition{0, 1, false});
  CHECK(program.transition(0, 0b10) == Transition{1, 0, false});
  CHECK(program.transition(0, 0b11) == Transition{0, 1, false});
  CHECK(program.transition(1, 0b11) == Transition{1, 1, true});
}

TEST_CASE("programs that are not complete or refer to nothing are refused, saying where") {
  const Rule any{0, 0, 0, {0, 0, false}};
  CHECK(mentions(refusal({}), "state 0 has no rule for r0≠0 r1≠0"));
  CHECK(mentions(refusal({{0, 2, 2, {0, 0, false}}}), "state 0 has no rule for r0≠0 r1≠0"));
  CHECK(mentions(refusal({{0, 2, 0, {0, 0, false}}}), "state 0 has no rule for r0≠0 r1=0"));
  CHECK(mentions(refusal({{0, 0, 0, {0, 1, false}}}), "state 1 has no rule"));
  CHECK(mentions(refusal({any, any}), "rule 1", "never applies"));
  CHECK(mentions(refusal({{0, 0, 0, {2, 0, false}}}), "rule 0", "circuit 2", "has 2"));
  CHECK(mentions(refusal({{0, 4, 4, {0, 0, false}}}), "rule 0", "registers"));
  CHECK(mentions(refusal({{0, 1, 2, {0, 0, false}}}), "rule 0", "registers"));
  CHECK(mentions(refusal({any, {4096, 0, 0, {0, 0, false}}}), "rule 1", "4096 states"));
  CHECK(mentions(refusal({any}, 0), "1 to 65536 circuits, not 0"));

  const Machine machine = Machine::standard(16);
  CHECK(mentions(
      message_of(ErrorKind::data,
                 [&] {
                   (void)Program(machine, {blank_circuit(machine)}, {{16, 0, 0, {0, 0, false}}});
                 }),
      "17 states and 16 registers", "1114112 transitions"));

  Circuit bad = blank_circuit(Machine::standard(2));
  bad.registers[0] = 100;
  CHECK(mentions(
      message_of(ErrorKind::data, [&] { (void)Program(Machine::standard(2), {bad}, {any}); }),
      "circuit 0", "source 100"));
}

TEST_CASE("a rule for each of 65,536 masks is looked at for that mask alone") {
  const Machine machine = Machine::standard(16);
  std::vector<Rule> rules;
  rules.reserve(machine.masks());
  for (std::uint32_t mask = 0; mask < machine.masks(); ++mask) {
    rules.push_back({0, machine.masks() - 1, mask, {mask % 2, 0, false}});
  }
  const std::vector<Circuit> circuits(2, blank_circuit(machine));
  const std::clock_t before = std::clock();
  const Program program(machine, circuits, rules);
  CHECK(std::clock() - before < 2 * CLOCKS_PER_SEC);  // it takes some milliseconds
  for (std::uint32_t mask = 0; mask < machine.masks(); ++mask) {
    REQUIRE(program.transition(0, mask).circuit == mask % 2);
  }
}

TEST_CASE("rules made from a table say the same as the table, without overlap") {
  const bool holds = rc::check("rules_from_table", [] {
    const auto registers = *rc::gen::inRange(1U, 11U);
    const auto states = *rc::gen::inRange(1U, 4U);
    const auto variety = *rc::gen::inRange(1U, 4U);
    const Machine machine = Machine::standard(registers);
    std::vector<Transition> table(std::size_t{states} << registers);
    for (Transition& transition : table) {
      transition = {*rc::gen::resize(100, rc::gen::inRange(0U, variety)),
                    *rc::gen::inRange(0U, states), false};
    }
    const std::vector<Rule> rules = rules_from_table(machine, table);
    const Program program(machine, std::vector<Circuit>(variety, blank_circuit(machine)), rules);
    std::size_t covered = 0;
    for (std::uint32_t state = 0; state < program.states(); ++state) {
      for (std::uint32_t mask = 0; mask < machine.masks(); ++mask) {
        RC_ASSERT(program.transition(state, mask) ==
                  table[(std::size_t{state} << registers) | mask]);
        for (const Rule& rule : rules) {
          covered += rule.matches(state, mask) ? 1 : 0;
        }
      }
    }
    RC_ASSERT(covered == std::size_t{program.states()} << registers);
  });
  CHECK(holds);
}

TEST_CASE("don't-care bits are merged into few rules") {
  const Machine machine = Machine::standard(4);
  std::vector<Transition> table(16);
  for (std::uint32_t mask = 0; mask < 16; ++mask) {
    table[mask].circuit = (mask & 0b0100U) != 0 ? 1 : 0;  // only r2 matters
  }
  const std::vector<Rule> rules = rules_from_table(machine, table);
  REQUIRE(rules.size() == 2);
  CHECK(condition_text(machine, rules[0]) == "r2≠0");
  CHECK(condition_text(machine, rules[1]) == "r2=0");
  CHECK(condition_text(machine, {0, 0b11, 0b01, {}}) == "r0=0 r1≠0");
  CHECK(condition_text(machine, {}) == "always");
}
