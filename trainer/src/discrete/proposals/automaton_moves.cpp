// Moves on automata: whole steps, as a programmer would add them.

#include "discrete/proposals/moves.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace nram::discrete {

std::optional<unsigned> Moves::add_step(Candidate& candidate, unsigned row, Random& random) const {
  const std::uint64_t used = reachable_rows(machine_, states_, candidate);
  unsigned state = 0;
  while (state < state_limit_ && ((used >> (2 * state)) & 1U) != 0) {
    ++state;
  }
  const unsigned first = 2 * state;
  if (state == state_limit_ || !give_own_circuit(candidate, row, first)) {
    return std::nullopt;
  }
  for (const unsigned own : {first, first + 1}) {
    candidate.circuit[own] = candidate.circuit[first];
    candidate.next_state[own] = candidate.next_state[row];
    candidate.finish[own] = candidate.finish[row];
  }
  candidate.tests[state] = any_register(random);
  candidate.next_state[row] = static_cast<std::uint8_t>(state);
  candidate.finish[row] = false;

  Wiring& wiring = candidate.circuits[candidate.circuit[first]];
  for (unsigned r = 0; r < machine_.registers(); ++r) {
    wiring.registers[r] = static_cast<std::uint8_t>(r);
  }
  if (read_ && write_) {
    // Idle at the cell that the step before reads, or at any register's.
    std::uint8_t& address = argument(wiring, *read_, 0);
    address = random.chance(0.5) ? address : any_register(random);
    make_idle(wiring);
  }
  return first;
}

void Moves::insert_step(Candidate& candidate, unsigned row, const Traits& /*traits*/,
                        Random& random) const {
  if (const auto step = add_step(candidate, row, random)) {
    assign(candidate, *step, any_register(random), 2, random);
  }
}

std::optional<unsigned> Moves::add_step_after_computing(Candidate& candidate, unsigned row,
                                                        std::uint8_t target, Random& random) const {
  std::optional<unsigned> step = row;
  if (random.chance(0.5)) {
    step = add_step(candidate, row, random);
  } else if (!split_off(candidate, row)) {
    return std::nullopt;
  }
  if (!step) {
    return std::nullopt;
  }
  assign(candidate, *step, target, 1, random);
  const std::optional<unsigned> next = add_step(candidate, *step, random);
  if (next && *step != row) {
    follow_alike(candidate, *step);
  }
  return next;
}

std::uint8_t Moves::free_register(RegisterSet live, Random& random) const {
  const unsigned all = (1U << machine_.registers()) - 1;
  const unsigned choices = ~unsigned{live} & all;
  return static_cast<std::uint8_t>(any_bit(choices == 0 ? all : choices, random));
}

void Moves::insert_load(Candidate& candidate, unsigned row, const Traits& traits,
                        Random& random) const {
  if (!read_) {
    return;
  }
  const std::uint8_t target =
      random.chance(0.5) ? free_register(traits.live[row], random) : any_register(random);
  const auto load = add_step_after_computing(candidate, row, target, random);
  if (!load) {
    return;
  }
  Wiring& wiring = candidate.circuits[candidate.circuit[*load]];
  argument(wiring, *read_, 0) = target;
  if (write_) {
    make_idle(wiring);
  }
  wiring.registers[target] = static_cast<std::uint8_t>(machine_.output_of(*read_));
}

void Moves::insert_branch(Candidate& candidate, unsigned row, const Traits& traits,
                          Random& random) const {
  const unsigned target = pick_row(traits.rows, random) / 2;
  const std::uint8_t tested = any_register(random);
  const auto branch = random.chance(0.75) ? add_step_after_computing(candidate, row, tested, random)
                                          : add_step(candidate, row, random);
  if (!branch) {
    return;
  }
  candidate.tests[*branch / 2] = tested;
  const auto taken = *branch + static_cast<unsigned>(random.below(2));
  if (random.chance(0.7) && split_off(candidate, taken)) {
    if (random.chance(0.3)) {
      rewrite_write(candidate.circuits[candidate.circuit[taken]], random);
    } else {
      assign(candidate, taken, any_register(random), 1, random);
    }
  }
  candidate.finish[taken] = random.chance(0.25);
  if (!candidate.finish[taken]) {
    candidate.next_state[taken] = static_cast<std::uint8_t>(target);
  }
}

void Moves::swap_registers(Wiring& wiring, Random& random) const {
  const std::uint8_t a = any_register(random);
  const std::uint8_t b = any_register(random);
  const auto swapped = [&](std::uint8_t source) {
    return source == a ? b : source == b ? a : source;
  };
  for (unsigned i = 0; i < machine_.arguments(); ++i) {
    wiring.arguments[i] = swapped(wiring.arguments[i]);
  }
  for (unsigned r = 0; r < machine_.registers(); ++r) {
    wiring.registers[r] = swapped(wiring.registers[r]);
  }
  std::swap(wiring.registers[a], wiring.registers[b]);
}

void Moves::swap_one_or_two_pairs(Wiring& wiring, Random& random) const {
  swap_registers(wiring, random);
  if (random.chance(0.3)) {
    swap_registers(wiring, random);
  }
}

void Moves::insert_guarded_swap(Candidate& candidate, unsigned row, const Traits& traits,
                                Random& random) const {
  unsigned model = 2U * candidate.next_state[row] + static_cast<unsigned>(random.below(2));
  model ^= ((traits.rows >> model) & 1U) != 0 ? 0U : 1U;
  const std::uint8_t tested = any_register(random);
  const auto branch = random.chance(0.75) ? add_step_after_computing(candidate, row, tested, random)
                                          : add_step(candidate, row, random);
  if (!branch) {
    return;
  }
  candidate.tests[*branch / 2] = tested;
  const auto swapped = *branch + static_cast<unsigned>(random.below(2));
  if (!give_own_circuit(candidate, model, swapped)) {
    return;
  }
  candidate.next_state[swapped] = candidate.next_state[model];
  candidate.finish[swapped] = candidate.finish[model];
  swap_one_or_two_pairs(candidate.circuits[candidate.circuit[swapped]], random);
}

void Moves::assign_comparison(Wiring& wiring, std::uint8_t target, Random& random) const {
  const unsigned q = binary_[random.below(binary_.size())];
  for (unsigned i = 0; i < 2; ++i) {
    const double p = random.uniform();
    argument(wiring, q, i) = p < 0.25 && read_ && *read_ < q
                                 ? static_cast<std::uint8_t>(machine_.output_of(*read_))
                             : p < 0.4 ? expression(wiring, q, 0, random)
                                       : any_register(random);
  }
  wiring.registers[target] = static_cast<std::uint8_t>(machine_.output_of(q));
}

void Moves::guard_next_step(Candidate& candidate, unsigned row, const Traits& traits,
                            Random& random) const {
  const unsigned state = candidate.next_state[row];
  if (binary_.empty() || candidate.finish[row] || !is_unconditional(candidate, state)) {
    insert_guarded_swap(candidate, row, traits, random);
    return;
  }
  const unsigned other = 2 * state + static_cast<unsigned>(random.below(2));
  if (!split_off(candidate, other)) {
    return;
  }
  follow_alike(candidate, other ^ 1U);
  const std::uint8_t flag = free_register(traits.live[row], random);
  candidate.tests[state] = flag;
  assign_comparison(candidate.circuits[candidate.circuit[row]], flag, random);
  swap_one_or_two_pairs(candidate.circuits[candidate.circuit[other]], random);
}

void Moves::insert_store(Candidate& candidate, unsigned row, const Traits& /*traits*/,
                         Random& random) const {
  const std::optional<unsigned> step = add_step(candidate, row, random);
  if (step && write_) {
    Wiring& wiring = candidate.circuits[candidate.circuit[*step]];
    argument(wiring, *write_, 0) = expression(wiring, *write_, 1, random);
    argument(wiring, *write_, 1) = expression(wiring, *write_, 1, random);
  }
}

void Moves::leave_out_step(Candidate& candidate, unsigned row, const Traits& /*traits*/,
                           Random& random) const {
  const unsigned next = 2U * candidate.next_state[row] + static_cast<unsigned>(random.below(2));
  candidate.finish[row] = candidate.finish[next];
  candidate.next_state[row] = candidate.next_state[next];
}

void Moves::assign(Candidate& candidate, unsigned row, std::uint8_t target, unsigned depth,
                   Random& random) const {
  Wiring& wiring = candidate.circuits[candidate.circuit[row]];
  const auto modules = static_cast<unsigned>(machine_.modules().size());
  wiring.registers[target] = expression(wiring, modules, depth, random);
}

void Moves::follow_alike(Candidate& candidate, unsigned row) {
  candidate.next_state[row ^ 1U] = candidate.next_state[row];
  candidate.finish[row ^ 1U] = candidate.finish[row];
}

void Moves::redirect(Candidate& candidate, unsigned row, const Traits& traits,
                     Random& random) const {
  candidate.next_state[row] = static_cast<std::uint8_t>(
      random.chance(0.2)   ? candidate.next_state[row ^ 1U]
      : random.chance(0.8) ? pick_row(traits.rows, random) / 2
                           : static_cast<unsigned>(random.below(state_limit_)));
}

void Moves::change_test(Candidate& candidate, unsigned row, const Traits& /*traits*/,
                        Random& random) const {
  candidate.tests[row / 2] = any_register(random);
}

void Moves::rename_registers(Candidate& candidate, unsigned row, const Traits& /*traits*/,
                             Random& random) const {
  if (split_off(candidate, row)) {
    swap_registers(candidate.circuits[candidate.circuit[row]], random);
  }
}

Candidate Moves::random_automaton(Random& random) const {
  Candidate candidate;
  candidate.circuit_count = static_cast<unsigned>(random.between(3, 6));
  random_circuits(candidate, random);
  const auto used =
      static_cast<unsigned>(random.between(2, std::min<std::uint64_t>(state_limit_, 4)));
  for (unsigned row = 0; row < rows(); ++row) {
    candidate.circuit[row] = static_cast<std::uint8_t>(random.below(candidate.circuit_count));
    candidate.finish[row] = random.chance(0.1);
    candidate.next_state[row] = static_cast<std::uint8_t>(random.below(used));
  }
  for (unsigned state = 0; state < states_; ++state) {
    candidate.tests[state] = any_register(random);
    if (random.chance(0.5)) {
      const unsigned row = 2 * state;
      candidate.circuit[row + 1] = candidate.circuit[row];
      follow_alike(candidate, row);
    }
  }
  return candidate;
}

}  // namespace nram::discrete
