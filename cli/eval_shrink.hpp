#pragma once

#include "eval_cases.hpp"
#include "output.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nram/engine/executor.hpp>
#include <nram/engine/stepped_run.hpp>

namespace nram::cli {

/// The smallest test case found that a program fails.
struct SmallestCase {
  TestCase test;
  /// Where it comes from: "mine.jsonl: line 3", "an input of copy with 2 elements".
  std::string origin;
  std::uint64_t tried = 0;  ///< cases
  RunResult result{};       ///< how the run ended
  std::vector<Word> got{};  ///< the memory behind the run
  std::vector<std::size_t> wrong_cells{};
};

/// Looks for it. Of a task, cases are drawn that grow until one fails; then many of that length.
/// Of a file, the smallest example; if the program faults on it or does not stop, it is made
/// smaller as long as it is like the examples and the program still does so. `failure` is a case
/// that fails.
SmallestCase find_smallest_case(const Executor& executor, const EvalCases& cases,
                                std::size_t failure);

/// Which step went wrong.
struct WrongWrite {
  std::uint64_t step = 0;
  MemoryAccess write{};
};

/// The last write to a cell that is wrong at the end; of several such cells, that of the earliest
/// step. Nothing if none of them was written. `run` has not begun.
std::optional<WrongWrite> first_wrong_write(SteppedRun& run, const SmallestCase& smallest);

/// What the reports need besides.
struct ShrinkReport {
  const SmallestCase& smallest;
  std::optional<WrongWrite> wrong{};
  std::string program;  ///< its file
  bool live = false;
  Order order = Order::unsigned_numbers;
  std::string reason;  ///< explain_failure
};

/// Several lines: the case, expected and got, the first wrong write, the command that shows it.
std::string shrink_text(const ShrinkReport& report);
Json shrink_json(const ShrinkReport& report);

}  // namespace nram::cli
