#pragma once

// Partial credit for programs that have what they need to decide, but do not decide on it yet.

#include "discrete/cost/lanes.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nram::discrete {

/// What was in the registers during a run, and how well it tells the examples that come out wrong
/// from those that come out right. Three kinds of features, each nearer to a branch than the next:
/// a register that is not zero at some time, two registers, neither of them zero, that are
/// equal or of which one is less, a register that equals one of the first cells of the input. The
/// idea is that of behavioural programming (Krawiec and O'Reilly, GECCO 2014): a trace from which
/// the fault can be foretold is worth keeping.
template <typename Element>
class BehaviouralFeatures {
 public:
  static constexpr unsigned first_cells = 3;  ///< of the input, compared with

  /// Forgets what was seen. Call before each run.
  void reset(unsigned registers) {
    seen_.registers = registers;
    seen_.not_zero.assign(registers, {});
    seen_.equal.assign(std::size_t{registers} * (registers - 1) / 2, {});
    seen_.less.assign(std::size_t{registers} * (registers - 1), {});
    seen_.in_input.assign(std::size_t{registers} * first_cells, {});
  }

  /// Registers after a step, where `active` is set. O(registers²). Of bytes only; a run on lanes of
  /// any width uses the functions of lane_features.hpp.
  void observe(std::span<const Lanes<Element>> registers, std::span<const Lanes<Element>> input,
               const Lanes<Element>& active);

  /// 0 = nothing tells them apart, 1 = a register's being zero does so exactly. `wrong` has bit i
  /// set if example i of `count` is wrong. 0 if nearly all are wrong or nearly all right. Of bytes
  /// only, as observe().
  [[nodiscard]] double strength(std::uint64_t wrong, unsigned count) const;

  /// Where each feature was seen, as masks.
  struct Seen {
    unsigned registers = 0;
    std::vector<Lanes<Element>> not_zero;  ///< by register
    std::vector<Lanes<Element>> equal;     ///< by pair of registers
    std::vector<Lanes<Element>> less;      ///< two by pair
    std::vector<Lanes<Element>> in_input;  ///< by register and cell
  };
  /// For the functions of lane_features.hpp, which observe and tell the strength.
  [[nodiscard]] Seen& seen() { return seen_; }

 private:
  Seen seen_;
};

}  // namespace nram::discrete
