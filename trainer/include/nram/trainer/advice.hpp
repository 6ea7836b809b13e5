#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/trainer/constants_in_examples.hpp>
#include <nram/trainer/task.hpp>

namespace nram {

/// What is to be seen in examples, and in the best program that was found for them, when a search
/// had no success.
struct Findings {
  std::size_t examples = 0;         ///< different ones of a file; 0 = drawn, as many as asked for
  std::size_t lengths = 0;          ///< different ones, of these
  bool faults_behind_end = false;   ///< wrong only as it reads or writes one cell behind the memory
  bool never_stops = false;         ///< all results right, but on some example it does not stop
  bool wrong_modulo_cells = false;  ///< right modulo 2^64, wrong modulo the number of cells
  bool wrong_modulo_word = false;   ///< the other way round
  /// The data seems to begin in the first cell, with no parameters in front: the first cells count
  /// as those behind them do, and some of them change.
  bool begins_with_data = false;
  /// A number that the results seem to need and the machine was not given.
  std::optional<ConstantSeen> constant{};

  friend bool operator==(const Findings&, const Findings&) = default;
};

/// Looks at the examples of a task, and runs the best program on them. O(examples · steps). Once
/// `is_over`, which is asked often, says so, what has been found until then.
Findings findings_on(const Task& task, const std::optional<Program>& best,
                     const std::function<bool()>& is_over = {});

/// What to change, a sentence for everything found, the surest first.
std::vector<std::string> advice_on(const Findings& findings);

}  // namespace nram
