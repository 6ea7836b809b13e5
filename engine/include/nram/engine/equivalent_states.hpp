#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <nram/engine/program.hpp>

namespace nram {

/// Which states of an automaton do the same from there on, whatever masks follow: for each state,
/// the number of its class. Classes are numbered in the order in which states first show them, so
/// that state 0 is in class 0.
///
/// `table` is state-major, with `masks` entries a state. States are told apart by circuit and
/// finish of their entries, then by where these lead; what follows a finishing step does not
/// matter. Hopcroft's algorithm: O(N log N) for N entries. `poll` is called often; what it throws
/// comes out.
std::vector<std::uint32_t> equivalent_states(const std::vector<Transition>& table,
                                             std::uint32_t masks,
                                             const std::function<void()>& poll = {});

}  // namespace nram
