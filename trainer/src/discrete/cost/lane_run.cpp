// Runs on lanes of bytes.

#include "discrete/cost/lane_state.hpp"
#include "instruction_set/instruction_set.hpp"
#include "instruction_set/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "discrete/cost/lane_run.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "discrete/cost/lane_run.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::discrete::HWY_NAMESPACE {

LaneRun run_bytes_here() { return run<std::uint8_t>; }

}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace nram::discrete {

HWY_EXPORT(run_bytes_here);

LaneRun byte_lane_run() {
  heed_environment();
  return HWY_DYNAMIC_DISPATCH(run_bytes_here)();
}

}  // namespace nram::discrete
#endif
