#pragma once

// A run in native code as loops::drive() wants a sequential engine.

#include "../loops/drive.hpp"
#include "code_cache.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include <nram/engine/parallel.hpp>

namespace nram::jit {

/// One run of a program on one memory.
template <typename Cell>
class Sequential {
 public:
  /// Goes on with `native`, or starts. If it `may_stay`, loops that the code vectorises itself are
  /// left to it unless the memory is large enough for threads.
  Sequential(const Compiled& compiled, const Machine& machine, std::span<Cell> memory,
             Modulus modulus, bool may_stay, const NativeRun& native)
      : compiled_(compiled),
        machine_(machine),
        memory_(memory),
        modulus_(modulus),
        may_stay_(may_stay),
        native_(native) {}

  [[nodiscard]] std::uint64_t steps() const { return native_.steps; }
  loops::SliceEnd run(std::uint64_t stop_at) {
    native_.stop_at = stop_at;
    slice_ = {native_.steps, native_.vectorised_steps};
    switch (compiled_.function(memory_.data(), memory_.size(), &native_)) {
      case native_finished:
        return loops::SliceEnd::finished;
      case native_fault:
        return loops::SliceEnd::fault;
      default:
        return loops::SliceEnd::steps_done;
    }
  }
  // Code with vectorised loops of its own is the fastest there is, but for threads and for stores
  // past the cache.
  [[nodiscard]] std::optional<loops::Place> place() const {
    const bool is_fast =
        native_.vectorised_steps - slice_.vectorised_steps > (native_.steps - slice_.steps) / 2;
    const std::size_t threads = parallel_threads();
    const bool has_parts =
        threads != 1 &&
        memory_.size() / 2 >= loops::Runner<Cell>::least_parallel_iterations(threads);
    if (!is_fast || !may_stay_ || has_parts) {
      return loops::Place{native_.block};
    }
    return memory_.size_bytes() <= loops::cache_bytes
               ? std::nullopt
               : std::optional(loops::Place{native_.block, loops::Wanted::past_cache});
  }
  [[nodiscard]] const loops::Plans& plans() const { return compiled_.plans; }
  [[nodiscard]] loops::Runner<Cell> runner(bool any_length) const {
    return {machine_, plans(), memory_, modulus_, any_length};
  }
  [[nodiscard]] std::uint64_t first_pause(bool always) const {
    return compiled_.first_pause(always);
  }
  Cell* registers() {
    for (unsigned r = 0; r < machine_.registers(); ++r) {
      cells_[r] = static_cast<Cell>(native_.registers[r]);
    }
    return cells_.data();
  }
  void skip(std::uint64_t steps) {
    native_.steps += steps;
    std::copy_n(cells_.begin(), machine_.registers(), native_.registers);
  }
  [[nodiscard]] const NativeRun& native() const { return native_; }

 private:
  const Compiled& compiled_;
  const Machine& machine_;
  std::span<Cell> memory_;
  Modulus modulus_;
  bool may_stay_;
  struct {
    std::uint64_t steps = 0;
    std::uint64_t vectorised_steps = 0;
  } slice_;  // where the last one began
  NativeRun native_;
  std::array<Cell, Machine::max_registers> cells_{};  // registers, between slices
};

}  // namespace nram::jit
