#pragma once

// The circuits of a candidate, each as the sequence of operations that matter in it.

#include "discrete/source_analysis.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace nram::discrete {

/// Most candidates differ little from the one before: what is the same is kept from it. Not for
/// concurrent use.
class CircuitCode {
 public:
  /// A module that matters and is no constant. Its inputs are sources that matter, too.
  struct Operation {
    Opcode opcode;
    std::uint8_t module;
    std::uint8_t output;  ///< as a source
    std::uint8_t a;
    std::uint8_t b;
  };
  /// A register that gets the value of another source, and matters.
  struct Update {
    std::uint8_t of;
    std::uint8_t source;
  };
  struct Code {
    std::vector<Operation> operations;  ///< in the order in which they run
    std::vector<Update> updates;        ///< all at once, after them
  };

  explicit CircuitCode(const Machine& machine);

  /// For runs that enter `rows` only, after which the registers `live` matter. O(rows + circuits)
  /// where nothing has changed since the last time, O(circuits · modules) at worst.
  void translate(const Candidate& candidate, std::uint64_t rows, const Liveness& live);

  /// Of a circuit that one of the rows has.
  [[nodiscard]] const Code& of(unsigned circuit) const { return codes_[circuit]; }

  /// No module that can fail comes after a WRITE, so none has to be undone, and all memory can
  /// change at the end of a step.
  [[nodiscard]] bool write_is_last() const { return write_is_last_; }

 private:
  // What a code was made from.
  struct Known {
    Wiring wiring;
    RegisterSet after = 0;  // registers that are live after a step with it
    bool translated = false;
  };

  void translate(unsigned circuit, const Wiring& wiring, RegisterSet after);

  unsigned registers_;
  SourceAnalysis sources_;
  std::uint64_t constants_ = 0;  // sources, as bits
  bool write_is_last_ = true;
  std::array<Known, max_circuits> known_{};
  std::array<Code, max_circuits> codes_;
};

}  // namespace nram::discrete
