// Watching registers for features, and telling how much these say. See BehaviouralFeatures.

// Once for each instruction set.
#if defined(NRAM_DISCRETE_LANE_FEATURES_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_DISCRETE_LANE_FEATURES_HPP
#undef NRAM_DISCRETE_LANE_FEATURES_HPP
#else
#define NRAM_DISCRETE_LANE_FEATURES_HPP
#endif

#include "discrete/cost/features.hpp"
#include "discrete/cost/lane_vector.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nram::discrete::HWY_NAMESPACE {
namespace {

// Registers after a step, where `active` is set. O(registers²). Not inlined, so that a run without
// features keeps the processor's registers to itself.
template <typename Element>
[[gnu::noinline]] void observe(typename BehaviouralFeatures<Element>::Seen& seen,
                               std::span<const Lanes<Element>> registers,
                               std::span<const Lanes<Element>> input,
                               const Lanes<Element>& active) {
  using Vector = VectorOf<Element>;
  const Lanes<Element>* const values = registers.data();
  const Vector zero{};
  Vector* equal = vectors(seen.equal.data());
  Vector* less = vectors(seen.less.data());
  Vector* in_input = vectors(seen.in_input.data());
  const std::size_t cells =
      std::min<std::size_t>(BehaviouralFeatures<Element>::first_cells, input.size());
  for (unsigned r = 0; r < seen.registers; ++r) {
    const Vector value = vector(values[r]);
    const Vector not_zero = mask(value != zero) & vector(active);
    vector(seen.not_zero[r]) |= not_zero;
    for (unsigned other = 0; other < r; ++other) {
      const Vector other_value = vector(values[other]);
      const Vector both = not_zero & mask(other_value != zero);
      *equal++ |= mask(value == other_value) & both;
      *less++ |= mask(value < other_value) & both;
      *less++ |= mask(value > other_value) & both;
    }
    for (std::size_t cell = 0; cell < cells; ++cell) {
      *in_input++ |= mask(value == vector(input[cell])) & not_zero;
    }
  }
}

// 0 = nothing tells them apart, 1 = a register's being zero does so exactly. `wrong` has bit i set
// if example i of `count` is wrong. 0 if nearly all are wrong or nearly all right.
template <typename Element>
[[gnu::noinline]] double strength(const typename BehaviouralFeatures<Element>::Seen& seen,
                                  std::uint64_t wrong, unsigned count) {
  constexpr int enough = 4;  // fewer are told apart by anything
  const std::uint64_t used =
      count < lane_count ? (std::uint64_t{1} << count) - 1 : ~std::uint64_t{0};
  const std::uint64_t is_wrong = wrong & used;
  const std::uint64_t is_right = ~wrong & used;
  const int wrongs = std::popcount(is_wrong);
  const int rights = std::popcount(is_right);
  if (wrongs < enough || rights < enough) {
    return 0.0;
  }
  // The difference of the shares of wrong and right examples that show a feature.
  const auto best = [&](const std::vector<Lanes<Element>>& features) {
    double largest = 0.0;
    for (const Lanes<Element>& feature : features) {
      const std::uint64_t shown = bits_of(vector(feature));
      const double in_wrong = std::popcount(shown & is_wrong) / static_cast<double>(wrongs);
      const double in_right = std::popcount(shown & is_right) / static_cast<double>(rights);
      largest = std::max(largest, std::abs(in_wrong - in_right));
    }
    return largest;
  };
  const double flag = best(seen.not_zero);
  const double pair = std::max({flag, best(seen.equal), best(seen.less)});
  const double cell = std::max(pair, best(seen.in_input));
  return 0.3 * flag + 0.4 * pair + 0.3 * cell;
}

}  // namespace
}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
