#include "discrete/proposals/moves.hpp"

#include <algorithm>
#include <bit>

namespace nram::discrete {

// Weights in a group add up to 1. The shares of the groups and the weights of the first and the
// last group were chosen by hand, by what public programs need most; docs/extending.md shows how to
// add a move and how to see what it is worth.
std::span<const Moves::Move> Moves::table() {
  static constexpr Move moves[] = {
      // in a circuit, and of circuits among rows
      {"set-register", 0.33, &Moves::set_register},
      {"set-write", 0.13, &Moves::set_write},
      {"rewire", 0.17, &Moves::rewire},
      {"set-read", 0.06, &Moves::set_read},
      {"swap-updates", 0.06, &Moves::swap_updates},
      {"copy-update", 0.05, &Moves::copy_update},
      {"own-circuit", 0.11, &Moves::own_circuit},
      {"share-circuit", 0.09, &Moves::share_circuit},
      // in a table
      {"flip-finish", 1.0, &Moves::flip_finish},
      // in an automaton
      {"redirect", 0.25, &Moves::redirect},
      {"change-test", 0.12, &Moves::change_test},
      {"insert-step", 0.065, &Moves::insert_step},
      {"insert-load", 0.065, &Moves::insert_load},
      {"insert-branch", 0.065, &Moves::insert_branch},
      {"insert-store", 0.03, &Moves::insert_store},
      {"leave-out-step", 0.085, &Moves::leave_out_step},
      {"flip-state-finish", 0.12, &Moves::flip_finish},
      {"guard-next-step", 0.06, &Moves::guard_next_step},
      {"insert-guarded-swap", 0.06, &Moves::insert_guarded_swap},
      {"rename-registers", 0.08, &Moves::rename_registers},
  };
  return moves;
}

std::vector<Moves::Group> Moves::groups() const {
  constexpr std::size_t in_circuits = 8;
  constexpr std::size_t in_tables = 1;
  const std::span<const Move> all = table();
  const auto circuits = all.first(in_circuits);
  if (states_ == 1) {
    return {{0.09, all.subspan(in_circuits, in_tables)}, {0.91, circuits}};
  }
  return {{0.26, all.subspan(in_circuits + in_tables)}, {0.74, circuits}};
}

std::span<const std::string_view> Moves::names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Move& move : table()) {
      all.push_back(move.name);
    }
    return all;
  }();
  return names;
}

Moves::Moves(const Machine& machine, unsigned states, const KeepRates& keep)
    : machine_(machine),
      sources_(machine),
      states_(states),
      state_limit_(states),
      keep_(keep),
      groups_(groups()) {
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

unsigned Moves::pick_row(std::uint64_t visited, Random& random) const {
  if (visited == 0 || random.chance(0.02)) {
    return static_cast<unsigned>(random.below(states_ == 1 ? rows() : 2 * state_limit_));
  }
  return any_bit(visited, random);
}

// Returns the number of the move.
unsigned Moves::change(Candidate& candidate, const Traits& traits, Random& random) const {
  const auto chosen = [&](const auto& rows, auto weight) -> const auto& {
    double p = random.uniform();
    for (const auto& row : rows) {
      p -= row.*weight;
      if (p < 0.0) {
        return row;
      }
    }
    return rows.back();
  };
  const std::span<const Move> moves = chosen(groups_, &Group::share).moves;
  const unsigned row = pick_row(traits.rows, random);
  const Move& move = moves.size() == 1 ? moves.front() : chosen(moves, &Move::weight);
  (this->*move.apply)(candidate, row, traits, random);
  return static_cast<unsigned>(&move - table().data());
}

MoveSet Moves::mutate(Candidate& candidate, const Traits& traits, Random& random) const {
  const double p = random.uniform();
  const unsigned changes = p < 0.5 ? 1 : p < 0.8 ? 2 : p < 0.93 ? 3 : 4;
  MoveSet moves = 0;
  for (unsigned i = 0; i < changes; ++i) {
    moves |= MoveSet{1} << change(candidate, traits, random);
  }
  return moves;
}

Candidate Moves::random_candidate(Random& random) const {
  if (states_ > 1) {
    return random_automaton(random);
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
