// Which instruction set the inner loops use. See targets.hpp.

#pragma once

#include <string_view>
#include <vector>

namespace nram {

/// The names of the instruction sets that the inner loops are compiled for and that this computer
/// has, the best first: on x86-64 "avx512", "avx2" and "baseline", on Arm "neon".
std::vector<std::string_view> instruction_sets();

/// Uses this instruction set from now on, for what is made from now on: soft engines and lane
/// evaluators stay with theirs. Throws Error(usage) for a name that is not among
/// instruction_sets(). Not while other threads work.
void use_instruction_set(std::string_view name);

/// Uses the instruction set that the environment variable NRAM_INSTRUCTION_SET names, if there is
/// one; without, it is the best. Only the first call does anything, unless it throws as
/// use_instruction_set does. For all who choose between instruction sets, before they do.
void heed_environment();

}  // namespace nram
