#include "lane_code.hpp"

#include "bits.hpp"

#include <algorithm>
#include <bit>

namespace nram::discrete {
namespace {

// Groups that are kept from candidate to candidate, before they are all forgotten.
constexpr std::size_t groups_kept = 512;

constexpr CircuitSet only(unsigned circuit) { return CircuitSet{1} << circuit; }

}  // namespace

LaneCode::LaneCode(const Machine& machine)
    : registers_(machine.registers()),
      arguments_(machine.arguments()),
      sources_(machine),
      joined_(arguments_ + registers_),
      selects_(joined_.size() * max_circuits),
      groups_(groups_kept + selects_.size()),
      used_in_(groups_.limit()) {
  bool written = false;
  for (const Module& module : machine.modules()) {
    const bool can_fail = module.opcode == Opcode::write || module.opcode == Opcode::read;
    write_is_last_ = write_is_last_ && !(written && can_fail);
    written = written || module.opcode == Opcode::write;
  }
}

void LaneCode::merge(const Candidate& candidate, std::uint64_t rows, const Liveness& live) {
  rows_ = rows;
  CircuitSet in_use = 0;
  const auto all_registers = static_cast<RegisterSet>((1U << registers_) - 1);
  std::array<RegisterSet, max_circuits> after{};  // any step with the circuit
  for_each_bit(rows, [&](unsigned row) {
    in_use |= only(candidate.circuit[row]);
    after[candidate.circuit[row]] |= live[row];
  });
  for_each_bit(in_use_ & ~in_use, [&](unsigned circuit) { note_live(circuit, 0, 0); });
  for_each_bit(in_use, [&](unsigned circuit) {
    learn(circuit, candidate.circuits[circuit], after[circuit] & all_registers);
  });
  in_use_ = in_use;

  if (groups_.size() > groups_kept) {
    forget_groups();
  }
  ++merge_;
  select_count_ = 0;
  groups_in_use_.clear();
  operations_.clear();
  for (const SourceAnalysis::Shape& shape : sources_.shapes()) {
    const CircuitSet users = circuits_with_[shape.output];
    if (users == 0) {
      continue;
    }
    Operation operation{shape.opcode, shape.module, shape.output, 0, {}, {}};
    operation.needed_in = shape.opcode == Opcode::read ? users : 0;
    if (shape.uses_a != 0) {
      operation.a = join(shape.argument, users);
    }
    if (shape.uses_b != 0) {
      operation.b = join(shape.argument + 1U, users);
    }
    operations_.push_back(operation);
  }
  for (unsigned r = 0; r < registers_; ++r) {
    updates_[r] = join(arguments_ + r, circuits_before_[r]);
  }
}

void LaneCode::learn(unsigned circuit, const Wiring& wiring, RegisterSet after) {
  Known& known = known_[circuit];
  const bool same = known.wiring == wiring;
  if (same && known.after == after && known.live_sources != 0) {
    return;
  }
  if (!same) {
    for (unsigned i = 0; i < arguments_; ++i) {
      set_source(joined_[i], circuit, wiring.arguments[i]);
    }
    for (unsigned r = 0; r < registers_; ++r) {
      set_source(joined_[arguments_ + r], circuit, wiring.registers[r]);
    }
    known.wiring = wiring;
  }
  note_live(circuit, after, sources_.live_sources(wiring, after));
}

void LaneCode::set_source(Joined& input, unsigned circuit, std::uint8_t source) const {
  input.changed |= input.source[circuit] != source ? only(circuit) : 0;
  input.source[circuit] = source;
}

void LaneCode::note_live(unsigned circuit, RegisterSet after, std::uint64_t live_sources) {
  Known& known = known_[circuit];
  for_each_bit(known.live_sources ^ live_sources,
               [&](unsigned source) { circuits_with_[source] ^= only(circuit); });
  for_each_bit(unsigned{known.after} ^ unsigned{after},
               [&](unsigned r) { circuits_before_[r] ^= only(circuit); });
  known.live_sources = live_sources;
  known.after = after;
}

// The source of most circuits becomes the usual one.
const LaneCode::Argument& LaneCode::join(unsigned input, CircuitSet circuits) {
  Joined& joined = joined_[input];
  Argument& argument = joined.argument;
  if (joined.circuits != circuits || (joined.changed & circuits) != 0) {
    joined.circuits = circuits;
    joined.changed = 0;
    std::array<CircuitSet, max_sources> takers;  // by source, where `sources` has a bit
    std::uint64_t sources = 0;
    for_each_bit(circuits, [&](unsigned circuit) {
      const std::uint8_t source = joined.source[circuit];
      const std::uint64_t bit = std::uint64_t{1} << source;
      takers[source] = ((sources & bit) != 0 ? takers[source] : 0) | only(circuit);
      sources |= bit;
    });
    unsigned usual = 0;
    int most = 0;
    for_each_bit(sources, [&](unsigned source) {
      const int count = std::popcount(takers[source]);
      usual = count > most ? source : usual;
      most = std::max(most, count);
    });
    argument.usual = static_cast<std::uint8_t>(usual);
    argument.begin = static_cast<std::uint16_t>(input * max_circuits);
    argument.end = argument.begin;
    for_each_bit(sources, [&](unsigned source) {
      if (source != usual) {
        selects_[argument.end++] = {groups_.number_of(takers[source]),
                                    static_cast<std::uint8_t>(source)};
      }
    });
  }
  for (std::size_t i = argument.begin; i != argument.end; ++i) {
    const std::uint16_t group = selects_[i].group;
    if (used_in_[group] != merge_) {
      used_in_[group] = merge_;
      groups_in_use_.push_back(group);
    }
  }
  select_count_ += std::size_t{argument.end} - argument.begin;
  return argument;
}

void LaneCode::forget_groups() {
  groups_.clear();
  std::fill(used_in_.begin(), used_in_.end(), 0);
  for (Joined& joined : joined_) {
    joined.circuits = 0;
    joined.argument = {};
  }
}

}  // namespace nram::discrete
