#pragma once

// Trying one proposal after the other, in slices of time.

#include <cstdint>
#include <functional>

namespace nram::discrete {

/// Says that the slice of time is over.
using IsOver = std::function<bool()>;

/// The loop of whatever tries proposals. What comes of it does not depend on how it is sliced.
class ProposalLoop {
 public:
  /// Starts over; so many will be tried.
  void begin(std::uint64_t proposals) {
    proposals_ = proposals;
    tried_ = 0;
    is_stopped_ = false;
  }

  /// There is nothing more to look for.
  void stop() { is_stopped_ = true; }

  /// Goes on for a few proposals at least, and until the slice is over; true at the end, which is
  /// when all have been tried or one has called stop().
  template <typename Try>
  bool run(const Try& try_proposal, const IsOver& is_over) {
    while (is_running()) {
      try_proposal();
      ++tried_;
      if (tried_ % between_looks_at_the_clock == 0 && is_over()) {
        break;
      }
    }
    return !is_running();
  }

  [[nodiscard]] bool is_running() const { return !is_stopped_ && tried_ < proposals_; }
  [[nodiscard]] std::uint64_t tried() const { return tried_; }
  /// How far it has come, from 0 to 1.
  [[nodiscard]] double done() const {
    return static_cast<double>(tried_) / static_cast<double>(proposals_);
  }

 private:
  static constexpr std::uint64_t between_looks_at_the_clock = 4;

  std::uint64_t proposals_ = 0;
  std::uint64_t tried_ = 0;
  bool is_stopped_ = false;
};

}  // namespace nram::discrete
