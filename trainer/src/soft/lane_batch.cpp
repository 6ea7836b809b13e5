#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/lane_batch.hpp>

namespace nram {

LaneGroup::LaneGroup(unsigned modulus_, unsigned steps_, unsigned registers_)
    : modulus(modulus_), steps(steps_), registers(registers_) {
  if (modulus < min_modulus || modulus > max_modulus) {
    throw Error(ErrorKind::data,
                fmt::format("an example for training has {} cells; the soft machine takes {} to {}",
                            modulus, min_modulus, max_modulus));
  }
  if (steps == 0) {
    throw Error(ErrorKind::data, "an example for training needs a budget of at least 1 step");
  }
  const std::size_t cells = std::size_t{modulus} * lanes;
  initial_memory.resize(cells);
  initial_registers.resize(std::size_t{registers} * lanes);
  expected.resize(cells);
  weight.resize(cells);
  is_result.resize(cells);
}

void LaneGroup::set(unsigned lane, const Example& example, float lane_scale,
                    float preserve_weight) {
  const auto value = [&](Word word, const char* what, std::size_t index) {
    if (word >= modulus) {
      throw Error(ErrorKind::data,
                  fmt::format("{} {} is {}, but in training every value must be below the number "
                              "of cells, {}",
                              what, index, word, modulus));
    }
    return static_cast<std::uint16_t>(word);
  };
  if (example.memory.size() != modulus || example.expected.size() != modulus) {
    throw Error(ErrorKind::data,
                fmt::format("an example has {} cells and {} expected ones in a group of {}",
                            example.memory.size(), example.expected.size(), modulus));
  }
  if (example.registers.size() > registers) {
    throw Error(ErrorKind::data, fmt::format("an example sets {} registers, the machine has {}",
                                             example.registers.size(), registers));
  }
  for (std::size_t i = 0; i < modulus; ++i) {
    const std::size_t at = i * lanes + lane;
    const std::optional<Word>& wanted = example.expected[i];
    initial_memory[at] = value(example.memory[i], "cell", i);
    expected[at] = wanted ? value(*wanted, "expected cell", i) : initial_memory[at];
    weight[at] = wanted ? 1.0F : preserve_weight;
    is_result[at] = wanted ? 1 : 0;
  }
  for (std::size_t r = 0; r < registers; ++r) {
    initial_registers[r * lanes + lane] = r < example.registers.size()
                                              ? value(example.registers[r], "register", r)
                                              : std::uint16_t{0};
  }
  scale[lane] = lane_scale;
}

std::vector<LaneGroup> pack_lanes(const Machine& machine, std::span<const Example> examples,
                                  const PackSettings& settings) {
  std::vector<LaneGroup> groups;
  unsigned used = LaneGroup::lanes;
  for (const Example& example : examples) {
    // Beyond these limits the group's constructor refuses anyway.
    const auto cells = static_cast<unsigned>(
        std::min<std::size_t>(example.memory.size(), LaneGroup::max_modulus + 1));
    const auto steps = static_cast<unsigned>(std::min<std::uint64_t>(
        example.steps.value_or(settings.steps), std::numeric_limits<std::uint16_t>::max()));
    const unsigned budget = steps == 0 ? 0 : steps + settings.extra_steps;
    if (used == LaneGroup::lanes || groups.back().modulus != cells ||
        groups.back().steps != budget) {
      groups.emplace_back(cells, budget, machine.registers());
      used = 0;
    }
    groups.back().set(
        used++, example,
        1.0F / static_cast<float>(examples.size()) / static_cast<float>(settings.parts),
        settings.preserve_weight);
  }
  return groups;
}

}  // namespace nram
