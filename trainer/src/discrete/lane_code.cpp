#include "lane_code.hpp"

#include "bits.hpp"

#include <algorithm>
#include <bit>

namespace nram::discrete {

LaneCode::LaneCode(const Machine& machine)
    : registers_(machine.registers()),
      sources_(machine),
      selects_(std::size_t{max_arguments + max_registers} * max_circuits),
      groups_(selects_.size()),
      group_circuits_(selects_.size() + 1) {
  bool written = false;
  for (const Module& module : machine.modules()) {
    const bool can_fail = module.opcode == Opcode::write || module.opcode == Opcode::read;
    write_is_last_ = write_is_last_ && !(written && can_fail);
    written = written || module.opcode == Opcode::write;
  }
}

void LaneCode::merge(const Candidate& candidate, std::uint64_t rows, const Liveness& live) {
  rows_ = rows;
  std::uint32_t in_use = 0;
  std::array<RegisterSet, max_circuits> after{};  // any step with the circuit
  for_each_bit(rows, [&](unsigned row) {
    in_use |= 1U << candidate.circuit[row];
    after[candidate.circuit[row]] |= live[row];
  });
  std::array<std::uint64_t, max_circuits> live_sources;  // by circuit
  std::uint64_t live_anywhere = 0;
  for_each_bit(in_use, [&](unsigned circuit) {
    live_sources[circuit] = sources_.live_sources(candidate.circuits[circuit], after[circuit]);
    live_anywhere |= live_sources[circuit];
  });

  select_count_ = 0;
  group_count_ = 0;
  operations_.clear();
  needed_.clear();
  for (const SourceAnalysis::Shape& shape : sources_.shapes()) {
    if (((live_anywhere >> shape.output) & 1U) == 0) {
      continue;
    }
    Operation operation{shape.opcode, shape.module, shape.output, 0, {}, {}};
    std::uint32_t users = 0;
    for_each_bit(in_use, [&](unsigned circuit) {
      users |= static_cast<std::uint32_t>((live_sources[circuit] >> shape.output) & 1U) << circuit;
    });
    if (shape.opcode == Opcode::read) {
      operation.reader = static_cast<std::uint8_t>(needed_.size());
      Bytes& needed = needed_.emplace_back();
      for_each_bit(users, [&](unsigned circuit) { needed[circuit] = 0xff; });
    }
    if (shape.uses_a != 0) {
      operation.a =
          join(users, [&](unsigned c) { return candidate.circuits[c].arguments[shape.argument]; });
    }
    if (shape.uses_b != 0) {
      operation.b = join(
          users, [&](unsigned c) { return candidate.circuits[c].arguments[shape.argument + 1U]; });
    }
    operations_.push_back(operation);
  }
  for (unsigned r = 0; r < registers_; ++r) {
    std::uint32_t users = 0;
    for_each_bit(in_use, [&](unsigned circuit) {
      users |= static_cast<std::uint32_t>((after[circuit] >> r) & 1U) << circuit;
    });
    updates_[r] = join(users, [&](unsigned c) { return candidate.circuits[c].registers[r]; });
  }
}

// Joins one input over the circuits in which it matters. The source of most of them becomes the
// usual one.
template <typename SourceOf>
LaneCode::Argument LaneCode::join(std::uint32_t circuits, SourceOf source_of) {
  std::array<std::uint32_t, max_sources> takers;  // circuits by source, where `sources` has a bit
  std::uint64_t sources = 0;
  for_each_bit(circuits, [&](unsigned circuit) {
    const std::uint8_t source = source_of(circuit);
    const std::uint64_t bit = std::uint64_t{1} << source;
    takers[source] = ((sources & bit) != 0 ? takers[source] : 0) | 1U << circuit;
    sources |= bit;
  });
  unsigned usual = 0;
  int most = 0;
  for_each_bit(sources, [&](unsigned source) {
    const int count = std::popcount(takers[source]);
    usual = count > most ? source : usual;
    most = std::max(most, count);
  });
  const std::size_t begin = select_count_;
  for_each_bit(sources, [&](unsigned source) {
    if (source != usual) {
      selects_[select_count_++] = {group_of(takers[source]), static_cast<std::uint8_t>(source)};
    }
  });
  return {static_cast<std::uint8_t>(usual), static_cast<std::uint16_t>(begin),
          static_cast<std::uint16_t>(select_count_)};
}

std::uint16_t LaneCode::group_of(std::uint32_t circuits) {
  std::size_t i = 0;
  group_circuits_[group_count_] = circuits;  // is found at last
  while (group_circuits_[i] != circuits) {
    ++i;
  }
  if (i == group_count_) {
    Bytes& table = groups_[group_count_++];
    table = Bytes{};
    for_each_bit(circuits, [&](unsigned circuit) { table[circuit] = 0xff; });
  }
  return static_cast<std::uint16_t>(i);
}

}  // namespace nram::discrete
