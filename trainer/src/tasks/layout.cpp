#include "tasks/layout.hpp"

#include <algorithm>
#include <functional>

namespace nram::tasks {

Layout::Layout(const Draw& draw, Random& random, std::size_t cells)
    : draw_(draw),
      random_(random),
      modulus_(draw.modulus.value_or(Modulus::of(cells))),
      largest_(draw.small ? std::min<Word>(cells - 1, modulus_.largest()) : modulus_.largest()) {
  example_.memory.assign(cells, 0);
  example_.expected.assign(cells, std::nullopt);
  if (draw.trash) {
    for (Word& cell : example_.memory) {
      cell = random.between(0, largest_);
    }
  }
}

std::vector<Word> Layout::values(std::size_t n) {
  std::vector<Word> values(n);
  for (Word& value : values) {
    value = random_.between(1, largest_);
  }
  switch (draw_.values) {
    case ValuePattern::random:
      break;
    case ValuePattern::equal:
      std::fill(values.begin(), values.end(), values.empty() ? 0 : values.front());
      break;
    case ValuePattern::ascending:
      std::sort(values.begin(), values.end());
      break;
    case ValuePattern::descending:
      std::sort(values.begin(), values.end(), std::greater<>());
      break;
    case ValuePattern::largest:
      std::fill(values.begin(), values.end(), largest_);
      break;
  }
  return values;
}

std::vector<std::size_t> scatter(std::size_t first, std::size_t end, std::size_t count,
                                 std::size_t size, Random& random) {
  // Every block is moved right by the blocks before it and by a random share of the spare cells.
  const std::size_t spare = end - first - count * size;
  std::vector<std::size_t> offsets(count);
  for (std::size_t& offset : offsets) {
    offset = random.between(0, spare);
  }
  std::sort(offsets.begin(), offsets.end());
  for (std::size_t i = 0; i < count; ++i) {
    offsets[i] += first + i * size;
  }
  random.shuffle(std::span(offsets));
  return offsets;
}

}  // namespace nram::tasks
