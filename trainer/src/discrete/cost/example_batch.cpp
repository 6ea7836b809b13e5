#include "discrete/cost/example_batch.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram::discrete {

bool ExampleBatch::fits(const TestCase& test) {
  const std::size_t cells = test.example.memory.size();
  const Word modulus = test.modulus ? test.modulus->value() : cells;  // 0 stands for 2^64
  return cells <= max_cells && modulus != 0 && modulus <= max_modulus;
}

ExampleBatch::ExampleBatch(std::span<const TestCase> examples, unsigned machine_registers,
                           std::size_t loaded_cells) {
  count = static_cast<unsigned>(std::min<std::size_t>(examples.size(), byte_lanes));
  for (const auto& [example, ignored] : examples.first(count)) {
    if (example.registers.size() > machine_registers) {
      throw Error(ErrorKind::data,
                  fmt::format("an example sets {} registers at the start, the machine has {}",
                              example.registers.size(), machine_registers));
    }
    cells = std::max(cells, static_cast<unsigned>(example.memory.size()));
    step_limit = std::max(step_limit, static_cast<unsigned>(example.steps.value_or(1)));
    const auto counted = std::count_if(example.expected.begin(), example.expected.end(),
                                       [](const auto& value) { return value.has_value(); });
    results = std::max(results, static_cast<unsigned>(counted));
  }
  memory.resize(cells);
  counts.resize(cells);
  result_address.resize(results);
  result_value.resize(results);
  result_exists.resize(results);
  result_weight.resize(results);
  result_from.resize(results, cells);
  result_to.resize(results, 0);
  registers.resize(machine_registers);
  for (unsigned lane = 0; lane < count; ++lane) {
    const Example& example = examples[lane].example;
    used[lane] = 0xff;
    weight[lane] = 1.0F;
    size[lane] = static_cast<std::uint8_t>(example.memory.size());
    modulus[lane] = examples[lane].modulus
                        ? static_cast<std::uint8_t>(examples[lane].modulus->value())
                        : size[lane];
    half_modulus[lane] = static_cast<std::uint8_t>(modulus[lane] / 2);
    steps[lane] = static_cast<std::uint8_t>(example.steps.value_or(1));
    const auto counted = std::count_if(example.expected.begin(), example.expected.end(),
                                       [](const auto& value) { return value.has_value(); });
    result_share[lane] = 1.0F / static_cast<float>(std::max<std::ptrdiff_t>(1, counted));
    unsigned k = 0;
    for (std::size_t cell = 0; cell < example.memory.size(); ++cell) {
      memory[cell][lane] = static_cast<std::uint8_t>(example.memory[cell]);
      if (const auto& value = example.expected[cell]) {
        counts[cell][lane] = 0xff;
        result_address[k][lane] = static_cast<std::uint8_t>(cell);
        result_value[k][lane] = static_cast<std::uint8_t>(*value);
        result_exists[k][lane] = 0xff;
        result_weight[k][lane] = 1;
        result_from[k] = std::min(result_from[k], static_cast<unsigned>(cell));
        result_to[k] = std::max(result_to[k], static_cast<unsigned>(cell) + 1);
        ++k;
      }
    }
    for (std::size_t r = 0; r < example.registers.size(); ++r) {
      registers[r][lane] = static_cast<std::uint8_t>(example.registers[r]);
    }
    for (std::size_t r = 0; r < std::min({loaded_cells, example.memory.size(), registers.size()});
         ++r) {
      registers[r][lane] = static_cast<std::uint8_t>(example.memory[r]);
    }
  }
}

}  // namespace nram::discrete
