#include "discrete/cost/features.hpp"

#include "instruction_set/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "discrete/cost/features.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "discrete/cost/lane_features.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::discrete::HWY_NAMESPACE {

void observe_bytes(BehaviouralFeatures<std::uint8_t>::Seen& seen, std::span<const Bytes> registers,
                   std::span<const Bytes> input, const Bytes& active) {
  observe<std::uint8_t>(seen, registers, input, active);
}

double strength_of_bytes(const BehaviouralFeatures<std::uint8_t>::Seen& seen, std::uint64_t wrong,
                         unsigned count) {
  return strength<std::uint8_t>(seen, wrong, count);
}

}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace nram::discrete {

HWY_EXPORT(observe_bytes);
HWY_EXPORT(strength_of_bytes);

template <>
void BehaviouralFeatures<std::uint8_t>::observe(std::span<const Bytes> registers,
                                                std::span<const Bytes> input, const Bytes& active) {
  HWY_DYNAMIC_DISPATCH(observe_bytes)(seen_, registers, input, active);
}

template <>
double BehaviouralFeatures<std::uint8_t>::strength(std::uint64_t wrong, unsigned count) const {
  return HWY_DYNAMIC_DISPATCH(strength_of_bytes)(seen_, wrong, count);
}

}  // namespace nram::discrete
#endif
