// The functions of a run that are in files of their own.

// Once for each instruction set.
#if defined(NRAM_DISCRETE_LANE_FUNCTIONS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_DISCRETE_LANE_FUNCTIONS_HPP
#undef NRAM_DISCRETE_LANE_FUNCTIONS_HPP
#else
#define NRAM_DISCRETE_LANE_FUNCTIONS_HPP
#endif

#include "discrete/cost/lane_state.hpp"

#include <cstdint>
#include <span>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nram::discrete::HWY_NAMESPACE {

/// The cost of a run that has ended, by lane: 0xff where the example has stopped, and the steps it
/// took. Adds to outcome.wrong the lanes with a wrong cell, and sets state.missed.
double price(LaneState& state, const ExampleBatch& batch, const Bytes& stopped, const Bytes& taken,
             Outcome64& outcome);

/// BehaviouralFeatures::observe and BehaviouralFeatures::strength.
void observe(BehaviouralFeatures::Seen& seen, std::span<const Bytes> registers,
             std::span<const Bytes> input, const Bytes& active);
double strength(const BehaviouralFeatures::Seen& seen, std::uint64_t wrong, unsigned count);

}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
