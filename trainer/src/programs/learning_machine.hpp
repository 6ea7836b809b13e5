#pragma once

// The machine that an attempt by gradient learns with. It has some of the modules only, so that
// there is less to learn and a step takes less time, and may run them in two rounds: what takes a
// program two steps, such as a READ at an address that depends on another one, is then a single
// step, and a loop of two steps need not be learned as one of two states.

#include <vector>

#include <nram/engine/program.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

/// Some of a machine's modules, in one or two rounds of their order, and what programs for them are
/// on the machine itself.
class LearningMachine {
 public:
  /// READ, INC, ADD and custom modules, which somebody added for the task, always have a part in
  /// each round; WRITE in the last; every other one with probability `share`, from 0 to 1. At most
  /// `first_round` modules, drawn among those others, are in the first of two rounds.
  /// Precondition: 1 ≤ rounds ≤ 2. There is one round if the machine cannot do two: if it cannot
  /// leave its memory alone for a step, which takes READ, and WRITE behind it, or has too many
  /// modules.
  LearningMachine(const Machine& target, double share, unsigned rounds, std::size_t first_round,
                  Random& random);

  /// The machine to learn with. The first of two modules of a kind has a prime behind its name.
  [[nodiscard]] const Machine& machine() const { return machine_; }

  /// Of modules, in a step.
  [[nodiscard]] unsigned rounds() const { return rounds_; }

  /// The same program for all modules of the target in one round; those that have no part do
  /// nothing in it. A step becomes two where it has to, with a state between them; the program may
  /// have more registers than the target then, up to one for each module of the first round, for
  /// what is kept from one to the other. It can fault where the program does not if no address is
  /// known in its first step (Unfolding::first), and addresses can be out of range. Throws
  /// Error(data) if these registers are more than a machine or a program can have. O(circuits ·
  /// modules).
  [[nodiscard]] Program unfolded(const Program& program) const;

 private:
  Machine target_;
  std::vector<unsigned> modules_;  // of `target_` that those of `machine_` are
  unsigned rounds_;
  Machine machine_;
};

}  // namespace nram
