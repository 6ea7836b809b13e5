#include "threads.hpp"

namespace nram::cli {

void add_threads(CLI::App& verb, unsigned& threads) {
  constexpr unsigned most = 1024;
  verb.add_option("--threads", threads, "At most this many threads; 0 = one a core")
      ->capture_default_str()
      ->check(CLI::Range(0U, most));
}

ThreadLimit::ThreadLimit(unsigned threads) {
  if (threads != 0) {
    control_.emplace(tbb::global_control::max_allowed_parallelism, threads);
  }
}

unsigned ThreadLimit::in_force() {
  return static_cast<unsigned>(
      tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
}

}  // namespace nram::cli
