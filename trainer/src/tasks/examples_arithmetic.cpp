#include "tasks/examples_arithmetic.hpp"

#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>

namespace nram {
namespace {

// Without wrap-around: cells hold small values here.
using Number = std::int64_t;

// A cell that the example changes.
struct Changed {
  const Example& example;
  std::size_t number;  // of the example
  std::size_t cell;

  [[nodiscard]] std::size_t cells() const { return example.memory.size(); }
  [[nodiscard]] Number expected() const { return static_cast<Number>(*example.expected[cell]); }
};

// A number that a cell may have become, as a function of the memory; nothing where it has none.
struct Feature {
  std::string name;
  std::function<std::optional<Number>(const Changed&)> value;
};

// A cell by its distance from the one that changes, or from the first one.
struct Place {
  bool absolute;
  int offset;

  [[nodiscard]] std::optional<Number> read(const Changed& at) const {
    const Number address = (absolute ? 0 : static_cast<Number>(at.cell)) + offset;
    if (address < 0 || address >= static_cast<Number>(at.cells())) {
      return std::nullopt;
    }
    return static_cast<Number>(at.example.memory[static_cast<std::size_t>(address)]);
  }

  [[nodiscard]] std::string name() const {
    return absolute      ? fmt::format("cell {}", offset)
           : offset == 0 ? "the cell"
                         : fmt::format("the cell {} {} it", std::abs(offset),
                                       offset < 0 ? "before" : "behind");
  }
};

constexpr Place places[] = {{false, 0}, {false, -1}, {false, 1}, {true, 0}, {true, 1}, {true, 2}};

Number sum_of(const Changed& at, std::size_t first, std::size_t last, bool until_zero) {
  Number sum = 0;
  for (std::size_t i = first; i < last; ++i) {
    const Word value = at.example.memory[i];
    if (until_zero && value == 0) {
      break;
    }
    sum += static_cast<Number>(value);
  }
  return sum;
}

void add_sums(std::vector<Feature>& features) {
  constexpr std::size_t first_cells = 4;
  for (std::size_t first = 0; first < first_cells; ++first) {
    const auto add = [&](const char* what, auto last, bool until_zero) {
      features.push_back({fmt::format(fmt::runtime(what), first), [=](const Changed& at) {
                            return std::optional(sum_of(at, first, last(at), until_zero));
                          }});
    };
    const auto end = [](const Changed& at) { return at.cells(); };
    add(
        "the sum of the cells from {} to it", [](const Changed& at) { return at.cell + 1; }, false);
    add(
        "the sum of the cells from {} to before it", [](const Changed& at) { return at.cell; },
        false);
    add("the sum of all cells from {} on", end, false);
    add("the sum of the cells from {} to the first 0", end, true);
  }
  features.push_back({"the sum of the cells from it on", [](const Changed& at) {
                        return std::optional(sum_of(at, at.cell, at.cells(), false));
                      }});
}

void add_pairs(std::vector<Feature>& features) {
  for (const Place& a : places) {
    for (const Number constant : {Number{1}, Number{2}, Number{-1}, Number{-2}}) {
      features.push_back(
          {fmt::format("{} {} {}", a.name(), constant < 0 ? "-" : "+", std::abs(constant)),
           [=](const Changed& at) {
             const auto x = a.read(at);
             return x ? std::optional(*x + constant) : std::nullopt;
           }});
    }
    for (const Place& b : places) {
      for (const bool adds : {true, false}) {
        features.push_back(
            {fmt::format("{} {} {}", a.name(), adds ? "+" : "-", b.name()), [=](const Changed& at) {
               const auto x = a.read(at);
               const auto y = b.read(at);
               return x && y ? std::optional(adds ? *x + *y : *x - *y) : std::nullopt;
             }});
      }
    }
  }
}

// What tells `cells`: the first cell at which the feature wrapped round; nothing if the feature is
// not what these cells hold, never wrapped, or may agree by chance.
std::optional<Changed> wrapped_at(const Feature& feature, const std::vector<Changed>& changed) {
  constexpr double enough_bits = 16.0;
  double bits = 0.0;
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const Changed& at = changed[i];
    const std::optional<Number> value = feature.value(at);
    const auto cells = static_cast<Number>(at.cells());
    if (!value || ((*value % cells) + cells) % cells != at.expected()) {
      return std::nullopt;
    }
    if (*value != at.expected() && !first) {
      first = i;
    }
    bits += std::log2(static_cast<double>(cells));
  }
  return first && bits >= enough_bits ? std::optional<Changed>(changed[*first]) : std::nullopt;
}

// The cells that change, of examples of different inputs: all of them, and, for results in a place
// of their own, those with one number.
std::vector<std::vector<Changed>> classes_of(std::span<const Example> examples) {
  constexpr std::size_t own_places = 3;
  std::vector<std::vector<Changed>> classes(1 + own_places);
  std::set<std::vector<Word>> seen;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const Example& example = examples[i];
    if (!seen.insert(example.memory).second) {
      continue;
    }
    for (std::size_t cell = 0; cell < example.memory.size(); ++cell) {
      if (example.expected[cell] && *example.expected[cell] != example.memory[cell]) {
        classes[0].push_back({example, i + 1, cell});
        if (cell < own_places) {
          classes[1 + cell].push_back({example, i + 1, cell});
        }
      }
    }
  }
  return classes;
}

}  // namespace

ArithmeticFound find_arithmetic(std::span<const Example> examples) {
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const Example& example = examples[i];
    const Word largest = largest_value(example);
    if (example.has_negative) {
      return {Arithmetic::word,
              fmt::format("values below 0, as in example {}, are no addresses", i + 1)};
    }
    if (largest >= example.memory.size()) {
      return {Arithmetic::word, fmt::format("the value {} of example {} is not below its {} cells",
                                            largest, i + 1, example.memory.size())};
    }
  }
  std::vector<Feature> features;
  add_sums(features);
  add_pairs(features);
  for (const std::vector<Changed>& changed : classes_of(examples)) {
    for (const Feature& feature : features) {
      if (const auto at = wrapped_at(feature, changed)) {
        return {Arithmetic::cells,
                fmt::format("cell {} of example {} becomes {}, which is {} modulo its {} cells "
                            "({} would be right modulo 2^64), and so in all {} such cells",
                            at->cell, at->number, at->expected(), feature.name, at->cells(),
                            *feature.value(*at), changed.size())};
      }
    }
  }
  return {Arithmetic::both,
          "every value is below its example's number of cells, and no sum is seen to have wrapped "
          "round there"};
}

}  // namespace nram
