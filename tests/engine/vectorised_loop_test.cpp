// Vectorised loops against the reference: programs that walk through memory in every which way,
// over memories long enough for many chunks.

#include "executors.hpp"

#include <algorithm>
#include <array>

#include <doctest/doctest.h>
#include <support/hand_written.hpp>
#include <support/run_record.hpp>
#include <support/sanitized.hpp>
#include <support/task_case.hpp>
#include <support/walking_program.hpp>

#include <nram/engine/program_builder.hpp>

using namespace nram;
using namespace nram::test;

namespace {

using Random = std::mt19937_64;

constexpr unsigned walking_programs = is_sanitized ? 150 : 1500;

RunCase walking_run(Random& random) {
  static constexpr std::array<std::size_t, 6> sizes = {4, 30, 200, 1500, 5000, 12000};
  const std::size_t cells = sizes[random() % sizes.size()] + random() % 4;
  RunCase run_case;
  run_case.cells = random() % 2 == 0 ? CellType::u32 : CellType::u64;
  static constexpr std::array<Word, 3> spare = {0, 1, 1000};
  const unsigned kind = static_cast<unsigned>(random() % 5);
  run_case.options.modulus = kind < 2   ? Modulus::of(cells + spare[random() % spare.size()])
                             : kind < 4 ? word_modulus(run_case.cells)
                                        : Modulus::of((Word{1} << 31U) + 11);
  const Modulus m = run_case.options.modulus;
  const unsigned style = static_cast<unsigned>(random() % 4);
  run_case.memory.resize(cells);
  for (std::size_t i = 0; i < cells; ++i) {
    run_case.memory[i] = style == 0   ? 1 + random() % (cells - 1)
                         : style == 1 ? 1 + random() % 3
                         : style == 2 ? (i % 700 == 699 ? 0 : 1 + random() % (cells - 1))
                                      : m.reduce(random());
  }
  for (std::size_t r = 0; r < 3; ++r) {  // where registers start
    const Word near_end = m.sub(m.largest(), m.reduce(random() % 1000));
    run_case.memory[r] = random() % 8 == 0   ? 0
                         : random() % 8 == 0 ? near_end
                         : random() % 2 == 0 ? random() % cells
                                             : (random() % 3) * (cells / 3);
  }
  run_case.options.step_limit = random() % 3 == 0 ? random() % 9000 : 4000 + 2 * cells;
  if (random() % 4 == 0) {
    run_case.progress = true;
    run_case.options.progress_interval = 1 + random() % 3000;
    run_case.cancel_after = random() % 2 == 0 ? random() % 4000 : 0;
  }
  return run_case;
}

}  // namespace

TEST_CASE("vectorised loops agree with the reference on programs that walk through memory" *
          doctest::test_suite("parallel")) {
  Random random(99);
  std::array<std::size_t, 4> outcomes{};
  std::uint64_t vectorised_steps = 0;
  std::uint64_t steps = 0;
  std::uint64_t native_vectorised_steps = 0;
  std::uint64_t native_steps = 0;
  for (unsigned i = 0; i < walking_programs; ++i) {
    CAPTURE(i);
    const Program program = walking_program(random);
    const auto reference = make_executor(Engine::reference, program);
    std::vector<std::unique_ptr<Executor>> engines;
    engines.push_back(make_executor(Engine::interpreter, program));
    engines.push_back(make_executor(Engine::interpreter, program, OptimisationOptions::none()));
    if (jit_available() && i % 5 == 0) {
      engines.push_back(make_executor(Engine::jit, program));
      engines.push_back(executors::make_tiered(program, {}, 1 + random() % 1000));
    }
    for (unsigned k = 0; k < 3; ++k) {
      RunCase run_case = walking_run(random);
      const RunRecord expected = record_run(*reference, run_case);
      ++outcomes[static_cast<std::size_t>(expected.result.outcome)];
      for (const auto& engine : engines) {
        for (const Speculation speculation : {Speculation::always, Speculation::worthwhile}) {
          run_case.options.speculation = speculation;
          const RunRecord record = record_run(*engine, run_case);
          vectorised_steps += record.result.vectorised_steps;
          native_vectorised_steps += engine->name() == "jit" ? record.result.vectorised_steps : 0;
          native_steps += engine->name() == "jit" ? record.result.steps : 0;
          steps += record.result.steps;
          if (record != expected) {
            CAPTURE(engine->name());
            CAPTURE(static_cast<int>(speculation));
            CAPTURE(run_case.options.modulus.to_string());
            const auto differs =
                std::mismatch(record.memory.begin(), record.memory.end(), expected.memory.begin());
            CAPTURE(differs.first - record.memory.begin());
            CHECK(record.result.steps == expected.result.steps);
            CHECK(record.result.registers == expected.result.registers);
            REQUIRE(record.result == expected.result);
            REQUIRE(record.memory == expected.memory);
            REQUIRE(record.progress == expected.progress);
          }
        }
      }
    }
  }
  MESSAGE("in vectorised loops: ", vectorised_steps, " of ", steps, " steps");
  for (const std::size_t count : outcomes) {
    CHECK(count > walking_programs / 20);
  }
  CHECK(vectorised_steps > steps / 10);
  CHECK(native_vectorised_steps >= native_steps / 10);
  MESSAGE("of native code: ", native_vectorised_steps, " of ", native_steps, " steps");
}

TEST_CASE("what was loaded iterations before is stored where addresses are computed") {
  // Such a store can change the cell from which a later one of the same vector takes its value.
  ProgramBuilder builder(Machine::standard(4));
  builder.circuit("load").set("READ", "address", "r3").set_register("r2", "READ");
  builder.circuit("scatter")
      .set("READ", "address", "r3")
      .set("WRITE", {"r0", "r1"})
      .set("INC", "a", "r3")
      .set_register("r0", "READ")
      .set_register("r1", "r2")
      .set_register("r2", "READ")
      .set_register("r3", "INC");
  builder.rule("state 0").run("load").next_state(1);
  builder.rule("state 1, r2 != 0").run("scatter").next_state(1);
  builder.rule("state 1, r2 == 0").finish();
  const Program program = builder.build();
  const auto reference = make_executor(Engine::reference, program);
  const auto interpreter = make_executor(Engine::interpreter, program);
  Random random(7);
  std::uint64_t vectorised_steps = 0;
  for (unsigned i = 0; i < 500; ++i) {
    CAPTURE(i);
    constexpr std::size_t cells = 24;
    RunCase run_case;
    run_case.cells = i % 2 == 0 ? CellType::u32 : CellType::u64;
    run_case.options.modulus = word_modulus(run_case.cells);
    run_case.options.speculation = Speculation::always;
    run_case.options.step_limit = 1000;
    for (std::size_t cell = 0; cell < cells; ++cell) {
      run_case.memory.push_back(cell + 1 == cells ? 0 : 1 + random() % (cells - 1));
    }
    const RunRecord record = record_run(*interpreter, run_case);
    vectorised_steps += record.result.vectorised_steps;
    CHECK(record == record_run(*reference, run_case));
  }
  CHECK(vectorised_steps > 1000);
}

TEST_CASE("running totals and extremes are vectorised in native code, too") {
  // total := op(total, mem[i]), stored before or after, until a zero; the total may be an address,
  // or what the loop ends for.
  if (!jit_available()) {
    MESSAGE("skipped: built without native code");
    return;
  }
  Random random(11);
  std::uint64_t vectorised_steps = 0;
  std::uint64_t steps = 0;
  unsigned number = 0;
  for (const std::string op : {"ADD", "SUB", "MIN", "MAX"}) {
    for (const std::string stored : {"r0", "READ", "total"}) {
      for (const std::string tested : {"r0", "r1"}) {
        for (const Order order : {Order::unsigned_numbers, Order::signed_numbers}) {
          CAPTURE(op);
          CAPTURE(stored);
          CAPTURE(tested);
          CAPTURE(static_cast<int>(order));
          ProgramBuilder builder(Machine::standard(3, order));
          builder.circuit("start")
              .set("READ", "address", "r2")
              .set("INC", "a", "r2")
              .set_register("r0", "READ")
              .set_register("r2", "INC");
          builder.circuit("next")
              .set("READ", "address", "r2")
              .set("INC", "a", "r2")
              .set(op, {"r0", "READ"})
              .set("WRITE", {"r2", stored == "total" ? op : stored})
              .set_register("r0", op)
              .set_register("r1", "READ")
              .set_register("r2", "INC");
          builder.rule("state 0").run("start").next_state(1);
          builder.rule("state 1").run("next").next_state(2);
          builder.rule("state 2, " + tested + " != 0").run("next").next_state(2);
          builder.rule("state 2, " + tested + " == 0").finish();
          const Program program = builder.build();
          const auto reference = make_executor(Engine::reference, program);
          const auto native = make_executor(Engine::jit, program);
          for (unsigned i = 0; i < 24; ++i) {
            CAPTURE(i);
            // Too short for the general machinery, which begins after 64 steps.
            const std::size_t cells = 24 + random() % 40;
            RunCase run_case;
            run_case.cells = i % 2 == 0 ? CellType::u32 : CellType::u64;
            run_case.options.modulus = i % 4 < 2   ? word_modulus(run_case.cells)
                                       : i % 8 < 4 ? Modulus::of(cells)
                                                   : Modulus::of(1000003);
            run_case.options.step_limit = cells;
            const Modulus m = run_case.options.modulus;
            for (std::size_t cell = 0; cell < cells; ++cell) {
              const Word value = i % 3 == 0 ? random() % 5 + 1 : m.reduce(random());
              run_case.memory.push_back(cell + 1 == cells ? 0 : value);
            }
            const RunRecord record = record_run(*native, run_case);
            vectorised_steps += record.result.vectorised_steps;
            steps += record.result.steps;
            REQUIRE(record == record_run(*reference, run_case));
          }
          ++number;
        }
      }
    }
  }
  CHECK(number == 48);
  MESSAGE("in vectorised loops: ", vectorised_steps, " of ", steps, " steps");
  CHECK(vectorised_steps > steps / 2);
}

TEST_CASE("an address that is the larger of two that drift apart is the one from some step on") {
  // Copies backwards from r0 to max(r0, r2), where r2 begins above r0 and goes forwards.
  ProgramBuilder builder(Machine::standard(3));
  builder.circuit("start")
      .set("READ", "address", "r2")
      .set("INC", "a", "READ")
      .set_register("r0", "READ")
      .set_register("r2", "INC");
  builder.circuit("next")
      .set("READ", "address", "r0")
      .set("DEC", "a", "r0")
      .set("INC", "a", "r2")
      .set("MAX", {"r0", "r2"})
      .set("WRITE", {"MAX", "READ"})
      .set_register("r0", "DEC")
      .set_register("r2", "INC");
  builder.rule("state 0").run("start").next_state(1);
  builder.rule("state 1, r0 != 0").run("next").next_state(1);
  builder.rule("state 1, r0 == 0").finish();
  const Program program = builder.build();
  const auto reference = make_executor(Engine::reference, program);
  std::vector<std::unique_ptr<Executor>> engines;
  engines.push_back(make_executor(Engine::interpreter, program));
  if (jit_available()) {
    engines.push_back(make_executor(Engine::jit, program));
  }
  Random random(12);
  for (const auto& engine : engines) {
    CAPTURE(engine->name());
    // Native code by itself vectorises no loop that stores to computed addresses; what comes after
    // it does, from 64 steps on.
    const Speculation speculation =
        engine->name() == "jit" ? Speculation::worthwhile : Speculation::always;
    std::uint64_t vectorised_steps = 0;
    std::uint64_t steps = 0;
    for (unsigned i = 0; i < 60; ++i) {
      CAPTURE(i);
      const std::size_t cells = 300 + random() % 200;
      RunCase run_case;
      run_case.cells = i % 2 == 0 ? CellType::u32 : CellType::u64;
      run_case.options.modulus =
          i % 4 < 2 ? word_modulus(run_case.cells) : Modulus::of(cells + i % 3);
      run_case.options.speculation = speculation;
      run_case.options.step_limit = 1000;
      for (std::size_t cell = 0; cell < cells; ++cell) {
        run_case.memory.push_back(random() % 1000 % cells);
      }
      run_case.memory[0] = cells / 2 - random() % 20;
      const RunRecord record = record_run(*engine, run_case);
      vectorised_steps += record.result.vectorised_steps;
      steps += record.result.steps;
      REQUIRE(record == record_run(*reference, run_case));
    }
    CHECK(vectorised_steps > steps / 5 * 4);
  }
}

TEST_CASE("large arrays, in parallel: as step by step" * doctest::test_suite("parallel")) {
  Random random(5);
  for (const std::string task : {"copy", "increment", "reverse", "permutation"}) {
    CAPTURE(task);
    for (const std::size_t n : {70000, 700000}) {
      RunCase run_case{.memory = random_task_case(task, n, random).memory,
                       .cells = CellType::u32,
                       .options = {}};
      run_case.options.modulus = Modulus::word32();
      run_case.options.step_limit = n * 8;
      const auto executor = make_executor(Engine::interpreter, hand_written_program(task));
      run_case.options.speculation = Speculation::worthwhile;
      const RunRecord vectorised = record_run(*executor, run_case);
      CHECK(vectorised.result.outcome == Outcome::finished);
      CHECK(vectorised.result.vectorised_steps > vectorised.result.steps / 10 * 9);
      // The step limit may hit in the middle of everything.
      for (const std::uint64_t limit : {n / 2, n + n / 3}) {
        RunCase cut = run_case;
        cut.options.step_limit = limit;
        const RunRecord cut_vectorised = record_run(*executor, cut);
        cut.options.speculation = Speculation::never;
        CHECK((record_run(*executor, cut) == cut_vectorised));
      }
      run_case.options.speculation = Speculation::never;
      CHECK((record_run(*executor, run_case) == vectorised));
    }
  }
}
