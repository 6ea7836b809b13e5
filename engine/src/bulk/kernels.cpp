#include "kernels.hpp"

namespace nram::bulk {

extern const Kernels<std::uint32_t> kernels32_base;
extern const Kernels<std::uint64_t> kernels64_base;

#if defined(__x86_64__)

extern const Kernels<std::uint32_t> kernels32_avx2;
extern const Kernels<std::uint64_t> kernels64_avx2;
extern const Kernels<std::uint32_t> kernels32_avx512;
extern const Kernels<std::uint64_t> kernels64_avx512;

namespace {

// x86-64-v3 and x86-64-v4, for which the files are compiled, hold more than what is asked here, but
// no computer has this without the rest.
bool has_avx512() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx2") != 0;
}

bool has_avx2() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0 &&
         __builtin_cpu_supports("fma") != 0;
}

}  // namespace

template <>
const Kernels<std::uint32_t>& kernels() {
  static const Kernels<std::uint32_t>& best = has_avx512() ? kernels32_avx512
                                              : has_avx2() ? kernels32_avx2
                                                           : kernels32_base;
  return best;
}

template <>
const Kernels<std::uint64_t>& kernels() {
  static const Kernels<std::uint64_t>& best = has_avx512() ? kernels64_avx512
                                              : has_avx2() ? kernels64_avx2
                                                           : kernels64_base;
  return best;
}

#else

template <>
const Kernels<std::uint32_t>& kernels() {
  return kernels32_base;
}

template <>
const Kernels<std::uint64_t>& kernels() {
  return kernels64_base;
}

#endif

}  // namespace nram::bulk
