#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nram/model-io/example.hpp>

namespace nram {

/// What is known about a program that was learned, from the least to the most.
enum class Grade : std::uint8_t {
  not_solved,   ///< wrong on some example, or does not stop
  bounded,      ///< right on all examples, but its steps do not grow with the input, although the
                ///< task's do, or it no longer sorts: it is wrong on longer ones
  ambiguous,    ///< right on all examples, but so is another program that does something else
  fits,         ///< right on all examples; too few, or none long enough, to show more
  generalises,  ///< right on examples longer by half or more than all it was learned from; with
                ///< fewer than 40 examples, other programs that fit were found, and agree
};

/// "not-solved", "bounded", "ambiguous", "fits" or "generalises": what metadata and reports say.
std::string_view name_of(Grade grade);

/// The grade of this name, or nothing.
std::optional<Grade> grade_named(std::string_view name);

/// An input on which programs that fit all examples do different things: whoever knows the right
/// result can say which of them is meant.
struct Question {
  /// What some of the programs do.
  struct Answer {
    /// The cells behind the run; nothing if the program has no result there: it faults, or does
    /// not stop.
    std::optional<std::vector<Word>> memory;
    std::size_t programs = 0;  ///< that do this
    bool is_kept = false;      ///< whether the program that was chosen does
  };
  /// The input; `expected` has a value (of no meaning) where the cell is likely to count.
  Example input;
  std::vector<Answer> answers{};  ///< at least two; what the chosen program does comes first

  /// The input and what becomes of it, over several lines.
  [[nodiscard]] std::string text() const;
};

/// An answer as an example: the cells that count, as they should be. Throws Error(usage) if the
/// result has another number of cells than the input.
Example answered(const Question& question, const std::vector<Word>& result);

/// A grade, and what it rests on.
struct Assessment {
  Grade grade = Grade::not_solved;
  std::size_t learned_cells = 0;  ///< the longest memory that was learned from; 0 = not known
  std::size_t tested_cells = 0;   ///< the longest memory that it was tested on, and is right on
  std::size_t examples = 0;       ///< different ones, all there are; 0 = as many as were asked for
  std::size_t programs = 0;       ///< different ones that fit all examples
  std::size_t compared = 0;       ///< further inputs on which these were compared
  std::vector<Question> questions{};  ///< where they differ, the smallest input first
  /// What all examples have in common at one place and the program needs to be so, though nothing
  /// says that other inputs have it: "the last cell being 0".
  std::vector<std::string> relies_on{};
  /// If it is bounded: it sorts all examples, but not longer inputs. Otherwise it is by its steps.
  bool stops_sorting = false;
  /// Time was up before the program was run on further inputs, so that no more is known than that
  /// it fits.
  bool is_cut_short = false;

  /// One or two sentences for a person.
  [[nodiscard]] std::string text() const;
  /// What models and programs keep of it for ever: `verdict`, the name of the grade, and
  /// `learned-cells`, `tested-cells`, `relies-on`, `bounded-by` where there are some.
  [[nodiscard]] std::map<std::string, std::string> metadata() const;
};

/// Why what is in a file should not be relied upon, from the metadata of a model or program: one
/// sentence if its grade is not_solved, bounded or ambiguous; nothing otherwise, and if it does not
/// say.
std::optional<std::string> reserve_of(const std::map<std::string, std::string>& metadata);

}  // namespace nram
