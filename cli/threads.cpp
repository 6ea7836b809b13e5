#include "threads.hpp"

#include <array>
#include <cstddef>
#include <new>

#include <oneapi/tbb/global_control.h>

#include <nram/engine/parallel.hpp>

namespace nram::cli {

void add_threads(CLI::App& verb, unsigned& threads) {
  constexpr unsigned most = 1024;
  verb.add_option(
          "--threads", threads,
          "At most this many threads; 0 = one a core, or as many as the quota of a container "
          "pays for")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(0U, most));
}

void limit_threads(unsigned threads) {
  const std::size_t most = threads != 0 ? threads : default_threads();
  // Never destroyed: TBB may start threads when a limit is lifted, even when nothing is left to do.
  alignas(tbb::global_control) static std::array<std::byte, sizeof(tbb::global_control)> place;
  [[maybe_unused]] static const auto* const limit =
      new (place.data()) tbb::global_control(tbb::global_control::max_allowed_parallelism, most);
}

unsigned threads_in_force() {
  return static_cast<unsigned>(
      tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
}

}  // namespace nram::cli
