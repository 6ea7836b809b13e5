#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <nram/engine/machine.hpp>
#include <nram/model-io/example.hpp>

namespace nram {

/// Up to 16 examples that the soft machine runs side by side, one in each SIMD lane. They have the
/// same number of cells M (which is also the modulus, as in training N = M) and of steps T.
///
/// All arrays are [index][lane], that is element (i, lane) is at i * lanes + lane. The number of
/// lanes is fixed, whatever the computer, so that results depend neither on its vector width nor on
/// the number of threads.
struct LaneGroup {
  static constexpr unsigned lanes = 16;
  static constexpr unsigned min_modulus = 2;
  static constexpr unsigned max_modulus = 1024;

  /// A group of unused lanes: zero memory and registers, nothing counts. Throws Error(data) unless
  /// min_modulus ≤ modulus ≤ max_modulus and steps ≥ 1.
  LaneGroup(unsigned modulus, unsigned steps, unsigned registers);

  /// Puts an example into a lane: result cells (those with an expected value) get weight 1, the
  /// others weight `preserve_weight` and their initial value as the expected one; `scale`
  /// multiplies the lane's cost. Throws Error(data) unless memory has `modulus` cells, all values
  /// are below it, and the registers fit.
  void set(unsigned lane, const Example& example, float scale, float preserve_weight = 0.0F);

  unsigned modulus;    ///< M: cells, and values of a cell
  unsigned steps;      ///< T ≥ 1
  unsigned registers;  ///< R

  std::vector<std::uint16_t> initial_memory;     ///< [M][lane], below M
  std::vector<std::uint16_t> initial_registers;  ///< [R][lane], below M
  std::vector<std::uint16_t> expected;           ///< [M][lane], below M
  std::vector<float> weight;                     ///< [M][lane] ≥ 0; 0 = the cell does not count
  std::vector<std::uint8_t> is_result;           ///< [M][lane] 1 = counts for the soft accuracy
  std::array<float, lanes> scale{};              ///< of the lane's cost; 0 = the lane is unused
};

/// How examples become lane groups.
struct PackSettings {
  unsigned steps = 0;            ///< T for examples that do not set Example::steps
  unsigned extra_steps = 0;      ///< added to every T
  float preserve_weight = 0.0F;  ///< weight of cells that are not results (they must not change)
  unsigned parts = 1;            ///< of the batch that these examples are one part of
};

/// Packs examples into lanes in their order; a new group starts when one is full or when the number
/// of cells or steps changes. Every lane's scale is 1 / (number of examples · parts), so that the
/// cost of a batch is the mean cost of its examples. Throws Error(data) as LaneGroup::set does, or
/// if an example has no budget of steps.
std::vector<LaneGroup> pack_lanes(const Machine& machine, std::span<const Example> examples,
                                  const PackSettings& settings);

}  // namespace nram
