#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
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
  std::array<std::uint64_t, 4> state_{};
};

inline Random::Random(std::uint64_t seed, std::uint64_t stream) {
  // The recommended way to fill xoshiro's state from few bits (splitmix64).
  const auto splitmix = [](std::uint64_t& x) {
    x += 0x9e3779b97f4a7c15U;
    std::uint64_t z = x;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  };
  std::uint64_t x = seed;
  x = splitmix(x) ^ (stream * 0xd1342543de82ef95U);
  for (std::uint64_t& word : state_) {
    word = splitmix(x);
  }
}

inline std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

inline std::uint64_t Random::below(std::uint64_t bound) {
  // Rejects the part of the range that would make small results likelier.
  const std::uint64_t threshold = (0 - bound) % bound;
  std::uint64_t bits = next();
  while (bits < threshold) {
    bits = next();
  }
  return bits % bound;
}

inline std::uint64_t Random::between(std::uint64_t low, std::uint64_t high) {
  const std::uint64_t span = high - low + 1;
  return span == 0 ? next() : low + below(span);
}

inline double Random::uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

inline double Random::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace nram
