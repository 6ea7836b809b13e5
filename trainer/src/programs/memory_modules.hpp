#pragma once

// Steps that leave the memory alone although WRITE runs in every step: it puts back what READ has
// just read.

#include <optional>

#include <nram/engine/circuit.hpp>

namespace nram {

/// The modules of a machine that touch the memory.
class MemoryModules {
 public:
  explicit MemoryModules(const Machine& machine);

  [[nodiscard]] std::optional<unsigned> read() const { return read_; }

  /// Whether a step can leave the memory alone: there is no WRITE, or READ before it.
  [[nodiscard]] bool can_leave_alone() const { return !write_ || (read_ && *read_ < *write_); }

  /// Lets the circuit, which is one of `machine`, put back what is at `address`, a source that
  /// READ can have. Its READ must have this address or none. Precondition: can_leave_alone().
  void leave_alone(const Machine& machine, Source address, Circuit& circuit) const;

 private:
  std::optional<unsigned> read_;
  std::optional<unsigned> write_;
};

}  // namespace nram
