#include "moves.hpp"

#include <algorithm>
#include <bit>

namespace nram::discrete {

std::vector<bool> Moves::live(const Wiring& wiring) const {
  const unsigned registers = machine_.registers();
  std::vector<bool> live(machine_.modules().size(), false);
  const auto mark = [&](std::uint8_t source) {
    if (source >= registers) {
      live[source - registers] = true;
    }
  };
  for (unsigned r = 0; r < registers; ++r) {
    mark(wiring.registers[r]);
  }
  for (auto q = static_cast<unsigned>(live.size()); q-- > 0;) {
    live[q] = live[q] || machine_.modules()[q].opcode == Opcode::write;
    for (unsigned i = 0; live[q] && i < machine_.modules()[q].arity; ++i) {
      mark(wiring.arguments[machine_.first_argument(q) + i]);
    }
  }
  return live;
}

int Moves::find_module(Opcode opcode) const {
  for (std::size_t q = 0; q < machine_.modules().size(); ++q) {
    if (machine_.modules()[q].opcode == opcode) {
      return static_cast<int>(q);
    }
  }
  return -1;
}

// A source below `limit` modules: a register, a module that is live already, or a module with new
// arguments (which other users of that module get, too).
std::uint8_t Moves::expression(Wiring& wiring, unsigned limit, unsigned depth,
                               Random& random) const {
  const unsigned registers = machine_.registers();
  const double p = random.uniform();
  if (limit == 0 || p < 0.25) {
    return static_cast<std::uint8_t>(random.below(registers));
  }
  if (p < 0.6) {
    const std::vector<bool> is_live = live(wiring);
    std::array<std::uint8_t, Machine::max_modules> choices{};
    unsigned count = 0;
    for (unsigned q = 0; q < limit; ++q) {
      if (is_live[q]) {
        choices[count++] = static_cast<std::uint8_t>(registers + q);
      }
    }
    if (count > 0) {
      return choices[random.below(count)];
    }
  }
  const auto q = static_cast<unsigned>(random.below(limit));
  for (unsigned i = 0; i < machine_.modules()[q].arity; ++i) {
    wiring.arguments[machine_.first_argument(q) + i] =
        depth == 0 ? static_cast<std::uint8_t>(random.below(registers))
                   : expression(wiring, q, depth - 1, random);
  }
  return static_cast<std::uint8_t>(registers + q);
}

void Moves::rewrite_write(Wiring& wiring, Random& random) const {
  const int read = find_module(Opcode::read);
  const int write = find_module(Opcode::write);
  if (write < 0) {
    return;
  }
  std::uint8_t* const arguments =
      &wiring.arguments[machine_.first_argument(static_cast<unsigned>(write))];
  const auto limit = static_cast<unsigned>(write);
  if (read >= 0 && read < write && random.chance(0.4)) {
    // Idle: writes back what has just been read.
    arguments[0] = wiring.arguments[machine_.first_argument(static_cast<unsigned>(read))];
    arguments[1] = static_cast<std::uint8_t>(machine_.output_of(static_cast<unsigned>(read)));
    return;
  }
  const double p = random.uniform();
  if (p < 0.7) {
    arguments[0] = expression(wiring, limit, 1, random);
  }
  if (p > 0.3) {
    arguments[1] = expression(wiring, limit, 1, random);
  }
}

void Moves::rewire_live(Wiring& wiring, Random& random) const {
  const std::vector<bool> is_live = live(wiring);
  std::array<std::pair<std::uint8_t, std::uint8_t>, max_arguments> slots{};  // argument, candidates
  unsigned count = 0;
  for (unsigned q = 0; q < is_live.size(); ++q) {
    for (unsigned i = 0; is_live[q] && i < machine_.modules()[q].arity; ++i) {
      slots[count++] = {static_cast<std::uint8_t>(machine_.first_argument(q) + i),
                        static_cast<std::uint8_t>(machine_.argument_candidates(q))};
    }
  }
  if (count > 0) {
    const auto [argument, candidates] = slots[random.below(count)];
    wiring.arguments[argument] = static_cast<std::uint8_t>(random.below(candidates));
  }
}

unsigned Moves::pick_row(std::uint64_t visited, Random& random) const {
  if (visited == 0 || random.chance(0.02)) {
    return static_cast<unsigned>(random.below(rows()));
  }
  auto skip = random.below(static_cast<unsigned>(std::popcount(visited)));
  while (skip-- > 0) {
    visited &= visited - 1;
  }
  return static_cast<unsigned>(std::countr_zero(visited));
}

bool Moves::split_off(Candidate& candidate, unsigned row) const {
  // Takes the place of a circuit that no row uses, if there is one.
  std::uint32_t used = 0;
  for (unsigned i = 0; i < rows(); ++i) {
    used |= 1U << candidate.circuit[i];
  }
  const unsigned old = candidate.circuit[row];
  for (unsigned c = 0; c < max_circuits; ++c) {
    if (((used >> c) & 1U) == 0) {
      candidate.circuits[c] = candidate.circuits[old];
      candidate.circuit[row] = static_cast<std::uint8_t>(c);
      candidate.circuit_count = std::max(candidate.circuit_count, c + 1);
      return true;
    }
  }
  return false;
}

void Moves::change(Candidate& candidate, std::uint64_t visited, Random& random) const {
  const unsigned registers = machine_.registers();
  const auto modules = static_cast<unsigned>(machine_.modules().size());
  const unsigned row = pick_row(visited, random);
  Wiring& wiring = candidate.circuits[candidate.circuit[row]];
  const auto any_register = [&] { return random.below(registers); };
  const auto other_row = [&] { return pick_row(visited, random); };

  const double p = random.uniform();
  if (p < 0.30) {
    const auto r = any_register();
    wiring.registers[r] =
        random.chance(0.15) ? static_cast<std::uint8_t>(r) : expression(wiring, modules, 2, random);
  } else if (p < 0.42) {
    rewrite_write(wiring, random);
  } else if (p < 0.57) {
    rewire_live(wiring, random);
  } else if (p < 0.63) {
    if (const int read = find_module(Opcode::read); read >= 0) {
      wiring.arguments[machine_.first_argument(static_cast<unsigned>(read))] =
          static_cast<std::uint8_t>(any_register());
    }
  } else if (p < 0.68) {
    std::swap(wiring.registers[any_register()], wiring.registers[any_register()]);
  } else if (p < 0.73) {
    const auto r = any_register();
    wiring.registers[r] = candidate.circuits[candidate.circuit[other_row()]].registers[r];
  } else if (p < 0.83) {
    split_off(candidate, row);
  } else if (p < 0.91) {
    candidate.circuit[row] = candidate.circuit[other_row()];
  } else if (states_ > 1 && p < 0.95) {
    candidate.next_state[row] = static_cast<std::uint8_t>(random.below(states_));
  } else {
    candidate.finish[row] = !candidate.finish[row];
  }
}

void Moves::mutate(Candidate& candidate, std::uint64_t visited, Random& random) const {
  const double p = random.uniform();
  const unsigned changes = p < 0.5 ? 1 : p < 0.8 ? 2 : p < 0.93 ? 3 : 4;
  for (unsigned i = 0; i < changes; ++i) {
    change(candidate, visited, random);
  }
}

Candidate Moves::random_candidate(Random& random) const {
  Candidate candidate;
  candidate.circuit_count = static_cast<unsigned>(random.between(2, 4));
  const auto modules = static_cast<unsigned>(machine_.modules().size());
  for (unsigned c = 0; c < candidate.circuit_count; ++c) {
    Wiring& wiring = candidate.circuits[c];
    for (unsigned q = 0; q < modules; ++q) {
      for (unsigned i = 0; i < machine_.modules()[q].arity; ++i) {
        wiring.arguments[machine_.first_argument(q) + i] =
            static_cast<std::uint8_t>(random.below(machine_.registers()));
      }
    }
    for (unsigned r = 0; r < machine_.registers(); ++r) {
      wiring.registers[r] = random.chance(0.4) ? static_cast<std::uint8_t>(r)
                                               : expression(wiring, modules, 2, random);
    }
    rewrite_write(wiring, random);
  }
  for (unsigned row = 0; row < rows(); ++row) {
    candidate.circuit[row] = static_cast<std::uint8_t>(random.below(candidate.circuit_count));
    candidate.finish[row] = random.chance(0.1);
    candidate.next_state[row] = static_cast<std::uint8_t>(random.below(states_));
  }
  return candidate;
}

Candidate Moves::cross(const Candidate& a, const Candidate& b, Random& random) const {
  Candidate child = a;
  std::array<int, max_circuits> place{};
  place.fill(-1);
  for (unsigned row = 0; row < rows(); ++row) {
    if (!random.chance(0.35)) {
      continue;
    }
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
  return child;
}

}  // namespace nram::discrete
