#include "discrete/cost/features.hpp"

#include "instruction_set/targets.hpp"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "discrete/cost/features.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "discrete/cost/lane_functions.hpp"
#include "discrete/cost/lane_vector.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::discrete::HWY_NAMESPACE {

void observe(BehaviouralFeatures::Seen& seen, std::span<const Bytes> registers,
             std::span<const Bytes> input, const Bytes& active) {
  const Bytes* const values = registers.data();
  const Vector zero{};
  Vector* equal = vectors(seen.equal.data());
  Vector* less = vectors(seen.less.data());
  Vector* in_input = vectors(seen.in_input.data());
  const std::size_t cells = std::min<std::size_t>(BehaviouralFeatures::first_cells, input.size());
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

double strength(const BehaviouralFeatures::Seen& seen, std::uint64_t wrong, unsigned count) {
  constexpr unsigned enough = 4;  // fewer are told apart by anything
  const std::uint64_t used =
      count < byte_lanes ? (std::uint64_t{1} << count) - 1 : ~std::uint64_t{0};
  const Bytes wrong_bytes = bytes_from(wrong & used);
  const Bytes right_bytes = bytes_from(~wrong & used);
  const Vector is_wrong = vector(wrong_bytes);
  const Vector is_right = vector(right_bytes);
  const unsigned wrongs = lanes_set(is_wrong);
  const unsigned rights = lanes_set(is_right);
  if (wrongs < enough || rights < enough) {
    return 0.0;
  }
  // The difference of the shares of wrong and right examples that show a feature.
  const auto best = [&](const std::vector<Bytes>& features) {
    double largest = 0.0;
    for (const Bytes& feature : features) {
      const double in_wrong = lanes_set(vector(feature) & is_wrong) / static_cast<double>(wrongs);
      const double in_right = lanes_set(vector(feature) & is_right) / static_cast<double>(rights);
      largest = std::max(largest, std::abs(in_wrong - in_right));
    }
    return largest;
  };
  const double flag = best(seen.not_zero);
  const double pair = std::max({flag, best(seen.equal), best(seen.less)});
  const double cell = std::max(pair, best(seen.in_input));
  return 0.3 * flag + 0.4 * pair + 0.3 * cell;
}

}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace nram::discrete {

HWY_EXPORT(observe);
HWY_EXPORT(strength);

void BehaviouralFeatures::reset(unsigned registers) {
  seen_.registers = registers;
  seen_.not_zero.assign(registers, Bytes{});
  seen_.equal.assign(std::size_t{registers} * (registers - 1) / 2, Bytes{});
  seen_.less.assign(std::size_t{registers} * (registers - 1), Bytes{});
  seen_.in_input.assign(std::size_t{registers} * first_cells, Bytes{});
}

void BehaviouralFeatures::observe(std::span<const Bytes> registers, std::span<const Bytes> input,
                                  const Bytes& active) {
  HWY_DYNAMIC_DISPATCH(observe)(seen_, registers, input, active);
}

double BehaviouralFeatures::strength(std::uint64_t wrong, unsigned count) const {
  return HWY_DYNAMIC_DISPATCH(strength)(seen_, wrong, count);
}

}  // namespace nram::discrete
#endif
