#pragma once

// A step of a machine that runs modules in two rounds, as one or two steps of a machine that runs
// them in one.

#include "programs/memory_modules.hpp"

#include <optional>
#include <span>
#include <vector>

#include <nram/engine/circuit.hpp>

namespace nram {

/// Plans one circuit. What does not have to be in a step before the last is in the last, and what
/// is kept from one to the other takes the place of registers that are not needed any more, as far
/// as there are such.
class Unfolding {
 public:
  /// `modules` says which module of the target each one of `machine` is: its first part ascends,
  /// and so does the rest. A WRITE is in the rest only. The memory modules are the target's.
  Unfolding(const Machine& machine, std::span<const unsigned> modules, const MemoryModules& memory,
            const Circuit& circuit);

  /// Whether it takes two steps.
  [[nodiscard]] bool in_two() const { return in_two_; }
  /// How many registers it takes.
  [[nodiscard]] unsigned registers() const { return registers_; }

  /// The first of two steps, which leaves the memory alone: it puts back what it reads, or else
  /// what is at the address that is written in the end, or else at r0, which can be out of range.
  /// `wide` is the target with at least registers() registers.
  [[nodiscard]] Circuit first(const Machine& wide) const;
  /// The second of two steps, or the only one.
  [[nodiscard]] Circuit last(const Machine& wide) const;

 private:
  void put_off();
  void find_holders();
  [[nodiscard]] Source address_to_leave_alone() const;
  template <typename Action>
  void for_each_argument(unsigned module, const Action& action) const;
  // Gives a module's arguments, as they are called in a step, to the same module of that step.
  template <typename Mapping>
  void connect(unsigned module, const Machine& wide, const Mapping& mapped, Circuit& circuit) const;

  const Machine& machine_;
  std::span<const unsigned> modules_;
  const MemoryModules& memory_;
  const Circuit& circuit_;
  std::vector<bool> live_;
  std::vector<bool> early_;                      // in the first of two steps
  std::vector<std::optional<unsigned>> holder_;  // register for an output, between the two
  bool in_two_ = false;
  unsigned registers_;
};

}  // namespace nram
