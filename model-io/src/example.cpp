#include <algorithm>

#include <nram/model-io/example.hpp>

namespace nram {

Word largest_value(const Example& example) {
  Word largest = 0;
  for (const Word value : example.memory) {
    largest = std::max(largest, value);
  }
  for (const auto& value : example.expected) {
    largest = std::max(largest, value.value_or(0));
  }
  for (const Word value : example.registers) {
    largest = std::max(largest, value);
  }
  return largest;
}

Example padded(Example example, std::size_t cells) {
  cells = std::max(cells, example.memory.size());
  example.memory.resize(cells, 0);
  example.expected.resize(cells, std::nullopt);
  return example;
}

}  // namespace nram
