// Mixtures of distributions with softmax weights, and their gradients. All arrays are
// [index][lane].

#pragma once

#include <cstddef>

namespace nram::soft {

/// The most outer rows of a family.
inline constexpr unsigned max_outer = 4;

/// A table of products between two families of rows: `outer` rows that share their inner rows.
/// Weight (o, k) is the row at weights[o] + offset[k], inner row k is values[k], M rows long.
///
/// It serves both directions of mixing: selectors (outer) over sources (inner), and, for the
/// gradient of sources, sources (outer) over the selectors that can choose them (inner).
template <typename T>
struct Family {
  unsigned outer;           ///< 1 to max_outer
  const T* const* weights;  ///< [outer]
  unsigned inner;
  const std::size_t* offset;  ///< [inner] in scalars
  const T* const* values;     ///< [inner]
};

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

}  // namespace nram::soft
