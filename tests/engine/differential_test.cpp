// Every executor against the reference: random programs, memories, moduli, cell types, limits.

#include "executors.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include <doctest/doctest.h>
#include <support/hand_written.hpp>
#include <support/random_program.hpp>
#include <support/random_run.hpp>
#include <support/run_record.hpp>
#include <support/sanitized.hpp>
#include <support/task_case.hpp>

using namespace nram;
using namespace nram::test;

namespace {

using Random = std::mt19937_64;

constexpr unsigned random_programs = is_sanitized ? 500 : 3000;
constexpr unsigned runs_per_hand_written = is_sanitized ? 50 : 300;

// A random subset of the passes: every pass must keep what a run shows, whatever runs before it.
OptimisationOptions random_passes(Random& random) {
  OptimisationOptions options = OptimisationOptions::none();
  for (const PassInfo& info : passes()) {
    if (random() % 2 == 0) {
      options.enable(info.pass);
    }
  }
  return options;
}

// Executors that must agree; the first is the reference. The JIT takes milliseconds to compile, so
// it is not in every comparison.
std::vector<std::unique_ptr<Executor>> executors_for(const Program& program, Random& random,
                                                     bool with_jit) {
  std::vector<std::unique_ptr<Executor>> executors;
  for (const Engine engine : {Engine::reference, Engine::interpreter}) {
    executors.push_back(make_executor(engine, program));
  }
  executors.push_back(make_executor(Engine::interpreter, program, random_passes(random)));
  if (jit_available() && with_jit) {
    executors.push_back(make_executor(Engine::jit, program));
    // Native code takes over in the middle of a run.
    executors.push_back(executors::make_tiered(program, {}, 33 + random() % 50));
  }
  return executors;
}

Outcome check_agreement(const std::vector<std::unique_ptr<Executor>>& executors,
                        const RunCase& run_case) {
  const RunRecord expected = record_run(*executors.front(), run_case);
  for (std::size_t i = 1; i < executors.size(); ++i) {
    const RunRecord record = record_run(*executors[i], run_case);
    if (record != expected) {
      CAPTURE(executors[i]->name());
      CAPTURE(run_case.options.modulus.to_string());
      CAPTURE(run_case.options.step_limit);
      REQUIRE(record == expected);
    }
  }
  return expected.result.outcome;
}

}  // namespace

TEST_CASE("executors agree on random programs") {
  Random random(20161101);
  std::array<std::size_t, 4> outcomes{};
  for (unsigned i = 0; i < random_programs; ++i) {
    CAPTURE(i);
    RandomShape shape;
    shape.max_registers = i % 50 == 0 ? 6 : 4;
    shape.max_states = i % 40 == 0 ? 9 : 3;
    shape.any_modules = i % 3 != 0;
    shape.order = i % 4 == 3 ? Order::signed_numbers : Order::unsigned_numbers;
    const Program program = random_program(shape, random);
    const auto executors = executors_for(program, random, i % 60 == 0);
    for (unsigned k = 0; k < 8; ++k) {
      ++outcomes[static_cast<std::size_t>(
          check_agreement(executors, random_run(program.machine(), random)))];
    }
  }
  // The comparison means little unless every kind of end occurs often.
  for (const std::size_t count : outcomes) {
    CHECK(count > random_programs / 10);
  }
}

TEST_CASE("executors agree on the hand-written programs, whatever the memory") {
  Random random(7);
  for (const HandWritten& written : hand_written_programs()) {
    CAPTURE(written.task);
    const auto executors = executors_for(written.program, random, true);
    for (unsigned i = 0; i < runs_per_hand_written; ++i) {
      CAPTURE(i);
      RunCase run_case = random_run(written.program.machine(), random);
      if (i % 2 == 0) {  // a proper input, perhaps damaged
        run_case.memory = random_task_case(written.task, 1 + random() % 12, random).memory;
        const auto [modulus, type] = random_modulus(run_case.memory.size(), random);
        run_case.options.modulus = modulus;
        run_case.cells = type;
        run_case.options.registers.clear();
        if (i % 4 == 0) {
          run_case.memory[random() % run_case.memory.size()] = modulus.reduce(random() % 40);
        }
      }
      check_agreement(executors, run_case);
    }
  }
}

TEST_CASE("many memories at a time: as one after the other" * doctest::test_suite("parallel")) {
  Random random(31);
  for (const HandWritten& written : hand_written_programs()) {
    CAPTURE(written.task);
    const auto reference = make_executor(Engine::reference, written.program);
    std::vector<std::unique_ptr<Executor>> engines;
    engines.push_back(make_executor(Engine::interpreter, written.program));
    engines.push_back(executors::make_tiered(written.program, {}, 1000));
    if (jit_available()) {
      engines.push_back(make_executor(Engine::jit, written.program));
    }
    for (const std::uint64_t limit : {std::uint64_t{400}, std::uint64_t{50000}}) {
      // Most of one size, so that they can run together; some damaged, so that ends differ.
      const std::size_t cells = random_task_case(written.task, 400, random).memory.size();
      std::vector<std::vector<Word>> inputs;
      for (unsigned i = 0; i < 300; ++i) {
        std::vector<Word> memory =
            random_task_case(written.task, 300 + random() % 60, random).memory;
        memory.resize(random() % 20 == 0 ? cells / 2 : cells, 1);
        if (random() % 4 == 0) {
          memory[random() % memory.size()] = random() % (2 * cells);
        }
        inputs.push_back(std::move(memory));
      }
      RunOptions options{.modulus = Modulus::word64(), .step_limit = limit};
      options.progress_interval = 150;
      std::vector<RunResult> expected;
      std::vector<std::vector<Word>> left = inputs;
      for (std::vector<Word>& memory : left) {
        expected.push_back(reference->run(MemoryView(std::span(memory)), options));
      }
      for (const auto& engine : engines) {
        CAPTURE(engine->name());
        for (const Speculation speculation : {Speculation::worthwhile, Speculation::always}) {
          std::vector<std::vector<Word>> memories = inputs;
          std::vector<MemoryView> views;
          for (std::vector<Word>& memory : memories) {
            views.emplace_back(std::span(memory));
          }
          std::atomic<std::uint64_t> calls = 0;
          RunOptions counted = options;
          counted.speculation = speculation;
          counted.on_progress = [&](std::uint64_t steps) {
            ++calls;
            return steps % 150 == 0;
          };
          CHECK((run_batch(*engine, views, counted) == expected));
          CHECK((memories == left));
          std::uint64_t due = 0;
          for (const RunResult& result : expected) {
            due += (result.steps - (result.outcome == Outcome::finished ? 1 : 0)) / 150;
          }
          CHECK(calls == due);
        }
      }
    }
  }
}
