// The ten tasks by every engine, on one thread and on two, beside loops written by hand, the same
// in LuaJIT, and what the memory can do at most: time per element. Programs are the hand-written
// ones; "learned" runs those of samples/programs, also for three further tasks, whose loops are
// reductions. Every run starts from the same input, copied in outside the measured time, and its
// result is checked.

#include "learned.hpp"
#include "measure.hpp"
#include "peers/hand_loops.hpp"
#include "ratio_table.hpp"
#include "reduction_case.hpp"
#ifdef WITH_LUAJIT
#include "peers/lua_loops.hpp"
#endif

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <oneapi/tbb/global_control.h>
#include <support/hand_written.hpp>
#include <support/task_case.hpp>

#include <nram/engine/executor.hpp>
#include <nram/engine/parallel.hpp>

namespace {

using nram::Word;
using nram::test::TaskCase;

// Inputs are large and each is used by several benchmarks in a row, so the last one is kept.
const TaskCase& input_for(const std::string& task, std::size_t n) {
  static std::string kept_task;
  static std::size_t kept_n = 0;
  static TaskCase kept;
  if (kept_task != task || kept_n != n) {
    std::mt19937_64 random(n);
    kept = nram::bench::is_reduction(task) ? nram::bench::reduction_case(task, n, random)
                                           : nram::test::random_task_case(task, n, random);
    kept_task = task;
    kept_n = n;
  }
  return kept;
}

// Bytes that must go to or from the memory for an element, if it is large and every run of the task
// goes through it in order; 0 if not. (The end of what is reversed has to be found first.)
double bytes_per_element(const std::string& task) {
  return task == "copy" || task == "increment" || task == "prefix-sums" ? 2 * sizeof(Word)
         : task == "reverse"                                            ? 3 * sizeof(Word)
         : task == "sum" || task == "maximum"                           ? sizeof(Word)
                                                                        : 0;
}

template <typename Run>
void measure_task(benchmark::State& state, const std::string& task, Run run) {
  const TaskCase& one = input_for(task, static_cast<std::size_t>(state.range(0)));
  nram::bench::measure(state, one.memory, one.expected, static_cast<double>(state.range(0)), run);
  if (const double bytes = bytes_per_element(task); bytes != 0) {
    state.counters["bytes_per_element"] = bytes;
  }
}

void by_engine(benchmark::State& state, const std::string& task, const nram::Program& program,
               nram::Engine engine, std::size_t threads, nram::Speculation speculation) {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          threads);
  const auto executor = nram::make_executor(engine, program);
  nram::RunOptions options;
  options.speculation = speculation;
  const auto run = [&](std::vector<Word>& memory) {
    options.step_limit = nram::default_step_limit(memory.size());
    benchmark::DoNotOptimize(executor->run(nram::MemoryView(std::span<Word>(memory)), options));
  };
  std::mt19937_64 random(1);  // compiles before the clock runs
  TaskCase warm_up = nram::bench::is_reduction(task)
                         ? nram::bench::reduction_case(task, 3, random)
                         : nram::test::random_task_case(task, 3, random);
  run(warm_up.memory);
  measure_task(state, task, run);
}

void by_hand(benchmark::State& state, const std::string& task, nram::bench::HandLoop loop) {
  measure_task(state, task, [&](std::vector<Word>& memory) { loop(memory.data()); });
}

#ifdef WITH_LUAJIT
void by_lua(benchmark::State& state, const std::string& task) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const TaskCase& task_case = input_for(task, n);
  const std::vector<double> input(task_case.memory.begin(), task_case.memory.end());
  const std::vector<double> expected(task_case.expected.begin(), task_case.expected.end());
  static nram::bench::LuaLoops lua;  // traces are compiled in the first runs
  nram::bench::measure(state, input, expected, static_cast<double>(n),
                       [&](std::vector<double>& memory) { lua.run(task, memory.data()); });
}
#endif

// What the memory can do: STREAM's copy, by memcpy, and scale (McCalpin 1995), a cell an element.
using StreamKernel = void (*)(Word* to, const Word* from, std::size_t n);

void copy_kernel(Word* to, const Word* from, std::size_t n) {
  std::memcpy(to, from, n * sizeof(Word));
}
void scale_kernel(Word* to, const Word* from, std::size_t n) {
  std::transform(from, from + n, to, [](Word cell) { return 3 * cell; });
}

void stream(benchmark::State& state, StreamKernel kernel, Word factor, std::size_t threads) {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                          threads);
  const auto n = static_cast<std::size_t>(state.range(0));
  std::vector<Word> from(n, 1);
  std::vector<Word> to(n, 0);
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    nram::parallel_ranges(threads, 1, [&](std::size_t begin, std::size_t end) {
      const std::size_t first = n * begin / threads;
      kernel(&to[first], &from[first], n * end / threads - first);
    });
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(elapsed.count());
    benchmark::ClobberMemory();
  }
  if (to != std::vector<Word>(n, factor)) {
    state.SkipWithError("the result is wrong");
  }
  nram::bench::count_elements(state, static_cast<double>(n));
  state.counters["bytes_per_element"] = 2 * sizeof(Word);
}

const std::map<std::string, nram::bench::HandLoop>& hand_loops() {
  static const std::map<std::string, nram::bench::HandLoop> loops = {
      {"access", nram::bench::hand_access},
      {"increment", nram::bench::hand_increment},
      {"copy", nram::bench::hand_copy},
      {"reverse", nram::bench::hand_reverse},
      {"swap", nram::bench::hand_swap},
      {"permutation", nram::bench::hand_permutation},
      {"list-k", nram::bench::hand_list_k},
      {"list-search", nram::bench::hand_list_search},
      {"merge", nram::bench::hand_merge},
      {"walk-bst", nram::bench::hand_walk_bst},
      {"sum", nram::bench::hand_sum},
      {"maximum", nram::bench::hand_maximum},
      {"prefix-sums", nram::bench::hand_prefix_sums}};
  return loops;
}

void register_all() {
  for (const std::int64_t size : {1'000, 10'000, 100'000, 10'000'000}) {
    for (const auto& [task, loop] : hand_loops()) {
      // Every step of a pointer chase waits for memory, so fewer of them say as much.
      const bool chases = task.rfind("list", 0) == 0 || task == "walk-bst";
      const std::int64_t n = chases ? std::min<std::int64_t>(size, 1'000'000) : size;
      const auto add = [&, n](const std::string& who, auto function) {
        auto* const registered = benchmark::RegisterBenchmark((task + "/" + who).c_str(), function)
                                     ->Arg(n)
                                     ->UseManualTime()
                                     ->Unit(benchmark::kMicrosecond);
        if (task == "access" || task == "swap") {
          // Nanoseconds each: until the measured time adds up, the copying around it takes minutes.
          registered->Iterations(n > 1'000'000 ? 3 : 300);
        }
      };
      add("hand", [task, loop](benchmark::State& s) { by_hand(s, task, loop); });
      const nram::Program* const learned = nram::bench::learned_program(task);
      const auto add_engine = [&](const std::string& who, const nram::Program& program,
                                  nram::Engine engine, std::size_t threads,
                                  nram::Speculation speculation) {
        add(who, [=, task = task, &program](benchmark::State& s) {
          by_engine(s, task, program, engine, threads, speculation);
        });
      };
      using nram::Engine;
      using nram::Speculation;
      if (nram::bench::is_reduction(task)) {
        const Engine engine = nram::jit_available() ? Engine::jit : Engine::interpreter;
        for (const std::size_t threads : {1, 2}) {
          add_engine(threads == 1 ? "learned" : "learned-2-threads", *learned, engine, threads,
                     Speculation::worthwhile);
        }
        continue;
      }
      const nram::Program& hand_written = nram::test::hand_written_program(task);
      if (nram::jit_available()) {
        add_engine("jit", hand_written, Engine::jit, 1, Speculation::worthwhile);
        add_engine("jit-2-threads", hand_written, Engine::jit, 2, Speculation::worthwhile);
        add_engine("jit-step-by-step", hand_written, Engine::jit, 1, Speculation::never);
      }
      add_engine("interpreter", hand_written, Engine::interpreter, 1, Speculation::worthwhile);
      if (learned != nullptr) {
        const Engine engine = nram::jit_available() ? Engine::jit : Engine::interpreter;
        add_engine("learned", *learned, engine, 1, Speculation::worthwhile);
      }
#ifdef WITH_LUAJIT
      add("luajit", [task = task](benchmark::State& s) { by_lua(s, task); });
#endif
    }
    for (const std::size_t threads : {1, 2}) {
      const std::string who = threads == 1 ? "/1-thread" : "/2-threads";
      const auto add = [&](const std::string& name, StreamKernel kernel, Word factor) {
        benchmark::RegisterBenchmark(
            (name + who).c_str(), [=](benchmark::State& s) { stream(s, kernel, factor, threads); })
            ->Arg(size)
            ->UseManualTime()
            ->Unit(benchmark::kMicrosecond);
      };
      add("stream-copy", copy_kernel, 1);
      add("stream-scale", scale_kernel, 3);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 1;
  }
  nram::bench::RatioTable table;
  benchmark::RunSpecifiedBenchmarks(&table);
  benchmark::Shutdown();
  return 0;
}
