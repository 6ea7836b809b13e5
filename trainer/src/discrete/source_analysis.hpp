#pragma once

// Which sources of a circuit matter.

#include "discrete/liveness.hpp"

#include <cstdint>
#include <vector>

namespace nram::discrete {

/// Of the circuits of one machine. A source is a register or, after these, a module's output.
class SourceAnalysis {
 public:
  /// A module, with masks instead of conditions: branches on circuits would be unpredictable.
  struct Shape {
    Opcode opcode;
    std::uint8_t module;
    std::uint8_t output;    ///< as a source
    std::uint8_t argument;  ///< the first
    std::uint64_t uses_a;   ///< all ones or 0
    std::uint64_t uses_b;
    std::uint64_t can_fail;  ///< the bit of a READ's output
  };

  explicit SourceAnalysis(const Machine& machine);

  [[nodiscard]] const std::vector<Shape>& shapes() const { return shapes_; }

  /// The sources that matter in a step after which the registers `after` are live, as bits. A READ
  /// whose value only goes to a dead register can still fail, so it matters. O(modules).
  [[nodiscard]] std::uint64_t live_sources(const Wiring& wiring, RegisterSet after) const;

  /// The modules that matter where all registers do, as bits. O(modules).
  [[nodiscard]] std::uint64_t live_modules(const Wiring& wiring) const;

  /// How much there is in the rows of a candidate, after which the registers `live` matter, if
  /// their circuits are put into one: the modules that matter in any of them, and for each input of
  /// these and each register the sources that it takes beside the first. O(rows · modules).
  [[nodiscard]] std::size_t joint_size(const Candidate& candidate, std::uint64_t rows,
                                       const Liveness& live) const;

  /// Whether two circuits differ in nothing that matters then. O(modules).
  [[nodiscard]] bool equivalent(const Wiring& a, const Wiring& b, RegisterSet after) const;

 private:
  unsigned registers_;
  std::vector<Shape> shapes_;
  std::uint64_t always_live_ = 0;  // WRITEs
};

}  // namespace nram::discrete
