// The controller's matrix products. Weights are row-major scalars, as in model files; everything
// else is [index][lane].

// Once for each instruction set.
#if defined(NRAM_SOFT_MATMUL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_SOFT_MATMUL_HPP
#undef NRAM_SOFT_MATMUL_HPP
#else
#define NRAM_SOFT_MATMUL_HPP
#endif

#include <cstddef>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {

/// out[r] = bias[r] + Σ_c weights[r][c] · in[c], or out[r] += the same if `add`.
template <typename T>
void affine(const T* weights, const T* bias, unsigned rows, unsigned columns, const T* in, T* out,
            bool add = false);

/// out[c] = Σ_r weights[r][c] · in[r]: the gradient of an affine map's input.
template <typename T>
void transposed_product(const T* weights, unsigned rows, unsigned columns, const T* in, T* out);

/// Where to find one array [index][lane] of every step.
template <typename T>
struct Steps {
  const T* first;      ///< the array of step 0
  std::size_t stride;  ///< scalars from one step to the next
};

/// gradient[r][c] = Σ over steps and lanes of outs[r] · ins[c]: the gradient of an affine map's
/// weights, as one product of (rows) × (steps · lanes) × (columns). `scratch` holds
/// weight_gradient_scratch scalars.
template <typename T>
void weight_gradient(unsigned rows, unsigned columns, unsigned steps, Steps<T> outs, Steps<T> ins,
                     T* scratch, T* gradient);

std::size_t weight_gradient_scratch(unsigned columns, unsigned steps);

/// What weight_gradient computes, without scratch: quicker for few rows, say up to twelve, for
/// `ins` stays as it is.
template <typename T>
void outer_gradient(unsigned rows, unsigned columns, unsigned steps, Steps<T> outs, Steps<T> ins,
                    T* gradient);

/// gradient[r] = Σ over steps and lanes of outs[r].
template <typename T>
void bias_gradient(unsigned rows, unsigned steps, Steps<T> outs, T* gradient);

/// sum[i] += part[i]; says whether every part[i] is a finite number.
template <typename T>
bool add_gradient(const T* part, std::size_t size, T* sum);

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
