#pragma once

// Which register updates of a flow chart matter.

#include "candidate.hpp"

namespace nram::discrete {

/// Lets registers keep their value where nothing that a run can come to looks at the new one: no
/// test, no WRITE, no other update that matters. Memory and steps of all runs stay the same; final
/// registers may differ, and a READ that was only for such an update cannot fault any more. Nothing
/// happens to a table (one state), whose masks look at all registers. O(circuits · modules) and, as
/// live registers only ever come to be more, O(states² · registers²).
void leave_dead_registers_alone(const Machine& machine, unsigned states, Candidate& candidate);

}  // namespace nram::discrete
