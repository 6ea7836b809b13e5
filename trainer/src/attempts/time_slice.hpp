#pragma once

// How long a call may work before it has to come back: what trains must be quick to stop.

#include <chrono>

namespace nram {

class TimeSlice {
 public:
  using Clock = std::chrono::steady_clock;

  /// Begins now. Interrupts and limits of time are looked at between slices, so one is far shorter
  /// than a person waits for.
  explicit TimeSlice(Clock::duration length = std::chrono::milliseconds(150))
      : end_(Clock::now() + length) {}

  [[nodiscard]] bool is_over() const { return Clock::now() >= end_; }

 private:
  Clock::time_point end_;
};

}  // namespace nram
