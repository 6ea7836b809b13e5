// The soft extension of every module: the distribution of its result for independent arguments
// (Kurach et al. 2016, section 3.1), and its gradient. All arrays are [index][lane].

// Once for each instruction set.
#if defined(NRAM_SOFT_MODULE_KERNELS_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_SOFT_MODULE_KERNELS_HPP
#undef NRAM_SOFT_MODULE_KERNELS_HPP
#else
#define NRAM_SOFT_MODULE_KERNELS_HPP
#endif

#include "soft/module_call.hpp"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {

/// The kernel of a module with arguments: from the table if its opcode has a row there, otherwise
/// the generic one, which knows the module by its function alone.
template <typename T>
const SoftKernel<T>& soft_kernel(Opcode opcode);

/// The generic kernel: enumerates all combinations of arguments, O(M^arity).
template <typename T>
void generic_forward(const ModuleCall<T>& call);
template <typename T>
void generic_backward(const ModuleCall<T>& call, const ModuleGradient<T>& gradient);

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
