#pragma once

#include "poll.hpp"

#include <chrono>
#include <functional>
#include <utility>

namespace nram {

// When minimising has to end: its time, and Ctrl-C.
class Deadline {
 public:
  // `budget` in seconds from now on; 0: unlimited.
  Deadline(double budget, std::function<bool()> is_interrupted)
      : budget_(budget), asked_(std::move(is_interrupted)) {}

  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }
  [[nodiscard]] bool is_interrupted() const { return asked_ && asked_(); }
  // Whether to begin with something more.
  [[nodiscard]] bool is_time_left() const {
    return (budget_ <= 0 || seconds() < budget_) && !is_interrupted();
  }
  // Throws once what has been begun has to be left. What a search has found in time is tested all
  // the same, for which there is some grace.
  void poll() const {
    if (is_over()) {
      throw Cancelled{};
    }
  }
  [[nodiscard]] bool is_over() const {
    constexpr double grace = 0.3;
    return is_interrupted() || (budget_ > 0 && seconds() > budget_ + grace);
  }

 private:
  using Clock = std::chrono::steady_clock;
  double budget_;
  std::function<bool()> asked_;
  Clock::time_point start_ = Clock::now();
};

}  // namespace nram
