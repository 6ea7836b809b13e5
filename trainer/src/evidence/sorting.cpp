#include "evidence/sorting.hpp"

#include "evaluation/polled_executor.hpp"
#include "evidence/likeness.hpp"
#include "evidence/trial_run.hpp"
#include "evidence/variations.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include <nram/engine/executor.hpp>

namespace nram {
namespace {

using Values = std::vector<Word>;  // as places in the order of the examples

constexpr std::size_t margins = 3;  // cells at either end that may belong to no array

// Which cells that count are sorted: not those at the margins that always stay as they are, a
// length or a terminator.
class SortedCells {
 public:
  explicit SortedCells(std::span<const Example> examples) : order_(Likeness(examples).order()) {
    kept_at_front_.fill(true);
    kept_at_end_.fill(true);
    for (const Example& example : examples) {
      for (std::size_t i = 0; i < margins; ++i) {
        kept_at_front_[i] = kept_at_front_[i] && is_kept(example, i);
        kept_at_end_[i] = kept_at_end_[i] && is_kept(example, example.memory.size() - 1 - i);
      }
    }
  }

  /// Of the cells of an input that are sorted, what another memory of this size holds there.
  [[nodiscard]] Values of(const Example& input, const std::vector<Word>& memory) const {
    Values values;
    for (std::size_t cell = 0; cell < memory.size(); ++cell) {
      const std::size_t from_end = memory.size() - 1 - cell;
      const bool is_at_end = (cell < margins && kept_at_front_[cell]) ||
                             (from_end < margins && kept_at_end_[from_end]);
      if (input.expected[cell] && !is_at_end) {
        values.push_back(place_in(order_, memory[cell]));
      }
    }
    return values;
  }

 private:
  static bool is_kept(const Example& example, std::size_t cell) {
    return cell < example.memory.size() && example.expected[cell] &&
           *example.expected[cell] == example.memory[cell];
  }

  Order order_;
  std::array<bool, margins> kept_at_front_{};
  std::array<bool, margins> kept_at_end_{};
};

bool is_in_order(const Values& values, bool ascending) {
  return ascending ? std::ranges::is_sorted(values)
                   : std::ranges::is_sorted(values, std::greater<>());
}

bool are_rearranged(Values before, Values after) {
  std::ranges::sort(before);
  std::ranges::sort(after);
  return before == after;
}

bool has_equal_ones(Values values) {
  std::ranges::sort(values);
  return std::ranges::adjacent_find(values) != values.end();
}

std::vector<Word> results(const Example& example) {
  std::vector<Word> memory = example.memory;
  for (std::size_t cell = 0; cell < memory.size(); ++cell) {
    memory[cell] = example.expected[cell].value_or(memory[cell]);
  }
  return memory;
}

// Whether the examples are sorted in this direction, which some of them were not.
bool are_sorted(std::span<const Example> examples, const SortedCells& cells, bool ascending) {
  constexpr std::size_t enough = 8;  // by chance, short arrays are in order now and then
  std::size_t unsorted_before = 0;
  for (const Example& example : examples) {
    const Values before = cells.of(example, example.memory);
    const Values after = cells.of(example, results(example));
    if (!is_in_order(after, ascending) || !are_rearranged(before, after)) {
      return false;
    }
    unsorted_before += is_in_order(before, ascending) ? 0 : 1;
  }
  return unsorted_before >= enough;
}

}  // namespace

bool sorts_examples_only(const Program& program, std::span<const Example> examples, bool words,
                         Random random, const Poll& poll) {
  constexpr unsigned draws = 600;
  constexpr std::size_t enough = 10;  // inputs, as one may be none of the task
  const SortedCells cells(examples);
  const bool ascending = are_sorted(examples, cells, true);
  if (!ascending && !are_sorted(examples, cells, false)) {
    return false;
  }
  std::size_t longest = 0;
  bool may_be_equal = false;
  for (const Example& example : examples) {
    longest = std::max(longest, example.memory.size());
    may_be_equal = may_be_equal || has_equal_ones(cells.of(example, example.memory));
  }
  const auto executor = make_polled(make_executor(Engine::interpreter, program), poll);
  Variations variations(examples, words, poll);
  std::size_t longer = 0;
  std::size_t wrong = 0;
  for (unsigned i = 0; i < draws; ++i) {
    const std::optional<Example> input = variations.draw(random);
    if (!input) {
      break;
    }
    const Values before = cells.of(*input, input->memory);
    if (input->memory.size() <= longest || (!may_be_equal && has_equal_ones(before))) {
      continue;
    }
    const auto memory = result_of(*executor, program, *input);
    if (!memory) {
      continue;
    }
    const Values after = cells.of(*input, *memory);
    ++longer;
    wrong += is_in_order(after, ascending) && are_rearranged(before, after) ? 0 : 1;
  }
  return wrong >= enough && 5 * wrong >= longer;
}

}  // namespace nram
