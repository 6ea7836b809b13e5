#include "discrete/source_analysis.hpp"

#include "discrete/bits.hpp"

#include <algorithm>
#include <bit>

namespace nram::discrete {

SourceAnalysis::SourceAnalysis(const Machine& machine) : registers_(machine.registers()) {
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Module& module = machine.modules()[q];
    const std::uint64_t all = ~std::uint64_t{0};
    const auto output = static_cast<std::uint8_t>(machine.output_of(q));
    const std::uint64_t bit = std::uint64_t{1} << output;
    shapes_.push_back({module.opcode, static_cast<std::uint8_t>(q), output,
                       static_cast<std::uint8_t>(machine.first_argument(q)),
                       module.arity >= 1 ? all : 0, module.arity >= 2 ? all : 0,
                       module.opcode == Opcode::read ? bit : 0});
    always_live_ |= module.opcode == Opcode::write ? bit : 0;
  }
}

std::uint64_t SourceAnalysis::live_sources(const Wiring& wiring, RegisterSet after) const {
  std::uint64_t live = always_live_;
  std::uint64_t live_if_all_are = 0;
  for (unsigned r = 0; r < registers_; ++r) {
    const std::uint64_t source = std::uint64_t{1} << wiring.registers[r];
    live |= source & (0 - std::uint64_t{(static_cast<unsigned>(after) >> r) & 1U});
    live_if_all_are |= source;
  }
  for (auto shape = shapes_.rbegin(); shape != shapes_.rend(); ++shape) {
    live |= live_if_all_are & shape->can_fail;
    const std::uint64_t inputs =
        (std::uint64_t{1} << wiring.arguments[shape->argument] & shape->uses_a) |
        (std::uint64_t{1} << wiring.arguments[shape->argument + 1U] & shape->uses_b);
    live |= inputs & (0 - ((live >> shape->output) & 1U));
    live_if_all_are |= inputs & (0 - ((live_if_all_are >> shape->output) & 1U));
  }
  return live;
}

std::uint64_t SourceAnalysis::live_modules(const Wiring& wiring) const {
  return live_sources(wiring, static_cast<RegisterSet>((1U << registers_) - 1)) >> registers_;
}

std::size_t SourceAnalysis::joint_size(const Candidate& candidate, std::uint64_t rows,
                                       const Liveness& live) const {
  std::array<RegisterSet, max_circuits> after{};  // any step with the circuit
  for_each_bit(rows, [&](unsigned row) { after[candidate.circuit[row]] |= live[row]; });
  std::uint64_t modules = 0;                              // that matter, by output
  std::array<std::uint64_t, max_arguments> taken_by{};    // sources, as bits, by argument
  std::array<std::uint64_t, max_registers> updated_by{};  // ... by register
  for_each_bit(rows, [&](unsigned row) {
    const Wiring& wiring = candidate.circuits[candidate.circuit[row]];
    const unsigned registers = after[candidate.circuit[row]] & ((1U << registers_) - 1);
    const std::uint64_t sources = live_sources(wiring, static_cast<RegisterSet>(registers));
    for (const Shape& shape : shapes_) {
      if (((sources >> shape.output) & 1U) != 0) {
        const unsigned i = shape.argument;
        modules |= std::uint64_t{1} << shape.output;
        taken_by[i] |= std::uint64_t{1} << wiring.arguments[i] & shape.uses_a;
        taken_by[i + 1] |= std::uint64_t{1} << wiring.arguments[i + 1] & shape.uses_b;
      }
    }
    for_each_bit(registers,
                 [&](unsigned r) { updated_by[r] |= std::uint64_t{1} << wiring.registers[r]; });
  });
  auto size = static_cast<std::size_t>(std::popcount(modules));
  const auto add_choices = [&](std::uint64_t sources) {
    size += sources == 0 ? 0 : static_cast<std::size_t>(std::popcount(sources)) - 1;
  };
  std::for_each(taken_by.begin(), taken_by.end(), add_choices);
  std::for_each(updated_by.begin(), updated_by.end(), add_choices);
  return size;
}

bool SourceAnalysis::equivalent(const Wiring& a, const Wiring& b, RegisterSet after) const {
  for (unsigned r = 0; r < registers_; ++r) {
    if (((after >> r) & 1U) != 0 && a.registers[r] != b.registers[r]) {
      return false;
    }
  }
  if (a == b) {
    return true;
  }
  const std::uint64_t live = live_sources(a, after);
  if (live != live_sources(b, after)) {
    return false;
  }
  return std::all_of(shapes_.begin(), shapes_.end(), [&](const Shape& shape) {
    const unsigned i = shape.argument;
    return ((live >> shape.output) & 1U) == 0 ||
           ((shape.uses_a == 0 || a.arguments[i] == b.arguments[i]) &&
            (shape.uses_b == 0 || a.arguments[i + 1] == b.arguments[i + 1]));
  });
}

}  // namespace nram::discrete
