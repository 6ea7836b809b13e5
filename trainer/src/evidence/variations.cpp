#include "evidence/variations.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace nram {
namespace {

constexpr std::size_t most_drawn = 300;  // that are kept to change further

// Parameters that are addresses move with the cells behind them; which ones are is not known, so
// that it is tried.
void move_addresses(Example& input, std::size_t place, std::int64_t by, std::size_t parameters,
                    Random& random) {
  for (std::size_t cell = 0; cell < std::min(parameters, input.memory.size()); ++cell) {
    Word& value = input.memory[cell];
    if (value >= place && value <= input.memory.size() && random.chance(0.5)) {
      value += static_cast<Word>(by);
    }
  }
}

std::ptrdiff_t at(std::size_t place) { return static_cast<std::ptrdiff_t>(place); }

// Mostly one cell, sometimes more.
std::uint64_t drawn_count(Random& random) { return random.chance(0.6) ? 1 : random.between(2, 6); }

// As many steps for a cell as before.
std::uint64_t budget(const Example& before, std::size_t cells) {
  const std::uint64_t steps = before.steps.value_or(before.memory.size());
  return (steps * cells + before.memory.size() - 1) / before.memory.size() + 1;
}

}  // namespace

Variations::Variations(std::span<const Example> examples, bool words, Poll poll)
    : pool_(examples.begin(), examples.end()),
      given_(examples.size()),
      words_(words),
      likeness_(examples),
      poll_(std::move(poll)) {
  for (const Example& example : examples) {
    most_cells_ = std::max(most_cells_, 3 * example.memory.size());
  }
}

std::optional<Example> Variations::draw(Random& random) {
  constexpr unsigned tries = 200;
  for (unsigned i = 0; i < tries; ++i) {
    if (poll_) {
      poll_();
    }
    const Example& base = pool_[random.below(pool_.size())];
    Example input = base;
    for (std::uint64_t changes = random.between(1, 3); changes > 0; --changes) {
      change(input, random);
    }
    if (!is_possible(input) || input.memory == base.memory) {
      continue;
    }
    input.steps = budget(base, input.memory.size());
    if (pool_.size() < given_ + most_drawn) {
      pool_.push_back(input);
    } else {
      pool_[given_ + random.below(most_drawn)] = input;
    }
    return input;
  }
  return std::nullopt;
}

std::optional<Example> Variations::shrink(const Example& input, Random& random) const {
  Example smaller = input;
  if (random.chance(0.5)) {
    take_out(smaller, random);
  } else {
    const std::size_t cell = random.below(smaller.memory.size());
    const Word value = smaller.memory[cell];
    smaller.memory[cell] = is_below_zero(value) ? Word{0} - random.between(0, Word{0} - value)
                                                : random.between(0, value);
  }
  if (!is_possible(smaller) || smaller.memory == input.memory) {
    return std::nullopt;
  }
  smaller.steps = budget(input, smaller.memory.size());
  return smaller;
}

bool Variations::is_possible(const Example& input) const {
  const std::size_t cells = input.memory.size();
  const bool counts = std::ranges::any_of(input.expected, [](const auto& c) { return bool(c); });
  return cells > 0 && cells <= most_cells_ && counts && (words_ || largest_value(input) < cells) &&
         likeness_.admits(input);
}

Word Variations::value(Random& random) const {
  const Word value = between(likeness_.smallest_value(), likeness_.largest_value(), random);
  return value == 0 ? likeness_.largest_value() : value;  // 0 may mean the end of something
}

bool Variations::is_below_zero(Word value) const {
  return likeness_.order() == Order::signed_numbers && is_negative(value, Modulus::word64());
}

// In the order of the examples.
Word Variations::between(Word low, Word high, Random& random) const {
  const Order order = likeness_.order();
  return place_in(order, random.between(place_in(order, low), place_in(order, high)));
}

void Variations::change(Example& input, Random& random) const {
  using Change = void (Variations::*)(Example&, Random&) const;
  static constexpr std::array<Change, 8> changes = {
      &Variations::put_in,           &Variations::put_in,   &Variations::take_out,
      &Variations::draw_values,      &Variations::exchange, &Variations::change_unused,
      &Variations::change_parameter, &Variations::link_anew};
  (this->*changes[random.below(changes.size())])(input, random);
}

// At several places as many cells each, as arrays that belong together grow together.
void Variations::put_in(Example& input, Random& random) const {
  const std::uint64_t count = drawn_count(random);
  for (std::uint64_t places = random.between(1, 3); places > 0; --places) {
    const std::size_t place = random.between(1, input.memory.size());
    const std::size_t like = place < input.memory.size() && random.chance(0.5) ? place : place - 1;
    const auto counts = input.expected[like];
    const Word same = input.memory[like];
    for (std::uint64_t i = 0; i < count; ++i) {
      const Word inserted = random.chance(0.2) ? same : value(random);
      input.memory.insert(input.memory.begin() + at(place), inserted);
      input.expected.insert(input.expected.begin() + at(place), counts);
    }
    move_addresses(input, place, static_cast<std::int64_t>(count), likeness_.parameter_cells(),
                   random);
  }
}

void Variations::take_out(Example& input, Random& random) const {
  const std::uint64_t count = drawn_count(random);
  for (std::uint64_t places = random.between(1, 3); places > 0; --places) {
    if (input.memory.size() < count + 2) {
      return;
    }
    const std::size_t place = random.between(1, input.memory.size() - count);
    move_addresses(input, place + count, -static_cast<std::int64_t>(count),
                   likeness_.parameter_cells(), random);
    const auto erase = [&](auto& cells) {
      cells.erase(cells.begin() + at(place), cells.begin() + at(place + count));
    };
    erase(input.memory);
    erase(input.expected);
  }
}

void Variations::draw_values(Example& input, Random& random) const {
  const double share = random.chance(0.3) ? 1.0 : random.uniform();
  const bool all_equal = random.chance(0.15);
  const Word same = value(random);
  for (std::size_t cell = random.below(likeness_.parameter_cells() + 1); cell < input.memory.size();
       ++cell) {
    if (input.memory[cell] != 0 && random.chance(share)) {
      input.memory[cell] = all_equal ? same : value(random);
    }
  }
}

void Variations::exchange(Example& input, Random& random) const {
  std::swap(input.memory[random.below(input.memory.size())],
            input.memory[random.below(input.memory.size())]);
}

// One anywhere, or those at the end. What is the same in all examples stays so: see Likeness.
void Variations::change_unused(Example& input, Random& random) const {
  if (random.chance(0.3)) {
    const std::size_t cell = random.below(input.memory.size());
    if (cell >= likeness_.parameter_cells() && !input.expected[cell]) {
      input.memory[cell] = random.chance(0.2) ? 0 : value(random);
    }
    return;
  }
  for (std::size_t cell = input.memory.size(); cell-- > likeness_.parameter_cells();) {
    if (input.expected[cell] || random.chance(0.2)) {
      return;
    }
    input.memory[cell] = random.chance(0.2) ? 0 : value(random);
  }
}

void Variations::change_parameter(Example& input, Random& random) const {
  if (likeness_.parameter_cells() > 0) {
    const std::size_t cell = random.below(likeness_.parameter_cells());
    input.memory[cell] =
        between(likeness_.smallest_parameter(cell), likeness_.largest_parameter(cell), random);
  }
}

// Another list, over nodes of the memory and some more.
void Variations::link_anew(Example& input, Random& random) const {
  if (!likeness_.chain()) {
    return;
  }
  const auto [head, first, stride] = *likeness_.chain();
  for (std::uint64_t more = stride * random.below(4); more > 0; --more) {
    input.memory.push_back(value(random));
    input.expected.emplace_back(std::nullopt);
  }
  std::vector<std::size_t> nodes;
  for (std::size_t node = first; node + stride <= input.memory.size(); node += stride) {
    nodes.push_back(node);
  }
  random.shuffle(std::span(nodes));
  nodes.resize(random.below(nodes.size() + 1));
  std::size_t from = head;
  for (const std::size_t node : nodes) {
    input.memory[from] = node;
    from = node;
  }
  input.memory[from] = 0;
}

}  // namespace nram
