// The vector exponential and logarithm as ordinary functions, for tests.

#pragma once

namespace nram::soft {

/// out = exp(in) and log(in) for one row of 16 lanes; see lanes.hpp.
template <typename T>
void vector_exp(const T* in, T* out);
template <typename T>
void vector_log(const T* in, T* out);

}  // namespace nram::soft
