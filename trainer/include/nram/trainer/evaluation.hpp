#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <nram/engine/executor.hpp>
#include <nram/trainer/task.hpp>

namespace nram {

/// What a hard program did on a set of test cases.
struct Evaluation {
  std::uint64_t cases = 0;
  std::uint64_t wrong_cases = 0;    ///< at least one result cell wrong, or an address fault
  std::uint64_t result_cells = 0;   ///< cells that count
  std::uint64_t wrong_cells = 0;    ///< result cells with another value than expected
  std::uint64_t stopped_cases = 0;  ///< the program finished by itself within its step limit
  std::uint64_t clean_cases = 0;    ///< no cell changed that is not a result
  std::uint64_t steps = 0;          ///< over all cases
  std::optional<std::size_t> first_failure{};  ///< index of the first wrong or unstopped case

  /// Every case right and stopped by itself.
  [[nodiscard]] bool perfect() const { return wrong_cases == 0 && stopped_cases == cases; }
  /// Shares in [0, 1]; 1 when there are no cases.
  [[nodiscard]] double accuracy() const;  ///< of result cells that are right
  [[nodiscard]] double stops() const;
  [[nodiscard]] double clean() const;
};

/// Judges one finished run.
struct Verdict {
  std::uint64_t result_cells = 0;
  std::uint64_t wrong_cells = 0;
  std::uint64_t steps = 0;
  bool faulted = false;
  bool stopped = false;
  bool clean = true;

  [[nodiscard]] bool right() const { return wrong_cells == 0 && !faulted; }
};

/// The registers that a run of an example begins with: none, or one value for each that the machine
/// has, 0 where the example sets fewer.
std::vector<Word> initial_registers(const Example& example, const Machine& machine);

/// Runs the executor on a copy of the example's memory, with 64-bit cells, for at most `step_limit`
/// steps. O(cells + steps).
Verdict judge(const Executor& executor, const TestCase& test, std::uint64_t step_limit);

/// How many times an example's training budget a hard program may take before it counts as one that
/// does not stop.
inline constexpr std::uint64_t step_slack = 10;

/// The step limit of a test case: step_slack times its own budget, or default_step_limit.
std::uint64_t step_limit_of(const TestCase& test);

/// Judges every case, in order.
Evaluation evaluate(const Executor& executor, std::span<const TestCase> cases);

}  // namespace nram
