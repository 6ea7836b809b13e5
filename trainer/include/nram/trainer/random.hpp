#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace nram {

/// A small, fast random generator (xoshiro256**, Blackman and Vigna 2018) whose whole state can be
/// stored, and whose draws are the same on every platform and library.
class Random {
 public:
  /// Independent streams for different (seed, stream) pairs.
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0);

  /// 64 uniform bits.
  std::uint64_t next();
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [low, high], low ≤ high.
  std::uint64_t between(std::uint64_t low, std::uint64_t high);
  /// Uniform in [0, 1).
  double uniform();
  /// True with probability p.
  bool chance(double p) { return uniform() < p; }
  /// Standard normal (Box and Muller).
  double normal();

  template <typename T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[below(i)]);
    }
  }

  /// The whole state, for checkpoints.
  [[nodiscard]] const std::array<std::uint64_t, 4>& state() const { return state_; }
  void restore(const std::array<std::uint64_t, 4>& state) { state_ = state; }

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace nram
