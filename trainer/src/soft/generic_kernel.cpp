#include "instruction_set/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "soft/generic_kernel.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "soft/float_lanes.hpp"
#include "soft/module_kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {

template <typename T>
void generic_forward(const ModuleCall<T>& call) {
  const unsigned m = call.modulus;
  for (unsigned k = 0; k < m; ++k) {
    row(call.out, k) = Lanes<T>{};
  }
  const std::uint16_t* value = call.table;
  for (unsigned i = 0; i < m; ++i) {
    const Lanes<T> a = row(call.a, i);
    if (call.b == nullptr) {
      row(call.out, *value++) += a;
      continue;
    }
    for (unsigned j = 0; j < m; ++j) {
      row(call.out, *value++) += a * row(call.b, j);
    }
  }
}

template <typename T>
void generic_backward(const ModuleCall<T>& call, const ModuleGradient<T>& gradient) {
  const unsigned m = call.modulus;
  const std::uint16_t* value = call.table;
  if (call.b == nullptr) {
    for (unsigned i = 0; i < m; ++i) {
      row(gradient.a, i) = row(gradient.out, *value++);
    }
    return;
  }
  for (unsigned j = 0; j < m; ++j) {
    row(gradient.b, j) = Lanes<T>{};
  }
  for (unsigned i = 0; i < m; ++i) {
    const Lanes<T> a = row(call.a, i);
    Lanes<T> sum = {};
    for (unsigned j = 0; j < m; ++j) {
      const Lanes<T> d = row(gradient.out, *value++);
      sum += d * row(call.b, j);
      row(gradient.b, j) += d * a;
    }
    row(gradient.a, i) = sum;
  }
}

#define NRAM_INSTANTIATE(T)                               \
  template void generic_forward<T>(const ModuleCall<T>&); \
  template void generic_backward<T>(const ModuleCall<T>&, const ModuleGradient<T>&);
NRAM_INSTANTIATE(float)
NRAM_INSTANTIATE(double)
#undef NRAM_INSTANTIATE

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace nram::soft {

void value_table(const Module& module, unsigned modulus, std::vector<std::uint16_t>& table) {
  const Modulus m = Modulus::of(modulus);
  const unsigned second = module.arity == 2 ? modulus : 1;
  table.resize(std::size_t{modulus} * second);
  for (unsigned i = 0; i < modulus; ++i) {
    for (unsigned j = 0; j < second; ++j) {
      table[std::size_t{i} * second + j] = static_cast<std::uint16_t>(module.evaluate(i, j, m));
    }
  }
}

}  // namespace nram::soft
#endif
