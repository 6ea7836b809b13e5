#pragma once

#include "facts.hpp"

#include <nram/engine/flow.hpp>
#include <nram/engine/optimise.hpp>

namespace nram::flow {

// The passes. Those on one block know of other blocks what `entry` says of the registers.

/// fold: constants, copies, algebra. Replaces uses; what is no longer used remains.
void fold(Block& block, const Entry& entry);
/// common: the same value is computed once.
void merge_common(Block& block);
/// idle_writes: a store of what the same cell was just loaded from.
void drop_idle_writes(Block& block);
/// checks: of addresses that are known to exist.
void drop_checks(Block& block, const Entry& entry);
/// dead: instructions whose result nobody uses.
void drop_dead(Block& block);
/// successors: decisions only test what `facts` (of a block, when it starts) leaves open.
void decide_statically(Flow& flow, const std::vector<std::optional<Entry>>& facts);
/// merge: blocks that do the same become one. The last pass, for blocks lose their conditions.
void merge_blocks(Flow& flow);
/// Blocks and decisions that the entry does not reach go.
void drop_unreachable(Flow& flow);

/// Removes the instructions for which `keep` is false and renumbers results; the removed ones must
/// not be used.
void keep_only(Block& block, const std::vector<bool>& keep);

}  // namespace nram::flow
