// Moves in one circuit, and of circuits among the rows of a candidate.

#include "discrete/proposals/moves.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace nram::discrete {

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
  const auto free = static_cast<unsigned>(std::countr_one(used));
  if (free >= max_circuits) {
    return false;
  }
  candidate.circuits[free] = candidate.circuits[candidate.circuit[from]];
  candidate.circuit[row] = static_cast<std::uint8_t>(free);
  candidate.circuit_count = std::max(candidate.circuit_count, free + 1);
  return true;
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

void Moves::set_register(Candidate& candidate, unsigned row, const Traits& /*traits*/,
                         Random& random) const {
  Wiring& wiring = candidate.circuits[candidate.circuit[row]];
  const std::uint8_t r = any_register(random);
  const auto modules = static_cast<unsigned>(machine_.modules().size());
  wiring.registers[r] =
      random.chance(keep_.in_changes) ? r : expression(wiring, modules, 2, random);
}

void Moves::set_write(Candidate& candidate, unsigned row, const Traits& /*traits*/,
                      Random& random) const {
  rewrite_write(candidate.circuits[candidate.circuit[row]], random);
}

void Moves::rewire(Candidate& candidate, unsigned row, const Traits& /*traits*/,
                   Random& random) const {
  rewire_live(candidate.circuits[candidate.circuit[row]], random);
}

void Moves::set_read(Candidate& candidate, unsigned row, const Traits& /*traits*/,
                     Random& random) const {
  if (read_) {
    argument(candidate.circuits[candidate.circuit[row]], *read_, 0) = any_register(random);
  }
}

void Moves::swap_updates(Candidate& candidate, unsigned row, const Traits& /*traits*/,
                         Random& random) const {
  Wiring& wiring = candidate.circuits[candidate.circuit[row]];
  std::swap(wiring.registers[any_register(random)], wiring.registers[any_register(random)]);
}

void Moves::copy_update(Candidate& candidate, unsigned row, const Traits& traits,
                        Random& random) const {
  Wiring& wiring = candidate.circuits[candidate.circuit[row]];
  const std::uint8_t r = any_register(random);
  const unsigned other = pick_row(traits.rows, random);
  wiring.registers[r] = candidate.circuits[candidate.circuit[other]].registers[r];
}

void Moves::own_circuit(Candidate& candidate, unsigned row, const Traits& /*traits*/,
                        Random& /*random*/) const {
  split_off(candidate, row);
}

void Moves::share_circuit(Candidate& candidate, unsigned row, const Traits& traits,
                          Random& random) const {
  const bool sibling = states_ > 1 && random.chance(0.5);
  const unsigned other = sibling ? row ^ 1U : pick_row(traits.rows, random);
  candidate.circuit[row] = candidate.circuit[other];
}

void Moves::flip_finish(Candidate& candidate, unsigned row, const Traits& /*traits*/,
                        Random& /*random*/) const {
  candidate.finish[row] = !candidate.finish[row];
}

}  // namespace nram::discrete
