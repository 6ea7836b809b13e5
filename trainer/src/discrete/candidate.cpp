#include "discrete/candidate.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram::discrete {
namespace {

// Sets the arguments of modules whose output nobody uses to r0.
void clear_dead_arguments(const Machine& machine, Wiring& wiring) {
  std::uint64_t live = 0;  // by source
  for (unsigned r = 0; r < machine.registers(); ++r) {
    live |= std::uint64_t{1} << wiring.registers[r];
  }
  for (auto q = static_cast<unsigned>(machine.modules().size()); q-- > 0;) {
    const Module& module = machine.modules()[q];
    const bool is_live =
        module.opcode == Opcode::write || ((live >> machine.output_of(q)) & 1U) != 0;
    for (unsigned i = 0; i < module.arity; ++i) {
      std::uint8_t& argument = wiring.arguments[machine.first_argument(q) + i];
      argument = is_live ? argument : 0;
      live |= is_live ? std::uint64_t{1} << argument : 0;
    }
  }
}

// A table's row for an unvisited mask: that of the visited mask most like it.
unsigned nearest_row(unsigned row, unsigned rows, std::uint64_t visited) {
  auto nearest = static_cast<unsigned>(std::countr_zero(visited));
  for (unsigned other = nearest; other < rows; ++other) {
    const bool is_visited = ((visited >> other) & 1U) != 0;
    if (is_visited && std::popcount(row ^ other) < std::popcount(row ^ nearest)) {
      nearest = other;
    }
  }
  return nearest;
}

}  // namespace

unsigned rows_of(const Machine& machine, unsigned states) {
  return states == 1 ? machine.masks() : 2 * states;
}

std::uint64_t reachable_rows(const Machine& machine, unsigned states, const Candidate& candidate) {
  if (states == 1) {
    return ~std::uint64_t{0} >> (64 - machine.masks());
  }
  std::uint64_t rows = 0;
  std::uint32_t seen = 1;
  for (std::uint32_t left = 1; left != 0;) {
    const auto state = static_cast<unsigned>(std::countr_zero(left));
    left &= left - 1;
    rows |= std::uint64_t{3} << (2 * state);
    for (const unsigned row : {2 * state, 2 * state + 1}) {
      const std::uint32_t next = candidate.finish[row] ? 0 : 1U << candidate.next_state[row];
      left |= next & ~seen;
      seen |= next;
    }
  }
  return rows;
}

std::uint64_t likely_rows(const Machine& machine, unsigned states, const Candidate& known,
                          std::uint64_t visited, const Candidate& changed) {
  if (states == 1) {
    return reachable_rows(machine, states, changed);
  }
  const auto was_visited = [&](unsigned row) { return ((visited >> row) & 1U) != 0; };
  std::uint64_t rows = 0;
  std::uint32_t seen = 1;
  for (std::uint32_t left = 1; left != 0;) {
    const auto state = static_cast<unsigned>(std::countr_zero(left));
    left &= left - 1;
    rows |= std::uint64_t{3} << (2 * state);
    const bool is_new = !was_visited(2 * state) && !was_visited(2 * state + 1);
    for (const unsigned row : {2 * state, 2 * state + 1}) {
      const bool same = changed.next_state[row] == known.next_state[row] &&
                        changed.finish[row] == known.finish[row];
      const bool likely = was_visited(row) || is_new || !same;
      const std::uint32_t next = changed.finish[row] || !likely ? 0 : 1U << changed.next_state[row];
      left |= next & ~seen;
      seen |= next;
    }
  }
  return rows;
}

bool is_searchable(const Machine& machine, unsigned states) {
  return machine.registers() <= max_registers && machine.arguments() < max_arguments &&
         machine.register_candidates() < max_sources && machine.masks() <= max_rows && states > 0 &&
         states <= max_states;
}

void require_searchable(const Machine& machine, unsigned states) {
  if (!is_searchable(machine, states)) {
    throw Error(
        ErrorKind::usage,
        fmt::format(
            "the discrete search takes up to {} registers, {} module arguments and {} "
            "states; this machine has {}, {} and {}: ask for less, or leave that search out "
            "(--no-annealing)",
            max_registers, max_arguments - 1, max_states, machine.registers(), machine.arguments(),
            states));
  }
}

bool is_valid(const Machine& machine, unsigned states, const Candidate& candidate) {
  const auto below = [](const auto& values, unsigned limit) {
    return std::all_of(values.begin(), values.end(), [&](auto value) { return value < limit; });
  };
  if (candidate.circuit_count == 0 || candidate.circuit_count > max_circuits ||
      !below(candidate.circuit, candidate.circuit_count) || !below(candidate.next_state, states) ||
      !below(candidate.tests, machine.registers())) {
    return false;
  }
  for (const Wiring& wiring : candidate.circuits) {
    if (!below(wiring.arguments, max_sources) ||
        !below(wiring.registers, machine.register_candidates())) {
      return false;
    }
    for (unsigned q = 0; q < machine.modules().size(); ++q) {
      for (unsigned i = 0; i < machine.modules()[q].arity; ++i) {
        if (wiring.arguments[machine.first_argument(q) + i] >= machine.registers() + q) {
          return false;
        }
      }
    }
  }
  return true;
}

namespace {

// The number of a circuit in the candidate, to which it is added if it is new; nothing if there is
// no room for it. Circuits that differ in dead arguments only are one.
std::optional<std::uint8_t> number_of(const Machine& machine, const Circuit& circuit,
                                      Candidate& candidate) {
  Wiring wiring;
  for (unsigned i = 0; i < std::min(machine.arguments(), max_arguments); ++i) {
    wiring.arguments[i] = static_cast<std::uint8_t>(circuit.arguments[i]);
  }
  for (unsigned r = 0; r < std::min(machine.registers(), max_registers); ++r) {
    wiring.registers[r] = static_cast<std::uint8_t>(circuit.registers[r]);
  }
  clear_dead_arguments(machine, wiring);
  const auto end = candidate.circuits.begin() + candidate.circuit_count;
  const auto same = std::find(candidate.circuits.begin(), end, wiring);
  if (same == end) {
    if (candidate.circuit_count == max_circuits) {
      return std::nullopt;
    }
    *same = wiring;
    ++candidate.circuit_count;
  }
  return static_cast<std::uint8_t>(same - candidate.circuits.begin());
}

// What a row of a candidate says.
bool set_row(const Program& program, const Transition& transition, unsigned row,
             Candidate& candidate) {
  const auto circuit =
      number_of(program.machine(), program.circuits()[transition.circuit], candidate);
  candidate.circuit[row] = circuit.value_or(0);
  candidate.finish[row] = transition.finish;
  candidate.next_state[row] =
      transition.finish ? std::uint8_t{0} : static_cast<std::uint8_t>(transition.next_state);
  return circuit.has_value();
}

bool are_alike(const Transition& a, const Transition& b) {
  return a.circuit == b.circuit && a.finish == b.finish &&
         (a.finish || a.next_state == b.next_state);
}

// A register that alone decides what a state does (any, if none matters); nothing if there is no
// such.
std::optional<unsigned> deciding_register(const Program& program, std::uint32_t state) {
  for (unsigned r = 0; r < program.machine().registers(); ++r) {
    const std::uint32_t flag = std::uint32_t{1} << r;
    bool decides = true;
    for (std::uint32_t mask = 0; decides && mask < program.machine().masks(); ++mask) {
      decides = are_alike(program.transition(state, mask), program.transition(state, mask & flag));
    }
    if (decides) {
      return r;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Candidate> from_program(const Program& program) {
  const Machine& machine = program.machine();
  if (program.states() != 1 || !is_searchable(machine, 1)) {
    return std::nullopt;
  }
  Candidate candidate;
  candidate.circuit_count = 0;
  for (std::uint32_t mask = 0; mask < machine.masks(); ++mask) {
    if (!set_row(program, program.transition(0, mask), mask, candidate)) {
      return std::nullopt;
    }
  }
  return candidate;
}

std::optional<Candidate> automaton_from(const Program& program) {
  if (program.states() > max_states || !is_searchable(program.machine(), max_states)) {
    return std::nullopt;
  }
  Candidate candidate;
  candidate.circuit_count = 0;
  for (unsigned state = 0; state < program.states(); ++state) {
    const auto decides = deciding_register(program, state);
    if (!decides) {
      return std::nullopt;
    }
    candidate.tests[state] = static_cast<std::uint8_t>(*decides);
    if (!set_row(program, program.transition(state, 0), 2 * state, candidate) ||
        !set_row(program, program.transition(state, std::uint32_t{1} << *decides), 2 * state + 1,
                 candidate)) {
      return std::nullopt;
    }
  }
  return candidate;
}

Program to_program(const Machine& machine, unsigned states, const Candidate& candidate) {
  const std::uint64_t reachable = reachable_rows(machine, states, candidate);
  std::array<std::uint32_t, max_states> number{};  // of the states that are kept
  std::uint32_t kept = 0;
  for (unsigned state = 0; state < states; ++state) {
    number[state] = kept;
    kept += states == 1 || ((reachable >> (2 * state)) & 1U) != 0 ? 1 : 0;
  }
  std::vector<Circuit> circuits;
  std::array<std::uint32_t, max_circuits> index{};
  std::array<bool, max_circuits> placed{};
  const auto transition_of = [&](unsigned row) -> Transition {
    const unsigned c = candidate.circuit[row];
    if (!placed[c]) {
      const Wiring& wiring = candidate.circuits[c];
      Circuit circuit;
      circuit.arguments.assign(wiring.arguments.begin(),
                               wiring.arguments.begin() + machine.arguments());
      circuit.registers.assign(wiring.registers.begin(),
                               wiring.registers.begin() + machine.registers());
      const auto same = std::find(circuits.begin(), circuits.end(), circuit);
      index[c] = static_cast<std::uint32_t>(same - circuits.begin());
      if (same == circuits.end()) {
        circuits.push_back(std::move(circuit));
      }
      placed[c] = true;
    }
    const bool finish = candidate.finish[row];
    return {index[c], finish ? 0 : number[candidate.next_state[row]], finish};
  };
  std::vector<Transition> table;
  for (unsigned state = 0; state < states; ++state) {
    if (states > 1 && ((reachable >> (2 * state)) & 1U) == 0) {
      continue;
    }
    for (std::uint32_t mask = 0; mask < machine.masks(); ++mask) {
      const unsigned zero = (mask >> candidate.tests[state]) & 1U;
      table.push_back(transition_of(states == 1 ? mask : 2 * state + zero));
    }
  }
  std::vector<Rule> rules = rules_from_table(machine, table);
  return {machine, std::move(circuits), std::move(rules)};
}

Candidate simplified(const Machine& machine, unsigned states, const Candidate& candidate,
                     std::uint64_t visited) {
  Candidate result = candidate;
  for (unsigned c = 0; c < result.circuit_count; ++c) {
    clear_dead_arguments(machine, result.circuits[c]);
  }
  const unsigned rows = rows_of(machine, states);
  for (unsigned row = 0; row < rows; ++row) {
    if (((visited >> row) & 1U) != 0) {
      continue;
    }
    const unsigned nearest = states == 1 ? nearest_row(row, rows, visited) : row ^ 1U;
    result.circuit[row] = candidate.circuit[nearest];
    result.finish[row] = candidate.finish[nearest];
    result.next_state[row] = candidate.next_state[nearest];
  }
  return result;
}

}  // namespace nram::discrete
