#pragma once

// Random changes to a candidate, the proposal distribution of the discrete search. None knows a
// task.

#include "discrete/candidate.hpp"
#include "discrete/proposals/move_counts.hpp"
#include "discrete/source_analysis.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <nram/trainer/random.hpp>

namespace nram::discrete {

/// How often a register keeps its value.
struct KeepRates {
  double in_new_circuits = 0.4;
  double in_changes = 0.15;  ///< where a change gives a register something new
};

/// What is known of a candidate from runs of it.
struct Traits {
  std::uint64_t rows = 0;  ///< those that were entered; 0 = unknown
  /// By row: the registers that matter after it. The others are free to be used.
  Liveness live{};
};

class Moves {
 public:
  /// Candidates with one state are tables, others automata. The machine must outlive the moves.
  Moves(const Machine& machine, unsigned states, const KeepRates& keep = {});

  /// From now on new steps take states below `limit` only, at most all; at first they may take any.
  void limit_states(unsigned limit) { state_limit_ = limit; }

  /// A random candidate: a few random circuits, every row pointing at one of them.
  Candidate random_candidate(Random& random) const;

  /// One to four changes, on rows that were entered (any row if none was); says which moves.
  MoveSet mutate(Candidate& candidate, const Traits& traits, Random& random) const;

  /// The names of all moves, by number.
  static std::span<const std::string_view> names();

  /// Rows of `a` and `b` mixed, whole states of an automaton; circuits come along with their rows
  /// while there is room.
  Candidate cross(const Candidate& a, const Candidate& b, Random& random) const;

 private:
  using Apply = void (Moves::*)(Candidate&, unsigned row, const Traits&, Random&) const;
  struct Move {
    std::string_view name;
    double weight;  // beside the others of its group
    Apply apply;
  };
  // A group comes up with its share, then a row is drawn, then a move of the group.
  struct Group {
    double share;
    std::span<const Move> moves;
  };
  static std::span<const Move> table();
  [[nodiscard]] std::vector<Group> groups() const;
  unsigned change(Candidate& candidate, const Traits& traits, Random& random) const;

  // Moves in one circuit, and of circuits among rows (circuit_moves.cpp).
  void set_register(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;
  void set_write(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;
  void rewire(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;
  void set_read(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;
  void swap_updates(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;
  void copy_update(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;
  void own_circuit(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;
  void share_circuit(Candidate& candidate, unsigned row, const Traits& traits,
                     Random& random) const;
  void flip_finish(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;

  // Moves on automata: whole steps, as a programmer would add them (automaton_moves.cpp). A new
  // step stands between a row and what follows it, and is named by the first of its two rows.
  void redirect(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;
  void change_test(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;
  /// register := expression, in a step of its own
  void insert_step(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;
  /// register := expression; register := READ(register)
  void insert_load(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;
  /// register := expression; if it is (or is not) zero, do something and go elsewhere
  void insert_branch(Candidate& candidate, unsigned row, const Traits& traits,
                     Random& random) const;
  void insert_store(Candidate& candidate, unsigned row, const Traits& traits, Random& random) const;
  void leave_out_step(Candidate& candidate, unsigned row, const Traits& traits,
                      Random& random) const;
  /// The next step comes to look at a register := comparison, and does the same as before with two
  /// registers in each other's place if that is (or is not) zero. If it looks at something already,
  /// insert_guarded_swap.
  void guard_next_step(Candidate& candidate, unsigned row, const Traits& traits,
                       Random& random) const;
  /// register := expression; if it is (or is not) zero, do what the next step does, but with two
  /// registers in each other's place
  void insert_guarded_swap(Candidate& candidate, unsigned row, const Traits& traits,
                           Random& random) const;
  void rename_registers(Candidate& candidate, unsigned row, const Traits& traits,
                        Random& random) const;

  // What they are made of, in one circuit.
  std::uint8_t expression(Wiring& wiring, unsigned limit, unsigned depth, Random& random) const;
  void rewrite_write(Wiring& wiring, Random& random) const;
  void rewire_live(Wiring& wiring, Random& random) const;
  void make_idle(Wiring& wiring) const;
  void random_circuits(Candidate& candidate, Random& random) const;
  void assign_comparison(Wiring& wiring, std::uint8_t target, Random& random) const;
  void swap_registers(Wiring& wiring, Random& random) const;
  void swap_one_or_two_pairs(Wiring& wiring, Random& random) const;
  std::uint8_t& argument(Wiring& wiring, unsigned module, unsigned i) const {
    return wiring.arguments[machine_.first_argument(module) + i];
  }

  // In any candidate.
  static unsigned any_bit(std::uint64_t bits, Random& random);
  unsigned pick_row(std::uint64_t visited, Random& random) const;
  bool split_off(Candidate& candidate, unsigned row) const;
  bool give_own_circuit(Candidate& candidate, unsigned from, unsigned row) const;

  // In automata.
  Candidate random_automaton(Random& random) const;
  /// An idle step; nothing if there is no state or circuit left.
  std::optional<unsigned> add_step(Candidate& candidate, unsigned row, Random& random) const;
  /// register := expression, in a step of its own or in the row's; then an idle step, the result.
  std::optional<unsigned> add_step_after_computing(Candidate& candidate, unsigned row,
                                                   std::uint8_t target, Random& random) const;
  /// A register whose value is not needed, if there is one.
  std::uint8_t free_register(RegisterSet live, Random& random) const;
  void assign(Candidate& candidate, unsigned row, std::uint8_t target, unsigned depth,
              Random& random) const;
  static void follow_alike(Candidate& candidate, unsigned row);

  [[nodiscard]] unsigned rows() const { return rows_of(machine_, states_); }
  std::uint8_t any_register(Random& random) const {
    return static_cast<std::uint8_t>(random.below(machine_.registers()));
  }

  const Machine& machine_;
  SourceAnalysis sources_;
  unsigned states_;
  unsigned state_limit_;
  KeepRates keep_;
  std::vector<Group> groups_;
  std::vector<unsigned> binary_;  // modules of two arguments that have an output
  std::optional<unsigned> read_;  // the modules with that opcode, if the machine has them
  std::optional<unsigned> write_;
};

}  // namespace nram::discrete
