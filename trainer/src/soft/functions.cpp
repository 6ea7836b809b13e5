// Which functions an instruction set has, and the choice between them.

#include "instruction_set/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "soft/functions.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "instruction_set/instruction_set.hpp"
#include "soft/float_lanes.hpp"
#include "soft/lane_engine.hpp"
#include "soft/matmul.hpp"
#include "soft/mixing.hpp"
#include "soft/module_kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {
namespace {

template <typename T>
std::unique_ptr<const SoftEngine<T>> engine(const Machine& machine,
                                            const ControllerShape& controller) {
  return std::make_unique<const LaneEngine<T>>(machine, controller);
}
template <typename T>
std::unique_ptr<const SoftEngine<T>> automaton_engine(const Machine& machine, unsigned states) {
  return std::make_unique<const LaneEngine<T>>(machine, states);
}

template <typename T>
void exp_of_row(const T* in, T* out) {
  row(out, 0) = exp<T>(row(in, 0));
}
template <typename T>
void log_of_row(const T* in, T* out) {
  row(out, 0) = log<T>(row(in, 0));
}

template <typename T>
constexpr Functions<T> all = {engine<T>,      automaton_engine<T>, add_gradient<T>,
                              soft_kernel<T>, generic_forward<T>,  generic_backward<T>,
                              softmax<T>,     renormalise<T>,      renormalise_gradient<T>,
                              exp_of_row<T>,  log_of_row<T>};

}  // namespace

const Functions<float>& functions_float() { return all<float>; }
const Functions<double>& functions_double() { return all<double>; }

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace nram::soft {

HWY_EXPORT(functions_float);
HWY_EXPORT(functions_double);

template <>
const Functions<float>& functions() {
  heed_environment();
  return HWY_DYNAMIC_DISPATCH(functions_float)();
}
template <>
const Functions<double>& functions() {
  heed_environment();
  return HWY_DYNAMIC_DISPATCH(functions_double)();
}

}  // namespace nram::soft
#endif
