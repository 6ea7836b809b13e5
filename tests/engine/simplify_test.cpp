// Programs with less in them that do the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/program_text.hpp>
#include <support/random_program.hpp>
#include <support/random_run.hpp>
#include <support/sanitized.hpp>

#include <nram/engine/equivalent_states.hpp>
#include <nram/engine/executor.hpp>
#include <nram/engine/program_builder.hpp>
#include <nram/engine/simplify.hpp>

using namespace nram;
using namespace nram::test;

namespace {

// What simplify() promises to keep: memory, steps and outcome, unless the original run faults.
void check_same_runs(const Program& program, const Program& simple, std::mt19937_64& random,
                     unsigned runs, bool with_registers) {
  const auto before = make_executor(Engine::reference, program);
  const auto after = make_executor(Engine::reference, simple);
  for (unsigned run = 0; run < runs; ++run) {
    RunCase run_case = random_run(program.machine(), random);
    if (!with_registers) {
      run_case.options.registers.clear();
    }
    const RunRecord expected = record_run(*before, run_case);
    if (expected.result.outcome == Outcome::address_fault) {
      continue;
    }
    const RunRecord record = record_run(*after, run_case);
    CAPTURE(run_case.options.modulus.to_string());
    CHECK(record.memory == expected.memory);
    CHECK(record.result.outcome == expected.result.outcome);
    CHECK(record.result.steps == expected.result.steps);
  }
}

std::size_t statements(const Program& program) {
  std::size_t count = program.rules().size();
  for (const Circuit& circuit : program.circuits()) {
    for (const bool live : live_modules(program.machine(), circuit)) {
      count += live ? 1 : 0;
    }
    for (unsigned r = 0; r < program.machine().registers(); ++r) {
      count += circuit.registers[r] == r ? 0 : 1;
    }
  }
  return count;
}

Program one_step(const std::string& text, unsigned registers = 4,
                 Order order = Order::unsigned_numbers) {
  return program_from_text(Machine::standard(registers, order), {{"", text, true}});
}

Circuit only_circuit(const Program& program) { return program.circuits().front(); }

}  // namespace

TEST_CASE("random programs do the same with less in them") {
  constexpr unsigned programs = is_sanitized ? 60 : 600;
  std::size_t before = 0;
  std::size_t after = 0;
  for (unsigned seed = 0; seed < programs; ++seed) {
    std::mt19937_64 random(seed);
    CAPTURE(seed);
    const Order order = seed % 3 == 0 ? Order::signed_numbers : Order::unsigned_numbers;
    const Program program = random_program({.order = order}, random);
    const Program simple = simplify(program);
    CHECK(simple.machine().registers() == program.machine().registers());
    CHECK(simple.states() <= program.states());
    check_same_runs(program, simple, random, 30, true);
    check_same_runs(program, simplify(program, DeadRegisters::drop), random, 10, false);
    CHECK(simplify(simple).circuits().size() <= simple.circuits().size());
    before += statements(program);
    after += statements(simple);
  }
  CHECK(after < before);
}

TEST_CASE("values that are known, and where they come from") {
  const auto same = [](const std::string& long_text, const std::string& short_text,
                       Order order = Order::unsigned_numbers) {
    CAPTURE(long_text);
    const auto circuit = [&](const std::string& text) {
      return only_circuit(one_step(text, 4, order));
    };
    const Machine machine = Machine::standard(4, order);
    CHECK(simplify(machine, circuit(long_text), 0) == simplify(machine, circuit(short_text), 0));
  };
  same("READ(r0) LT(r3,r3) MIN(READ,LT) r0=MIN WRITE(r1,r2)", "r0=ZERO WRITE(r1,r2)");
  same("LE(ZERO,r3) WRITE(r1,LE)", "WRITE(r1,ONE)");
  same("READ(r0) SUB(READ,READ) MAX(SUB,r2) r1=MAX WRITE(r1,r2)", "r1=r2 WRITE(r1,r2)");
  same("READ(r0) ADD(READ,r1) EQ(ADD,r1) r2=EQ WRITE(r1,r2)",
       "READ(r0) EQ(READ,ZERO) r2=EQ WRITE(r1,r2)");
  same("ADD(r0,ONE) r0=ADD WRITE(r1,r2)", "INC(r0) r0=INC WRITE(r1,r2)");
  same("ADD(r0,r1) SUB(ADD,r1) r2=SUB WRITE(r1,r2)", "r2=r0 WRITE(r1,r2)");
  // 0 is not the smallest of signed numbers.
  const Machine machine = Machine::standard(4, Order::signed_numbers);
  const Circuit kept = only_circuit(one_step("LE(ZERO,r3) WRITE(r1,LE)", 4, Order::signed_numbers));
  CHECK(live_modules(machine, simplify(machine, kept, 0)) == live_modules(machine, kept));
}

TEST_CASE("a register that is 0 under every condition of a circuit is no news") {
  const Machine machine = Machine::standard(2);
  const Circuit circuit = only_circuit(one_step("r1=ZERO WRITE(r0,r1)", 2));
  const Circuit simple = simplify(machine, circuit, 0b10);
  CHECK(simple.registers == std::vector<Source>{0, 1});
}

TEST_CASE("whoever asks how time passes may end a simplification") {
  // A chain: each state differs from the next one only by how far it is from the end.
  constexpr std::uint32_t states = 600;
  ProgramBuilder builder(Machine::standard(8));
  builder.circuit("count").set("INC", {"r0"}).set_register("r0", "INC");
  for (std::uint32_t state = 0; state + 1 < states; ++state) {
    builder.rule("state " + std::to_string(state)).run("count").next_state(state + 1);
  }
  builder.rule("state " + std::to_string(states - 1)).run("count").finish();
  const Program chain = builder.build();
  unsigned asked = 0;
  const auto poll = [&] {
    if (++asked > 1000) {
      throw asked;
    }
  };
  CHECK_THROWS_AS(static_cast<void>(simplify(chain, DeadRegisters::keep, poll)), unsigned);
}

TEST_CASE("states that do the same are one, and registers that nothing needs are gone") {
  const std::string step = "READ(r0) WRITE(r0,READ) INC(r0) r0=INC ADD(r2,r0) r2=ADD";
  const Program program = program_from_text(Machine::standard(3), {{"", step, false, 0, 1},
                                                                   {"r1=0", step, false, 1, 2},
                                                                   {"", step, true, 1, 0},
                                                                   {"r1=0", step, false, 2, 1},
                                                                   {"", step, true, 2, 0},
                                                                   {"", step, true, 3, 0}});
  const Program simple = simplify(program, DeadRegisters::drop);
  CHECK(simple.states() == 2);
  CHECK(simple.circuits().size() == 1);
  CHECK(simple.machine().registers() == 2);
  std::mt19937_64 random(1);
  check_same_runs(program, simple, random, 100, false);
}

TEST_CASE(
    "equivalent states are found as by comparing them again and again, and numbered in order") {
  std::mt19937_64 random(3);
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  for (unsigned trial = 0; trial < 300; ++trial) {
    const std::uint32_t masks = 1U << below(3);
    const std::uint32_t states = 1 + below(12);
    std::vector<Transition> table;
    table.reserve(std::size_t{states} * masks);
    for (std::uint32_t i = 0; i < states * masks; ++i) {
      table.push_back({below(2), below(states), below(5) == 0});
    }
    // Told apart by what they do, then by where that leads, until no more are.
    std::vector<std::uint32_t> expected(states, 0);
    for (std::uint32_t round = 0; round < states; ++round) {
      std::map<std::vector<std::uint32_t>, std::uint32_t> known;
      std::vector<std::uint32_t> finer;
      finer.reserve(states);
      for (std::uint32_t s = 0; s < states; ++s) {
        std::vector<std::uint32_t> does{expected[s]};
        for (std::uint32_t mask = 0; mask < masks; ++mask) {
          const Transition& t = table[s * masks + mask];
          does.insert(does.end(), {t.circuit, t.finish ? states : expected[t.next_state]});
        }
        finer.push_back(
            known.try_emplace(does, static_cast<std::uint32_t>(known.size())).first->second);
      }
      expected = finer;
    }
    CAPTURE(trial);
    CHECK(equivalent_states(table, masks) == expected);
  }
}

TEST_CASE("a chain of thousands of states is looked at some times, not once for each of them") {
  // All do the same but for the last, and the last but one is only told apart by that, and so on.
  constexpr std::uint32_t states = Program::max_states;
  constexpr std::uint32_t masks = Program::max_transitions / states;
  std::vector<Transition> table;
  table.reserve(std::size_t{states} * masks);
  for (std::uint32_t i = 0; i < states * masks; ++i) {
    const std::uint32_t state = i / masks;
    table.push_back({0, std::min(state + 1, states - 1), state + 1 == states});
  }
  std::size_t asked = 0;
  const auto classes = equivalent_states(table, masks, [&] { ++asked; });
  CHECK(classes.back() == states - 1);
  CHECK(asked <= std::size_t{2} * states * masks);
}
