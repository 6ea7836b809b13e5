#pragma once

#include "live_controller.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/model-io/verify.hpp>

namespace nram {

/// What is compared with a live controller: a program, or an automaton on its way to become one.
struct Discrete {
  std::vector<Circuit> circuits;  ///< without dead arguments
  std::function<const Transition&(std::uint32_t state, std::uint32_t mask)> at;
};

/// verify_on_random_runs.
Verification compare_on_random_runs(const LiveController& controller, const Discrete& discrete,
                                    std::uint64_t steps, std::uint64_t seed);

/// verify_on_runs, with the masks already checked.
Verification compare_on_runs(const LiveController& controller, const Discrete& discrete,
                             std::span<const MaskRun> runs);

}  // namespace nram
