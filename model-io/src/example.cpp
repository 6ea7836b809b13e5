#include <algorithm>
#include <limits>

#include <nram/model-io/example.hpp>

namespace nram {

Order order_of(const Example& example) { return order_of(std::span(&example, 1)); }

Order order_of(std::span<const Example> examples) {
  return std::ranges::any_of(examples, &Example::has_negative) ? Order::signed_numbers
                                                               : Order::unsigned_numbers;
}

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

namespace {

constexpr Word largest_signed = std::numeric_limits<Word>::max() / 2;

template <typename Function>
void for_each_value(const Example& example, Function function) {
  std::for_each(example.memory.begin(), example.memory.end(), function);
  std::for_each(example.registers.begin(), example.registers.end(), function);
  for (const auto& value : example.expected) {
    if (value) {
      function(*value);
    }
  }
}

}  // namespace

Example modulo(Example example, Modulus modulus) {
  if (!example.has_negative) {
    return example;
  }
  const auto reduce = [&](Word& value) {
    value = value > largest_signed ? value + modulus.value() : value;  // 2^64 is 0
  };
  std::for_each(example.memory.begin(), example.memory.end(), reduce);
  std::for_each(example.registers.begin(), example.registers.end(), reduce);
  for (auto& value : example.expected) {
    if (value) {
      reduce(*value);
    }
  }
  return example;
}

Word modulus_for_signed(const Example& example) {
  Word largest = example.memory.size();  // not below 0
  Word lowest = 0;                       // its distance from 0
  for_each_value(example, [&](Word value) {
    if (value > largest_signed) {
      lowest = std::max(lowest, Word{0} - value);
    } else {
      largest = std::max(largest, value);
    }
  });
  // M / 2 numbers are below 0 if M is even.
  if (largest >= largest_signed / 2 || lowest >= largest_signed / 2) {
    return 0;
  }
  return std::max(2 * largest + 1, 2 * lowest);
}

Example padded(Example example, std::size_t cells) {
  cells = std::max(cells, example.memory.size());
  example.memory.resize(cells, 0);
  example.expected.resize(cells, std::nullopt);
  return example;
}

}  // namespace nram
