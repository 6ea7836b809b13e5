#include "discrete/proposals/moves.hpp"

#include <algorithm>
#include <bit>

namespace nram::discrete {

Moves::Moves(const Machine& machine, unsigned states, const KeepRates& keep)
    : machine_(machine), sources_(machine), states_(states), state_limit_(states), keep_(keep) {
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Opcode opcode = machine.modules()[q].opcode;
    read_ = opcode == Opcode::read && !read_ ? q : read_;
    write_ = opcode == Opcode::write && !write_ ? q : write_;
    if (machine.modules()[q].arity == 2 && opcode != Opcode::write) {
      binary_.push_back(q);
    }
  }
}

// One of the bits that are set, as its number; there is one.
unsigned Moves::any_bit(std::uint64_t bits, Random& random) {
  for (auto skip = random.below(static_cast<unsigned>(std::popcount(bits))); skip > 0; --skip) {
    bits &= bits - 1;
  }
  return static_cast<unsigned>(std::countr_zero(bits));
}

// A source below `limit` modules: a register, a module that is live already, or a module with new
// arguments (which other users of that module get, too).
std::uint8_t Moves::expression(Wiring& wiring, unsigned limit, unsigned depth,
                               Random& random) const {
  const unsigned registers = machine_.registers();
  const double p = random.uniform();
  if (limit == 0 || p < 0.25) {
    return any_register(random);
  }
  if (p < 0.6) {
    const std::uint64_t choices = sources_.live_modules(wiring) & ((std::uint64_t{1} << limit) - 1);
    if (choices != 0) {
      return static_cast<std::uint8_t>(registers + any_bit(choices, random));
    }
  }
  const auto q = static_cast<unsigned>(random.below(limit));
  for (unsigned i = 0; i < machine_.modules()[q].arity; ++i) {
    argument(wiring, q, i) =
        depth == 0 ? any_register(random) : expression(wiring, q, depth - 1, random);
  }
  return static_cast<std::uint8_t>(registers + q);
}

// Writes back what has just been read; the machine has both modules.
void Moves::make_idle(Wiring& wiring) const {
  if (*read_ < *write_) {
    argument(wiring, *write_, 0) = argument(wiring, *read_, 0);
    argument(wiring, *write_, 1) = static_cast<std::uint8_t>(machine_.output_of(*read_));
  }
}

void Moves::rewrite_write(Wiring& wiring, Random& random) const {
  if (!write_) {
    return;
  }
  if (read_ && *read_ < *write_ && random.chance(0.4)) {
    make_idle(wiring);
    return;
  }
  const double p = random.uniform();
  if (p < 0.7) {
    argument(wiring, *write_, 0) = expression(wiring, *write_, 1, random);
  }
  if (p > 0.3) {
    argument(wiring, *write_, 1) = expression(wiring, *write_, 1, random);
  }
}

void Moves::rewire_live(Wiring& wiring, Random& random) const {
  const std::uint64_t is_live = sources_.live_modules(wiring);
  std::array<std::pair<std::uint8_t, std::uint8_t>, max_arguments> slots{};  // argument, candidates
  unsigned count = 0;
  for (unsigned q = 0; q < machine_.modules().size(); ++q) {
    for (unsigned i = 0; ((is_live >> q) & 1U) != 0 && i < machine_.modules()[q].arity; ++i) {
      slots[count++] = {static_cast<std::uint8_t>(machine_.first_argument(q) + i),
                        static_cast<std::uint8_t>(machine_.argument_candidates(q))};
    }
  }
  if (count > 0) {
    const auto [slot, candidates] = slots[random.below(count)];
    wiring.arguments[slot] = static_cast<std::uint8_t>(random.below(candidates));
  }
}

unsigned Moves::pick_row(std::uint64_t visited, Random& random) const {
  if (visited == 0 || random.chance(0.02)) {
    return static_cast<unsigned>(random.below(states_ == 1 ? rows() : 2 * state_limit_));
  }
  return any_bit(visited, random);
}

bool Moves::split_off(Candidate& candidate, unsigned row) const {
  return give_own_circuit(candidate, row, row);
}

// A copy of one row's circuit, for another row alone.
bool Moves::give_own_circuit(Candidate& candidate, unsigned from, unsigned row) const {
  // Takes the place of a circuit that no row uses, if there is one.
  std::uint32_t used = 0;
  for (std::uint64_t rows = reachable_rows(machine_, states_, candidate); rows != 0;
       rows &= rows - 1) {
    used |= 1U << candidate.circuit[static_cast<unsigned>(std::countr_zero(rows))];
  }
  const unsigned free = static_cast<unsigned>(std::countr_one(used));
  if (free >= max_circuits) {
    return false;
  }
  candidate.circuits[free] = candidate.circuits[candidate.circuit[from]];
  candidate.circuit[row] = static_cast<std::uint8_t>(free);
  candidate.circuit_count = std::max(candidate.circuit_count, free + 1);
  return true;
}

void Moves::change_circuit(Candidate& candidate, std::uint64_t visited, Random& random) const {
  const unsigned row = pick_row(visited, random);
  Wiring& wiring = candidate.circuits[candidate.circuit[row]];
  const auto other_row = [&] { return pick_row(visited, random); };
  const auto modules = static_cast<unsigned>(machine_.modules().size());

  const double p = random.uniform();
  if (p < 0.33) {
    const std::uint8_t r = any_register(random);
    wiring.registers[r] =
        random.chance(keep_.in_changes) ? r : expression(wiring, modules, 2, random);
  } else if (p < 0.46) {
    rewrite_write(wiring, random);
  } else if (p < 0.63) {
    rewire_live(wiring, random);
  } else if (p < 0.69) {
    if (read_) {
      argument(wiring, *read_, 0) = any_register(random);
    }
  } else if (p < 0.75) {
    std::swap(wiring.registers[any_register(random)], wiring.registers[any_register(random)]);
  } else if (p < 0.80) {
    const std::uint8_t r = any_register(random);
    wiring.registers[r] = candidate.circuits[candidate.circuit[other_row()]].registers[r];
  } else if (p < 0.91) {
    split_off(candidate, row);
  } else {
    const bool sibling = states_ > 1 && random.chance(0.5);
    candidate.circuit[row] = candidate.circuit[sibling ? row ^ 1U : other_row()];
  }
}

void Moves::change(Candidate& candidate, const Traits& traits, Random& random) const {
  const double p = random.uniform();
  if (states_ > 1 && p < 0.26) {
    change_chart(candidate, traits, random);
  } else if (states_ == 1 && p < 0.09) {
    const unsigned row = pick_row(traits.rows, random);
    candidate.finish[row] = !candidate.finish[row];
  } else {
    change_circuit(candidate, traits.rows, random);
  }
}

void Moves::mutate(Candidate& candidate, const Traits& traits, Random& random) const {
  const double p = random.uniform();
  const unsigned changes = p < 0.5 ? 1 : p < 0.8 ? 2 : p < 0.93 ? 3 : 4;
  for (unsigned i = 0; i < changes; ++i) {
    change(candidate, traits, random);
  }
}

void Moves::random_circuits(Candidate& candidate, Random& random) const {
  const auto modules = static_cast<unsigned>(machine_.modules().size());
  for (unsigned c = 0; c < candidate.circuit_count; ++c) {
    Wiring& wiring = candidate.circuits[c];
    for (unsigned i = 0; i < machine_.arguments(); ++i) {
      wiring.arguments[i] = any_register(random);
    }
    for (unsigned r = 0; r < machine_.registers(); ++r) {
      wiring.registers[r] = random.chance(keep_.in_new_circuits)
                                ? static_cast<std::uint8_t>(r)
                                : expression(wiring, modules, 2, random);
    }
    rewrite_write(wiring, random);
  }
}

Candidate Moves::random_candidate(Random& random) const {
  if (states_ > 1) {
    return random_chart(random);
  }
  Candidate candidate;
  candidate.circuit_count = static_cast<unsigned>(random.between(2, 4));
  random_circuits(candidate, random);
  for (unsigned row = 0; row < rows(); ++row) {
    candidate.circuit[row] = static_cast<std::uint8_t>(random.below(candidate.circuit_count));
    candidate.finish[row] = random.chance(0.1);
  }
  return candidate;
}

Candidate Moves::cross(const Candidate& a, const Candidate& b, Random& random) const {
  Candidate child = a;
  std::array<int, max_circuits> place{};
  place.fill(-1);
  const unsigned together = states_ == 1 ? 1 : 2;  // rows of a state
  for (unsigned first = 0; first < rows(); first += together) {
    if (!random.chance(0.35)) {
      continue;
    }
    if (states_ > 1) {
      child.tests[first / 2] = b.tests[first / 2];
    }
    for (unsigned row = first; row < first + together; ++row) {
      const unsigned c = b.circuit[row];
      if (place[c] < 0) {
        if (!split_off(child, row)) {
          continue;
        }
        place[c] = child.circuit[row];
        child.circuits[child.circuit[row]] = b.circuits[c];
      }
      child.circuit[row] = static_cast<std::uint8_t>(place[c]);
      child.finish[row] = b.finish[row];
      child.next_state[row] = b.next_state[row];
    }
  }
  return child;
}

}  // namespace nram::discrete
