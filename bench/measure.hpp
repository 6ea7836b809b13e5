#pragma once

// How every benchmark of the engine times a run: from a fresh copy of the same input, made outside
// the measured time, and with its result checked.

#include <chrono>
#include <vector>

#include <benchmark/benchmark.h>

namespace nram::bench {

/// Says by how many elements the table divides a time.
inline void count_elements(benchmark::State& state, double elements) {
  state.counters["per_element"] = benchmark::Counter(
      elements, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// Times run(memory) for memories that hold `input`; skips the benchmark if one does not become
/// `expected`.
template <typename Cell, typename Run>
void measure(benchmark::State& state, const std::vector<Cell>& input,
             const std::vector<Cell>& expected, double elements, Run run) {
  std::vector<Cell> memory;
  for (auto _ : state) {
    memory = input;
    const auto start = std::chrono::steady_clock::now();
    run(memory);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(elapsed.count());
    if (memory != expected) {
      state.SkipWithError("the result is wrong");
      return;
    }
  }
  count_elements(state, elements);
}

}  // namespace nram::bench
