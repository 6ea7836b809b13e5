#pragma once

#include <cstddef>
#include <cstdint>

#include <nram/engine/machine.hpp>

namespace nram::jit {

/// What generated code and its caller share. The code starts at `block`, runs at most until
/// `steps` reaches `stop_at` (which is larger) and says why it stopped.
struct NativeRun {
  std::uint64_t steps = 0;
  std::uint64_t stop_at = 0;
  std::uint64_t modulus = 0;  ///< not used by code for natural wrap-around
  std::uint64_t fault_address = 0;
  std::uint32_t fault_module = 0;
  std::uint32_t state = 0;  ///< after the last completed step
  std::uint32_t block = 0;  ///< to go on with
  std::uint32_t unused = 0;
  std::uint64_t registers[Machine::max_registers] = {};
};

enum NativeEnd : std::uint32_t { native_finished = 0, native_steps_done = 1, native_fault = 2 };

using NativeFunction = std::uint32_t (*)(void* cells, std::uint64_t size, NativeRun* run);

}  // namespace nram::jit
