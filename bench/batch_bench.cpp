// Many memories at once, beside loops by hand that take one after the other: time per list node
// (lists together larger than the cache), per element of many merges and per row (a million rows of
// 32 cells).

#include "measure.hpp"
#include "peers/hand_loops.hpp"
#include "ratio_table.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <oneapi/tbb/global_control.h>
#include <support/hand_written.hpp>
#include <support/task_case.hpp>

#include <nram/engine/batch.hpp>
#include <nram/engine/parallel.hpp>

namespace {

using nram::Word;
using nram::bench::measure;

/// Memories of equal size, one behind the other, and what must become of them.
struct Rows {
  std::size_t cells = 0;
  std::vector<Word> input;
  std::vector<Word> expected;
  double elements = 0;  ///< what a time is divided by

  void add(nram::test::TaskCase one) {
    if (one.memory.size() > cells) {
      throw std::length_error("a case that is larger than a row");
    }
    one.memory.resize(cells);
    one.expected.resize(cells);
    input.insert(input.end(), one.memory.begin(), one.memory.end());
    expected.insert(expected.end(), one.expected.begin(), one.expected.end());
  }
};

const Rows& lists() {
  static const Rows rows = [] {
    constexpr std::size_t nodes = 16384;
    std::mt19937_64 random(1);
    Rows result;
    result.cells = 3 * nodes;
    for (unsigned i = 0; i < 1000; ++i) {
      const nram::test::TaskCase one = nram::test::random_task_case("list-k", nodes, random);
      result.elements += static_cast<double>(one.memory[1]);
      result.add(one);
    }
    return result;
  }();
  return rows;
}

// Merges that no branch predictor has seen before: one that is repeated it learns by heart.
const Rows& merges() {
  static const Rows rows = [] {
    constexpr std::size_t n = 10'000;
    std::mt19937_64 random(3);
    Rows result;
    std::vector<nram::test::TaskCase> cases;
    for (unsigned i = 0; i < 400; ++i) {
      cases.push_back(nram::test::random_task_case("merge", n, random));
      result.cells = std::max(result.cells, cases.back().memory.size());
    }
    for (const nram::test::TaskCase& one : cases) {
      result.elements += static_cast<double>(n);
      result.add(one);
    }
    return result;
  }();
  return rows;
}

const Rows& small_rows() {
  static const Rows rows = [] {
    std::mt19937_64 random(2);
    Rows result;
    result.cells = 32;
    for (unsigned i = 0; i < 1'000'000; ++i) {
      // p, 1 to 15 elements and as many copies, NULL
      nram::test::TaskCase one{std::vector<Word>(32, 1), {}};
      const std::size_t n = 1 + random() % 15;
      one.memory[0] = n + 2;
      for (std::size_t k = 1; k <= n; ++k) {
        one.memory[k] = 1 + random() % 31;
      }
      one.memory[n + 1] = 0;
      one.expected = one.memory;
      std::copy_n(one.memory.begin() + 1, n,
                  one.expected.begin() + static_cast<std::ptrdiff_t>(n + 2));
      result.add(one);
    }
    result.elements = 1e6;
    return result;
  }();
  return rows;
}

void by_hand(benchmark::State& state, const Rows& rows, nram::bench::HandLoop loop) {
  measure(state, rows.input, rows.expected, rows.elements, [&](std::vector<Word>& memory) {
    for (std::size_t i = 0; i < memory.size(); i += rows.cells) {
      loop(&memory[i]);
    }
  });
}

void by_engine(benchmark::State& state, const Rows& rows, const std::string& task,
               nram::Engine engine, std::size_t threads) {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          threads);
  const auto executor = nram::make_executor(engine, nram::test::hand_written_program(task));
  nram::RunOptions options;
  options.step_limit = nram::default_step_limit(rows.cells);
  const auto run = [&](std::vector<Word>& memory) {
    const nram::MemoryRows matrix(std::span<Word>(memory), rows.cells);
    benchmark::DoNotOptimize(nram::run_batch(*executor, matrix, options));
  };
  // Compiles before the clock runs.
  std::vector<Word> first(rows.input.begin(),
                          rows.input.begin() + static_cast<std::ptrdiff_t>(rows.cells));
  run(first);
  measure(state, rows.input, rows.expected, rows.elements, run);
}

// What the memory allows: threads that only touch the cache lines which copying a row needs, and
// leave them as they are.
void touch_lines(Word* row) {
  constexpr std::size_t line = 64 / sizeof(Word);
  volatile Word* const cells = row;
  const std::size_t target = cells[0];
  const std::size_t end = 2 * target - 2;  // the copy's
  for (std::size_t i = line; i < target; i += line) {
    (void)cells[i];
  }
  for (std::size_t i = target; i < end; i += line) {
    cells[i] = cells[i];
  }
  cells[end - 1] = cells[end - 1];
}

void touch(benchmark::State& state, const Rows& rows, std::size_t threads) {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          threads);
  measure(state, rows.input, rows.input, rows.elements, [&](std::vector<Word>& memory) {
    constexpr std::size_t grain = 16384;
    nram::parallel_ranges(memory.size() / rows.cells, grain,
                          [&](std::size_t begin, std::size_t end) {
                            for (std::size_t i = begin; i != end; ++i) {
                              touch_lines(&memory[i * rows.cells]);
                            }
                          });
  });
}

void register_all(const std::string& name, const std::string& task, const Rows& (*rows)(),
                  nram::bench::HandLoop loop) {
  const auto add = [&](const std::string& who, auto function) {
    benchmark::RegisterBenchmark((name + "/" + who).c_str(), function)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  };
  add("hand", [=](benchmark::State& s) { by_hand(s, rows(), loop); });
  for (const std::size_t threads : {1, 2}) {
    const std::string suffix = (threads == 1 ? "" : "-2-threads");
    if (nram::jit_available()) {
      add("jit" + suffix,
          [=](benchmark::State& s) { by_engine(s, rows(), task, nram::Engine::jit, threads); });
    }
    add("interpreter" + suffix, [=](benchmark::State& s) {
      by_engine(s, rows(), task, nram::Engine::interpreter, threads);
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (const std::size_t threads : {1, 2}) {
    benchmark::RegisterBenchmark(
        threads == 1 ? "1000000-rows-of-32/touch" : "1000000-rows-of-32/touch-2-threads",
        [threads](benchmark::State& s) { touch(s, small_rows(), threads); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
  register_all("1000-lists", "list-k", lists, nram::bench::hand_list_k);
  register_all("400-merges", "merge", merges, nram::bench::hand_merge);
  register_all("1000000-rows-of-32", "copy", small_rows, nram::bench::hand_copy);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 1;
  }
  nram::bench::RatioTable table;
  benchmark::RunSpecifiedBenchmarks(&table);
  benchmark::Shutdown();
  return 0;
}
