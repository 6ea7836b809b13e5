#pragma once

// Which register updates of an automaton matter.

#include "discrete/candidate.hpp"

#include <vector>

namespace nram::discrete {

using RegisterSet = std::uint8_t;  ///< register r as bit r
static_assert(max_registers < 8);

/// By row: the registers that are looked at later on, by a test, by a WRITE, by a READ for its
/// address (which can be out of range, whatever becomes of the value), or by an update of a
/// register that is looked at.
using Liveness = std::array<RegisterSet, max_rows>;

/// Finds live registers in candidates of one machine. Remembers what the circuits of the latest
/// candidates need, as most of the next one are the same; not for concurrent use.
class LivenessAnalysis {
 public:
  LivenessAnalysis(const Machine& machine, unsigned states);

  /// The registers that are live after a step in each of `rows`, in runs that enter no other rows.
  /// A table (one state) looks at all registers in every step, so all are live.
  /// O(circuits · modules) and, as live registers only ever come to be more, O(rows² · registers).
  Liveness live_registers(const Candidate& candidate, std::uint64_t rows);

  /// The registers that are live before the first step, in any run.
  RegisterSet live_at_start(const Candidate& candidate);

 private:
  // The registers whose values a circuit needs.
  struct Needs {
    std::array<RegisterSet, max_registers> of_update;  // for what each register becomes
    RegisterSet of_memory;                             // for WRITE and addresses, always
  };
  // A module, with masks instead of conditions.
  struct Shape {
    std::uint8_t output;
    std::uint8_t argument;  // the first
    RegisterSet uses_a;     // all ones or 0
    RegisterSet uses_b;
    RegisterSet writes;
    RegisterSet reads;
  };

  [[nodiscard]] Needs needs_of(const Wiring& wiring) const;
  void learn(const Wiring& wiring, unsigned circuit);

  const Machine& machine_;
  unsigned registers_;
  unsigned states_;
  std::vector<Shape> shapes_;
  std::array<Wiring, max_circuits> known_;
  std::array<Needs, max_circuits> needs_;         // of known_
  std::array<RegisterSet, max_states> before_{};  // live at the start of a state
};

/// Lets registers keep their value where nothing that a run can come to looks at the new one.
/// Memory and steps of all runs stay the same; final registers may differ, and a READ that was only
/// for such an update cannot fault any more. Nothing happens to a table.
void leave_dead_registers_alone(const Machine& machine, unsigned states, Candidate& candidate);

}  // namespace nram::discrete
