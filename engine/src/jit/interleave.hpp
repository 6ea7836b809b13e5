#pragma once

// Many runs on one thread, round robin, a step of each. A program that follows pointers through a
// memory larger than the cache waits for every step's load; here the next step's cells are on their
// way while the other runs take theirs (compare Kocberber, Falsafi and Grot, Asynchronous memory
// access chaining, VLDB 2015). Generated code goes from run to run by itself and returns at the end
// of one.

#include "native_run.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <nram/engine/executor.hpp>

namespace nram::jit {

/// About as many runs at a time as the second level of a core's cache has lines under way; with
/// more, the core has to look up addresses of more pages again than it remembers.
constexpr std::size_t interleaved_runs = 48;

/// Runs memories 0 to `runs` - 1 of `cells` cells each. start(i) makes the run of memory i, with
/// its cells; end(i, run, outcome) gets it at its end. Preconditions: runs and options.step_limit
/// are not 0.
template <typename Start, typename End>
void interleave(NativeFunction function, std::size_t runs, std::size_t cells,
                const RunOptions& options, Start start, End end) {
  struct Slot : NativeRun {
    std::size_t memory = 0;
  };
  const std::uint64_t interval =
      options.on_progress ? options.progress_interval : options.step_limit;
  const auto next_stop = [&](std::uint64_t steps) {
    return std::min(options.step_limit - steps, interval) + steps;
  };
  std::vector<Slot> slots(std::min(runs, interleaved_runs));
  std::size_t started = 0;
  const auto fill = [&](Slot& slot) {
    NativeRun* const next = slot.next;
    static_cast<NativeRun&>(slot) = start(started);
    slot.memory = started++;
    slot.next = next;
    slot.quantum = 1;
    slot.stop_at = next_stop(0);
  };
  for (std::size_t i = 0; i < slots.size(); ++i) {
    slots[i].next = &slots[(i + 1) % slots.size()];
    fill(slots[i]);
  }

  NativeRun* current = slots.data();
  while (current != nullptr) {
    const std::uint32_t reason = function(current->cells, cells, current);
    Slot& slot = *static_cast<Slot*>(current->stopped);
    Outcome outcome = reason == native_finished ? Outcome::finished : Outcome::address_fault;
    if (reason == native_steps_done) {
      const bool at_limit = slot.steps == options.step_limit;
      const bool asks = options.on_progress && slot.steps % interval == 0;
      outcome = at_limit ? Outcome::step_limit : Outcome::cancelled;
      if (asks && !options.on_progress(slot.steps)) {
        outcome = Outcome::cancelled;
      } else if (!at_limit) {
        slot.stop_at = next_stop(slot.steps);
        current = slot.next;
        continue;
      }
    }
    end(slot.memory, slot, outcome);
    current = slot.next;
    if (started < runs) {
      fill(slot);
      continue;
    }
    // The ring becomes smaller.
    const auto before = std::find_if(slots.begin(), slots.end(),
                                     [&](const Slot& one) { return one.next == &slot; });
    before->next = slot.next;
    slot.next = nullptr;
    if (current == &slot) {
      current = nullptr;
    }
  }
}

}  // namespace nram::jit
