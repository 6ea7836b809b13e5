// Runs on lanes of 64 bits.

#include "discrete/cost/lane_state.hpp"
#include "instruction_set/fewer_targets.hpp"
#include "instruction_set/instruction_set.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "discrete/cost/lane_run_64.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "discrete/cost/lane_run.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::discrete::HWY_NAMESPACE {

LaneRun run_64_here() { return run<std::uint64_t>; }

}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace nram::discrete {

HWY_EXPORT(run_64_here);

LaneRun lane_run_64() {
  heed_environment();
  return HWY_DYNAMIC_DISPATCH(run_64_here)();
}

}  // namespace nram::discrete
#endif
