#include "evidence/reliance.hpp"

#include "evaluation/polled_executor.hpp"
#include "evidence/likeness.hpp"
#include "evidence/trial_run.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/executor.hpp>

namespace nram {
namespace {

using Cells = std::vector<std::size_t>;

constexpr std::size_t ends = 3;  // cells at either end that are looked at one by one

std::optional<std::size_t> last_that_counts(const Example& example) {
  for (std::size_t cell = example.memory.size(); cell-- > 0;) {
    if (example.expected[cell]) {
      return cell;
    }
  }
  return std::nullopt;
}

Cells behind_results(const Example& example) {
  Cells cells;
  const auto last = last_that_counts(example);
  for (std::size_t cell = last ? *last + 1 : example.memory.size(); cell < example.memory.size();
       ++cell) {
    cells.push_back(cell);
  }
  return cells;
}

Cells behind_first_zero(const Example& example) {
  const auto zero = std::ranges::find(example.memory, Word{0});
  const auto place = static_cast<std::size_t>(zero - example.memory.begin()) + 1;
  return place < example.memory.size() ? Cells{place} : Cells{};
}

Cells that_count(const Example& example) {
  Cells cells;
  for (std::size_t cell = 0; cell < example.memory.size(); ++cell) {
    if (example.expected[cell]) {
      cells.push_back(cell);
    }
  }
  return cells;
}

// The value that all these cells hold, if there is one; those of a place that most examples lack
// say little.
std::optional<Word> value_of(std::span<const Example> examples, const std::vector<Cells>& cells) {
  std::optional<Word> value;
  std::size_t with_cells = 0;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    with_cells += cells[i].empty() ? 0 : 1;
    for (const std::size_t cell : cells[i]) {
      if (value && *value != examples[i].memory[cell]) {
        return std::nullopt;
      }
      value = examples[i].memory[cell];
    }
  }
  return 2 * with_cells > examples.size() ? value : std::nullopt;
}

std::string name_from_end(std::size_t from_end) {
  static constexpr std::array<const char*, ends> names = {"the last cell", "the last cell but one",
                                                          "the last cell but two"};
  return names.at(from_end);
}

// What a result is compared by: cells that count, without those that were changed and stay as they
// are in the example.
bool is_as_expected(const Example& example, const Cells& changed, const std::vector<Word>& memory) {
  for (std::size_t cell = 0; cell < memory.size(); ++cell) {
    const auto& wanted = example.expected[cell];
    const bool is_left_alone =
        std::ranges::binary_search(changed, cell) && wanted == example.memory[cell];
    if (wanted && !is_left_alone && *wanted != memory[cell]) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::vector<ConstantPlace> constant_places(std::span<const Example> examples) {
  std::vector<ConstantPlace> places;
  const auto add = [&](std::string name, const auto& cells_of) {
    std::vector<Cells> cells;
    cells.reserve(examples.size());
    for (const Example& example : examples) {
      cells.push_back(cells_of(example));
    }
    const std::optional<Word> value = value_of(examples, cells);
    const bool is_new = std::ranges::find(places, cells, &ConstantPlace::cells) == places.end();
    if (value && is_new) {
      places.push_back({std::move(name), *value, std::move(cells)});
    }
  };
  std::size_t shortest = examples.empty() ? 0 : examples.front().memory.size();
  for (const Example& example : examples) {
    shortest = std::min(shortest, example.memory.size());
  }
  const std::size_t each = std::min(ends, shortest);
  for (std::size_t i = 0; i < each; ++i) {
    add(fmt::format("cell {}", i), [i](const Example&) { return Cells{i}; });
  }
  for (std::size_t i = 0; i < each; ++i) {
    add(name_from_end(i), [i](const Example& e) { return Cells{e.memory.size() - 1 - i}; });
  }
  add("the cell behind the first 0", behind_first_zero);
  add("every cell behind those that count", behind_results);
  add("every cell that counts", that_count);
  return places;
}

std::vector<std::string> reliances_of(const Program& program, std::span<const Example> examples,
                                      bool words, Random random, const Poll& poll) {
  constexpr std::size_t most_examples = 100;
  const auto executor = make_polled(make_executor(Engine::interpreter, program), poll);
  const Likeness likeness(examples);
  const std::size_t stride = std::max<std::size_t>(1, examples.size() / most_examples);
  const auto changes_a_result = [&](const ConstantPlace& place, const Example& example,
                                    const Cells& cells) {
    const std::array<Word, 4> values = {
        0, 1, likeness.largest_value(),
        random.between(0, std::max<Word>(1, example.memory.size() - 1))};
    return std::ranges::any_of(values, [&](Word value) {
      if (value == place.value || (!words && value >= example.memory.size())) {
        return false;
      }
      Example changed = example;
      for (const std::size_t cell : cells) {
        changed.memory[cell] = value;
      }
      const auto memory = result_of(*executor, program, changed);
      return !memory || !is_as_expected(example, cells, *memory);
    });
  };
  const Order order = likeness.order();
  std::vector<std::string> reliances;
  for (const ConstantPlace& place : constant_places(examples)) {
    for (std::size_t i = 0; i < examples.size(); i += stride) {
      if (!place.cells[i].empty() && changes_a_result(place, examples[i], place.cells[i])) {
        reliances.push_back(fmt::format("{} being {}", place.name,
                                        number_text(place.value, Modulus::word64(), order)));
        break;
      }
    }
  }
  return reliances;
}

}  // namespace nram
