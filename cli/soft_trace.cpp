#include "soft_trace.hpp"

#include <algorithm>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include <nram/model-io/example.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram::cli {
namespace {

constexpr std::size_t most_shown = 3;
constexpr float least_shown = 0.005F;

std::vector<std::pair<Word, float>> likely_values(std::span<const float> distribution) {
  std::vector<Word> order(distribution.size());
  std::iota(order.begin(), order.end(), Word{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Word a, Word b) { return distribution[a] > distribution[b]; });
  std::vector<std::pair<Word, float>> likely;
  for (const Word value : order) {
    if (!likely.empty() && (likely.size() == most_shown || distribution[value] < least_shown)) {
      break;
    }
    likely.emplace_back(value, distribution[value]);
  }
  return likely;
}

std::string reason_for_none(MemoryView memory, Modulus modulus, std::uint64_t steps) {
  constexpr std::uint64_t most_cells = 128;
  constexpr std::uint64_t most_steps = 512;
  constexpr std::uint64_t most_work = 1U << 21U;  // of each 64 bytes
  if (modulus != Modulus::of(memory.size())) {
    return "soft distributions are over as many values as there are cells: --modulus cells shows "
           "them";
  }
  if (memory.size() < LaneGroup::min_modulus) {
    return "the soft machine needs two cells at least";
  }
  if (memory.size() > most_cells || steps > most_steps ||
      memory.size() * memory.size() * steps > most_work) {
    return fmt::format(
        "soft distributions are shown for at most {} cells and {} steps, fewer of both together; "
        "with {} cells, --trace-steps {} shows them",
        most_cells, most_steps, memory.size(),
        std::max<std::uint64_t>(std::min(most_steps, most_work / (memory.size() * memory.size())),
                                1));
  }
  return {};
}

}  // namespace

SoftTrace soft_trace(const Model& model, MemoryView memory, const std::vector<Word>& registers,
                     Modulus modulus, std::uint64_t steps) {
  SoftTrace trace;
  trace.why_none = reason_for_none(memory, modulus, steps);
  if (!trace.why_none.empty()) {
    return trace;
  }
  const Machine& machine = model.machine();
  Example example;
  for (std::size_t i = 0; i < memory.size(); ++i) {
    example.memory.push_back(memory.load(i));
  }
  example.expected.assign(memory.size(), std::nullopt);
  example.registers = registers;
  example.steps = steps;
  const SoftMachine soft(machine, model.controller());
  SoftWorkspace workspace;
  const std::vector<LaneGroup> lanes = pack_lanes(machine, std::span(&example, 1), {});
  const auto made = soft.trace(model.parameters(), lanes.front(), 0, workspace);

  std::vector<float> before(machine.registers() * memory.size());
  for (unsigned r = 0; r < machine.registers(); ++r) {
    before[r * memory.size() + (registers.empty() ? 0 : registers[r])] = 1.0F;
  }
  for (const SoftStep& step : made) {
    SoftRow row;
    for (unsigned r = 0; r < machine.registers(); ++r) {
      row.registers.push_back(
          likely_values(std::span(before).subspan(r * memory.size(), memory.size())));
    }
    row.chosen = likely_sources(machine, step.circuit, step.selectors, most_shown, least_shown);
    row.finish = step.finish;
    trace.rows.push_back(std::move(row));
    before = step.registers;
  }
  return trace;
}

}  // namespace nram::cli
