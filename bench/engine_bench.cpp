// How fast engines run programs: machine steps per second on one core, in and out of cache; and how
// long they take to begin, for every hand-written and every learned program.

#include "learned.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>
#include <support/hand_written.hpp>

#include <nram/engine/executor.hpp>

namespace {

using nram::Word;

// p, A[0..n-1], NULL, room for A.
std::vector<Word> copy_input(std::size_t cells) {
  const std::size_t n = (cells - 2) / 2;
  std::vector<Word> memory(cells, 0);
  std::mt19937_64 random(1);
  std::generate_n(memory.begin() + 1, n, [&] { return random() | 1U; });
  memory[0] = n + 2;
  return memory;
}

void copy(benchmark::State& state, nram::Engine engine) {
  const auto cells = static_cast<std::size_t>(state.range(0));
  if (engine == nram::Engine::jit && !nram::jit_available()) {
    state.SkipWithError("this build has no JIT");
    return;
  }
  const auto executor = nram::make_executor(engine, nram::test::hand_written_program("copy"));
  const std::vector<Word> input = copy_input(cells);
  std::vector<Word> memory = input;
  nram::RunOptions options;
  options.step_limit = nram::default_step_limit(cells);
  std::uint64_t steps = 0;
  for (auto _ : state) {
    const nram::RunResult result =
        executor->run(nram::MemoryView(std::span<Word>(memory)), options);
    steps += result.steps;
    if (result.outcome != nram::Outcome::finished) {
      state.SkipWithError("the program did not finish");
    }
  }
  const std::size_t n = (cells - 2) / 2;
  const auto source = memory.begin() + 1;
  const auto target = memory.begin() + static_cast<std::ptrdiff_t>(n + 2);
  if (!std::equal(source, source + static_cast<std::ptrdiff_t>(n), target) ||
      !std::equal(memory.begin(), target, input.begin())) {
    state.SkipWithError("the result is wrong");
  }
  state.counters["steps"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kIsRate);
}

// From a program to the result of its first run, which compiles it, on a memory of two cells.
void compile(benchmark::State& state, const nram::Program& program, nram::Engine engine,
             nram::Modulus modulus) {
  for (auto _ : state) {
    const auto executor = nram::make_executor(engine, program);
    std::vector<Word> memory = {0, 0};
    benchmark::DoNotOptimize(executor->run(nram::MemoryView(std::span<Word>(memory)),
                                           {.modulus = modulus, .step_limit = 10}));
  }
}

void register_compile_times(const std::string& whose, const std::string& name,
                            const nram::Program& program) {
  const auto add = [&](const std::string& who, nram::Engine engine, nram::Modulus modulus) {
    benchmark::RegisterBenchmark(("compile/" + who + "/" + whose + "/" + name).c_str(),
                                 [&program, engine, modulus](benchmark::State& state) {
                                   compile(state, program, engine, modulus);
                                 })
        ->Unit(benchmark::kMillisecond);
  };
  add("interpreter", nram::Engine::interpreter, nram::Modulus::word64());
  if (nram::jit_available()) {
    add("jit", nram::Engine::jit, nram::Modulus::word64());
    add("jit-modulus", nram::Engine::jit, nram::Modulus::of(1000));
  }
}

BENCHMARK_CAPTURE(copy, interpreter, nram::Engine::interpreter)
    ->Arg(10'000)
    ->Arg(20'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(copy, jit, nram::Engine::jit)
    ->Arg(10'000)
    ->Arg(20'000'000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(copy, reference, nram::Engine::reference)
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  for (const auto& [task, program] : nram::test::hand_written_programs()) {
    register_compile_times("hand-written", task, program);
  }
  for (const auto& [name, program] : nram::bench::learned_programs()) {
    register_compile_times("learned", name, program);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
