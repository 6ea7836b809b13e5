#include "startable_threads.hpp"

#include <chrono>
#include <filesystem>
#include <iterator>
#include <latch>
#include <system_error>
#include <thread>
#include <vector>

namespace nram::parallel {
namespace {

// How many threads the system counts; 0 if it does not say.
std::size_t counted_threads() {
  std::error_code error;
  const std::filesystem::directory_iterator tasks("/proc/self/task", error);
  return error ? 0 : static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

}  // namespace

std::size_t startable_threads(std::size_t wanted) {
  const std::size_t before = counted_threads();
  std::size_t started = 0;
  {
    std::latch all_started(1);  // all are to be there at the same time
    std::vector<std::jthread> threads;
    try {
      threads.reserve(wanted);
      while (started < wanted) {
        threads.emplace_back([&] { all_started.wait(); });
        ++started;
      }
    } catch (const std::system_error&) {
      // No more than these.
    }
    all_started.count_down();
  }
  // A thread that has been joined still counts for a moment.
  for (unsigned i = 0; i < 1000 && before != 0 && counted_threads() > before; ++i) {
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return started;
}

}  // namespace nram::parallel
