#include "discrete/cost/example_batch.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram::discrete {
namespace {

std::size_t results_of(const Example& example) {
  return static_cast<std::size_t>(
      std::count_if(example.expected.begin(), example.expected.end(),
                    [](const auto& value) { return value.has_value(); }));
}

// 0 stands for 2^64.
Word modulus_of(const TestCase& test) {
  return test.modulus ? test.modulus->value() : test.example.memory.size();
}

// Rounded down.
Word half_of(Word modulus) { return modulus == 0 ? Word{1} << 63U : modulus / 2; }

}  // namespace

bool ExampleBatch::fits(const TestCase& test) {
  return test.example.memory.size() <= max_cells && test.example.steps.value_or(1) <= max_steps;
}

LaneWidth ExampleBatch::width_of(const TestCase& test) {
  const std::size_t cells = test.example.memory.size();
  const Word modulus = modulus_of(test);
  if (modulus == 0 || modulus > std::numeric_limits<std::uint32_t>::max()) {
    return LaneWidth::bits64;
  }
  if (modulus > std::numeric_limits<std::uint16_t>::max()) {
    return LaneWidth::bits32;
  }
  // Bytes are looked up cell by cell, which is quick for few cells only.
  return cells <= max_byte_cells && modulus <= max_byte_modulus &&
                 test.example.steps.value_or(1) <= max_byte_steps
             ? LaneWidth::bits8
             : LaneWidth::bits16;
}

ExampleBatch::ExampleBatch(std::span<const TestCase> examples, unsigned machine_registers,
                           std::size_t loaded_cells, std::optional<LaneWidth> width) {
  LaneWidth needed = width.value_or(LaneWidth::bits8);
  for (const TestCase& test : examples) {
    const Example& example = test.example;
    const LaneWidth with_it = std::max(needed, width_of(test));
    if (count >= lanes_of_width(with_it)) {
      break;
    }
    needed = with_it;
    ++count;
    if (example.registers.size() > machine_registers) {
      throw Error(ErrorKind::data,
                  fmt::format("an example sets {} registers at the start, the machine has {}",
                              example.registers.size(), machine_registers));
    }
    cells = std::max(cells, static_cast<unsigned>(example.memory.size()));
    step_limit = std::max(step_limit, static_cast<unsigned>(example.steps.value_or(1)));
    results = std::max(results, static_cast<unsigned>(results_of(example)));
  }
  result_from.resize(results, cells);
  result_to.resize(results, 0);
  switch (needed) {
    case LaneWidth::bits8:
      pack(examples, machine_registers, loaded_cells, lanes.emplace<0>());
      break;
    case LaneWidth::bits16:
      pack(examples, machine_registers, loaded_cells, lanes.emplace<1>());
      break;
    case LaneWidth::bits32:
      pack(examples, machine_registers, loaded_cells, lanes.emplace<2>());
      break;
    case LaneWidth::bits64:
      pack(examples, machine_registers, loaded_cells, lanes.emplace<3>());
      break;
  }
}

template <typename Element>
void ExampleBatch::pack(std::span<const TestCase> examples, unsigned machine_registers,
                        std::size_t loaded_cells, LaneExamples<Element>& into) {
  constexpr Element all = std::numeric_limits<Element>::max();
  into.memory.resize(cells);
  into.counts.resize(cells);
  into.result_address.resize(results);
  into.result_value.resize(results);
  into.result_exists.resize(results);
  into.result_weight.resize(results);
  into.registers.resize(machine_registers);
  for (unsigned lane = 0; lane < count; ++lane) {
    const Example& example = examples[lane].example;
    into.used[lane] = all;
    weight[lane] = 1.0F;
    into.size[lane] = static_cast<Element>(example.memory.size());
    into.modulus[lane] = static_cast<Element>(modulus_of(examples[lane]));
    into.half_modulus[lane] = static_cast<Element>(half_of(modulus_of(examples[lane])));
    into.steps[lane] = static_cast<Element>(example.steps.value_or(1));
    result_share[lane] = 1.0F / static_cast<float>(std::max<std::size_t>(1, results_of(example)));
    unsigned k = 0;
    for (std::size_t cell = 0; cell < example.memory.size(); ++cell) {
      into.memory[cell][lane] = static_cast<Element>(example.memory[cell]);
      if (const auto& value = example.expected[cell]) {
        into.counts[cell][lane] = all;
        into.result_address[k][lane] = static_cast<Element>(cell);
        into.result_value[k][lane] = static_cast<Element>(*value);
        into.result_exists[k][lane] = all;
        into.result_weight[k][lane] = 1;
        result_from[k] = std::min(result_from[k], static_cast<unsigned>(cell));
        result_to[k] = std::max(result_to[k], static_cast<unsigned>(cell) + 1);
        ++k;
      }
    }
    for (std::size_t r = 0; r < example.registers.size(); ++r) {
      into.registers[r][lane] = static_cast<Element>(example.registers[r]);
    }
    for (std::size_t r = 0;
         r < std::min({loaded_cells, example.memory.size(), into.registers.size()}); ++r) {
      into.registers[r][lane] = static_cast<Element>(example.memory[r]);
    }
  }
  if constexpr (sizeof(Element) > 1) {
    make_index(into);
  }
}

template <typename Element>
void ExampleBatch::make_index(const LaneExamples<Element>& of) {
  constexpr std::size_t lanes = Lanes<Element>::count;
  index.hashes = std::bit_ceil(2 * std::size_t{results} + 1);
  index.by_address.resize(lanes * cells);
  index.by_value.resize(lanes * index.hashes);
  index.next_equal.resize(lanes * results);
  const auto place_of = [&](std::uint16_t number, unsigned lane) {
    return lanes * (number - 1U) + lane;
  };
  for (unsigned lane = 0; lane < count; ++lane) {
    for (unsigned k = 0; k < results && of.result_exists[k][lane] != 0; ++k) {
      const auto number = static_cast<std::uint16_t>(k + 1);
      index.by_address[lanes * static_cast<std::size_t>(of.result_address[k][lane]) + lane] =
          number;
      const Element value = of.result_value[k][lane];
      std::size_t hash = ResultIndex::hash(value, index.hashes);
      const auto found = [&]() -> std::uint16_t& { return index.by_value[lanes * hash + lane]; };
      while (found() != 0 && of.result_value[found() - 1U][lane] != value) {
        hash = (hash + 1) & (index.hashes - 1);
      }
      // A new value, or put between the first with it and the next.
      std::uint16_t& first = found();
      if (first == 0) {
        first = number;
      } else {
        std::uint16_t& second = index.next_equal[place_of(first, lane)];
        index.next_equal[place_of(number, lane)] = second;
        second = number;
      }
    }
  }
}

}  // namespace nram::discrete
