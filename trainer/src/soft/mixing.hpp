// Mixtures of distributions with softmax weights, and their gradients. All arrays are
// [index][lane].

// Once for each instruction set.
#if defined(NRAM_SOFT_MIXING_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_SOFT_MIXING_HPP
#undef NRAM_SOFT_MIXING_HPP
#else
#define NRAM_SOFT_MIXING_HPP
#endif

#include "soft/family.hpp"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {

/// out[o][i] = Σ_k weight(o, k) · values[k][i] for i < length.
template <typename T>
void combine(const Family<T>& family, unsigned length, T* const* out);

/// The gradient of combine's weights: row gradient[o] + offset[k] = Σ_i out_gradient[o][i] ·
/// values[k][i].
template <typename T>
void combine_gradient(const Family<T>& family, unsigned length, const T* const* out_gradient,
                      T* const* gradient);

/// Replaces `size` rows of logits by probabilities.
template <typename T>
void softmax(T* logits, unsigned size);

/// Replaces `size` rows of probabilities by the gradient of the logits, given the gradient of the
/// probabilities.
template <typename T>
void softmax_gradient(T* probabilities, const T* gradient, unsigned size);

/// Adds to the rows `entropy` and `gini` the entropy (nats) and the Gini impurity of a distribution
/// of `size` values.
template <typename T>
void add_indecision(const T* probabilities, unsigned size, T* entropy, T* gini);

/// Adds to a distribution's gradient that of −entropy_weight · entropy + gini_weight · Gini
/// impurity, up to a constant over the values, which softmax_gradient removes. The weights are
/// rows.
template <typename T>
void add_indecision_gradient(const T* probabilities, unsigned size, const T* entropy_weight,
                             const T* gini_weight, T* gradient);

/// Scales a distribution of `length` values to sum 1; stores the factor.
template <typename T>
void renormalise(T* distribution, unsigned length, T* factor);

/// Turns the gradient of a renormalised distribution into that of the original one, in place.
template <typename T>
void renormalise_gradient(const T* distribution, unsigned length, const T* factor, T* gradient);

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
