#include "soft/vector_math.hpp"

#include "soft/float_lanes.hpp"

namespace nram::soft {

template <typename T>
void vector_exp(const T* in, T* out) {
  row(out, 0) = exp<T>(row(in, 0));
}
template <typename T>
void vector_log(const T* in, T* out) {
  row(out, 0) = log<T>(row(in, 0));
}

template void vector_exp<float>(const float*, float*);
template void vector_exp<double>(const double*, double*);
template void vector_log<float>(const float*, float*);
template void vector_log<double>(const double*, double*);

}  // namespace nram::soft
