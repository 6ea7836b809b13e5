#include "kernels.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace nram::loops {

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

namespace {

template <typename Cell>
const Kernels<Cell>& for_instruction_set();

template <>
const Kernels<std::uint32_t>& for_instruction_set() {
  return has_avx512() ? kernels32_avx512 : has_avx2() ? kernels32_avx2 : kernels32_base;
}

template <>
const Kernels<std::uint64_t>& for_instruction_set() {
  return has_avx512() ? kernels64_avx512 : has_avx2() ? kernels64_avx2 : kernels64_base;
}

}  // namespace

#else

namespace {

template <typename Cell>
const Kernels<Cell>& for_instruction_set();

template <>
const Kernels<std::uint32_t>& for_instruction_set() {
  return kernels32_base;
}

template <>
const Kernels<std::uint64_t>& for_instruction_set() {
  return kernels64_base;
}

}  // namespace

#endif

namespace {

bool measure_gathers() {
  const Kernels<std::uint64_t>& kernels = for_instruction_set<std::uint64_t>();
  if (kernels.gather_instruction == nullptr) {
    return false;
  }
  constexpr std::size_t cells = 1024;  // in the first level of the cache
  constexpr unsigned runs = 12;
  const std::vector<std::uint64_t> memory(cells, 1);
  std::vector<std::uint64_t> address(cells);
  for (std::size_t i = 0; i < cells; ++i) {
    address[i] = i * 389 % cells;
  }
  std::vector<std::uint64_t> result(cells);
  const auto time_of = [&](auto gather) {
    auto least = std::chrono::steady_clock::duration::max();
    for (unsigned run = 0; run < runs; ++run) {
      const auto start = std::chrono::steady_clock::now();
      gather(result.data(), memory.data(), address.data(), cells);
      least = std::min(least, std::chrono::steady_clock::now() - start);
    }
    return least;
  };
  return time_of(kernels.gather_instruction) < time_of(kernels.gather);
}

template <typename Cell>
Kernels<Cell> fastest() {
  Kernels<Cell> best = for_instruction_set<Cell>();
  if (gathers_fast()) {
    best.gather = best.gather_instruction;
  }
  return best;
}

}  // namespace

bool gathers_fast() {
  static const bool are_fast = measure_gathers();
  return are_fast;
}

template <>
const Kernels<std::uint32_t>& kernels() {
  static const Kernels<std::uint32_t> best = fastest<std::uint32_t>();
  return best;
}

template <>
const Kernels<std::uint64_t>& kernels() {
  static const Kernels<std::uint64_t> best = fastest<std::uint64_t>();
  return best;
}

}  // namespace nram::loops
