// Rows of a matrix against single runs of the reference: results, faults, limits, progress, and
// what becomes of the cells.

#include "executors.hpp"

#include <algorithm>
#include <atomic>

#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <support/hand_written.hpp>
#include <support/random_program.hpp>
#include <support/sanitized.hpp>
#include <support/task_case.hpp>

#include <nram/engine/batch.hpp>
#include <nram/engine/error.hpp>

using namespace nram;
using namespace nram::test;

namespace {

using Random = std::mt19937_64;

constexpr unsigned batch_programs = is_sanitized ? 60 : 400;

std::vector<std::unique_ptr<Executor>> engines_for(const Program& program, bool with_jit) {
  std::vector<std::unique_ptr<Executor>> engines;
  engines.push_back(make_executor(Engine::interpreter, program));
  if (with_jit && jit_available()) {
    engines.push_back(make_executor(Engine::jit, program));
    engines.push_back(executors::make_tiered(program, {}, 2000));
  }
  return engines;
}

// Runs the batch and compares everything with one run of the reference a row. Returns how many rows
// did not finish.
template <typename Cell>
std::size_t check_batch(const Program& program,
                        const std::vector<std::unique_ptr<Executor>>& engines,
                        const std::vector<Word>& cells, std::size_t cells_per_row,
                        const RunOptions& options, std::uint64_t cancel_after) {
  const std::vector<Cell> input(cells.begin(), cells.end());
  const auto reference = make_executor(Engine::reference, program);
  std::vector<Cell> expected_cells = input;
  std::vector<RunResult> expected;
  std::uint64_t expected_calls = 0;
  const MemoryRows expected_rows(std::span<Cell>(expected_cells), cells_per_row);
  RunOptions counted = options;
  if (cancel_after != 0) {
    counted.on_progress = [&](std::uint64_t steps) {
      ++expected_calls;
      return steps < cancel_after;
    };
  }
  std::uint64_t steps = 0;
  std::vector<std::size_t> unfinished;
  for (std::size_t row = 0; row < expected_rows.size(); ++row) {
    expected.push_back(reference->run(expected_rows[row], counted));
    steps += expected.back().steps;
    if (expected.back().outcome != Outcome::finished) {
      unfinished.push_back(row);
    }
  }
  for (const auto& engine : engines) {
    CAPTURE(engine->name());
    for (const Speculation speculation :
         {Speculation::never, Speculation::worthwhile, Speculation::always}) {
      CAPTURE(static_cast<int>(speculation));
      std::vector<Cell> left = input;
      std::atomic<std::uint64_t> calls = 0;
      RunOptions how = options;
      how.speculation = speculation;
      if (cancel_after != 0) {
        how.on_progress = [&](std::uint64_t done) {
          ++calls;
          return done < cancel_after;
        };
      }
      const MemoryRows rows(std::span<Cell>(left), cells_per_row);
      const BatchResult results = run_batch(*engine, rows, how, KeepRegisters::of_all);
      REQUIRE(results.size() == rows.size());
      CHECK(results.steps() == steps);
      CHECK(std::equal(unfinished.begin(), unfinished.end(), results.unfinished().begin(),
                       results.unfinished().end()));
      for (std::size_t row = 0; row < rows.size(); ++row) {
        CAPTURE(row);
        REQUIRE((results.result(row) == expected[row]));
        REQUIRE(results[row].outcome == expected[row].outcome);
      }
      REQUIRE((left == expected_cells));
      CHECK(calls == expected_calls);
    }
  }
  return unfinished.size();
}

std::size_t check(const Program& program, const std::vector<std::unique_ptr<Executor>>& engines,
                  CellType type, const std::vector<Word>& cells, std::size_t cells_per_row,
                  const RunOptions& options, std::uint64_t cancel_after) {
  return type == CellType::u32 ? check_batch<std::uint32_t>(program, engines, cells, cells_per_row,
                                                            options, cancel_after)
                               : check_batch<std::uint64_t>(program, engines, cells, cells_per_row,
                                                            options, cancel_after);
}

}  // namespace

TEST_CASE("batches of random programs: as one run of the reference a row" *
          doctest::test_suite("parallel")) {
  Random random(7);
  std::size_t finished = 0;
  std::size_t unfinished = 0;
  for (unsigned i = 0; i < batch_programs; ++i) {
    CAPTURE(i);
    const Program program = random_program(RandomShape{}, random);
    const auto engines = engines_for(program, i % 8 == 0);
    const std::size_t cells_per_row = 1 + random() % 20;
    const std::size_t rows = 1 + random() % 200;
    const CellType type = random() % 2 == 0 ? CellType::u32 : CellType::u64;
    RunOptions options;
    options.modulus = random() % 3 == 0   ? Modulus::of(cells_per_row)
                      : random() % 2 == 0 ? Modulus::of(cells_per_row + 1 + random() % 5)
                                          : word_modulus(type);
    options.step_limit = random() % 5 == 0 ? random() % 4 : random() % 300;
    options.progress_interval = 1 + random() % 100;
    if (random() % 5 == 0) {
      options.registers = random_memory(program.machine().registers(), options.modulus, random);
    }
    const std::uint64_t cancel_after = random() % 2 == 0 ? 1 + random() % 400 : 0;
    const std::size_t failed =
        check(program, engines, type, random_memory(rows * cells_per_row, options.modulus, random),
              cells_per_row, options, cancel_after);
    unfinished += failed;
    finished += rows - failed;
  }
  CHECK(finished > batch_programs);
  CHECK(unfinished > batch_programs);
}

TEST_CASE("batches of the tasks, some rows damaged: as one run of the reference a row" *
          doctest::test_suite("parallel")) {
  Random random(8);
  for (const HandWritten& written : hand_written_programs()) {
    CAPTURE(written.task);
    const auto engines = engines_for(written.program, true);
    for (const std::size_t n : {9, 300}) {
      const std::size_t cells_per_row = random_task_case(written.task, n, random).memory.size();
      std::vector<Word> cells;
      for (unsigned row = 0; row < 150; ++row) {
        std::vector<Word> memory = random_task_case(written.task, n - random() % 6, random).memory;
        memory.resize(cells_per_row, 1);
        if (random() % 8 == 0) {
          memory[random() % cells_per_row] = random() % (2 * cells_per_row);
        }
        cells.insert(cells.end(), memory.begin(), memory.end());
      }
      RunOptions options;
      options.progress_interval = 100;
      for (const CellType type : {CellType::u32, CellType::u64}) {
        options.modulus = word_modulus(type);
        for (const std::uint64_t limit : {std::uint64_t{2 * n}, std::uint64_t{50000}}) {
          options.step_limit = limit;
          check(written.program, engines, type, cells, cells_per_row, options, 0);
          check(written.program, engines, type, cells, cells_per_row, options, limit / 2);
        }
      }
    }
  }
}

TEST_CASE("registers of runs that finished are kept only if asked for; faults are told in full") {
  const auto executor = make_executor(Engine::interpreter, hand_written_program("copy"));
  // The second row's target lies outside.
  std::vector<Word> cells = {3, 7, 0, 0, 0, 90, 7, 8, 9, 0};
  const MemoryRows rows(std::span<Word>(cells), 5);
  const RunOptions options{.step_limit = 100};
  const BatchResult results = run_batch(*executor, rows, options);
  CHECK(results.result(0).outcome == Outcome::finished);
  CHECK(results.result(0).registers.empty());
  REQUIRE(results.unfinished().size() == 1);
  CHECK(results.unfinished().front() == 1);
  CHECK(describe_fault(executor->machine(), results.result(1), 5) ==
        "WRITE of address 90 in step 3 (memory has 5 cells; registers r0=90 r1=2 r2=7)");
  CHECK(cells == std::vector<Word>{3, 7, 0, 7, 0, 90, 7, 8, 9, 0});
}

TEST_CASE("what cannot be a batch is refused") {
  std::vector<Word> cells(10, 0);
  const std::span<Word> span(cells);
  CHECK(mentions(message_of(ErrorKind::usage, [&] { (void)MemoryRows(span, 3); }), "10 cells",
                 "rows of 3"));
  CHECK(mentions(message_of(ErrorKind::usage, [&] { (void)MemoryRows(span, 0); }), "rows of 0"));
  const auto executor = make_executor(Engine::interpreter, hand_written_program("copy"));
  const MemoryRows rows(span, 5);
  CHECK(mentions(message_of(ErrorKind::data,
                            [&] { (void)run_batch(*executor, rows, {.modulus = Modulus::of(4)}); }),
                 "5 cells", "4"));
  CHECK(run_batch(*executor, MemoryRows(span.first(0), 5), {}).size() == 0);
}
