#include "discrete/cost/features.hpp"

#include "discrete/cost/lane_vector.hpp"

#include <algorithm>
#include <cmath>

namespace nram::discrete {

void Clues::reset(unsigned registers) {
  registers_ = registers;
  not_zero_.assign(registers, Bytes{});
  equal_.assign(std::size_t{registers} * (registers - 1) / 2, Bytes{});
  less_.assign(std::size_t{registers} * (registers - 1), Bytes{});
  in_input_.assign(std::size_t{registers} * first_cells, Bytes{});
}

void Clues::observe(std::span<const Bytes> registers, std::span<const Bytes> input,
                    const Bytes& active) {
  const Bytes* const values = registers.data();
  const Vector zero{};
  Vector* equal = vectors(equal_.data());
  Vector* less = vectors(less_.data());
  Vector* in_input = vectors(in_input_.data());
  const std::size_t cells = std::min<std::size_t>(first_cells, input.size());
  for (unsigned r = 0; r < registers_; ++r) {
    const Vector value = vector(values[r]);
    const Vector not_zero = mask(value != zero) & vector(active);
    vector(not_zero_[r]) |= not_zero;
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

double Clues::strength(std::uint64_t wrong, unsigned count) const {
  constexpr unsigned enough = 4;  // fewer are told apart by anything
  const std::uint64_t used = count < lanes ? (std::uint64_t{1} << count) - 1 : ~std::uint64_t{0};
  const Bytes wrong_bytes = bytes_from(wrong & used);
  const Bytes right_bytes = bytes_from(~wrong & used);
  const Vector is_wrong = vector(wrong_bytes);
  const Vector is_right = vector(right_bytes);
  const unsigned wrongs = lanes_set(is_wrong);
  const unsigned rights = lanes_set(is_right);
  if (wrongs < enough || rights < enough) {
    return 0.0;
  }
  // The difference of the shares of wrong and right examples that show a clue.
  const auto best = [&](const std::vector<Bytes>& clues) {
    double largest = 0.0;
    for (const Bytes& clue : clues) {
      const double in_wrong = lanes_set(vector(clue) & is_wrong) / static_cast<double>(wrongs);
      const double in_right = lanes_set(vector(clue) & is_right) / static_cast<double>(rights);
      largest = std::max(largest, std::abs(in_wrong - in_right));
    }
    return largest;
  };
  const double flag = best(not_zero_);
  const double pair = std::max({flag, best(equal_), best(less_)});
  const double cell = std::max(pair, best(in_input_));
  return 0.3 * flag + 0.4 * pair + 0.3 * cell;
}

}  // namespace nram::discrete
