#pragma once

// Many runs on one thread, a step of each in turn. A program that follows pointers through a memory
// larger than the cache waits for every step's load; here the next step's cells are on their way
// while the other runs take theirs (compare Kocberber, Falsafi and Grot, Asynchronous memory access
// chaining, VLDB 2015). Generated code goes from run to run by itself and returns at the end of
// one.

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
  struct Lane : NativeRun {
    std::size_t memory = 0;
  };
  const std::uint64_t interval =
      options.on_progress ? options.progress_interval : options.step_limit;
  const auto next_stop = [&](std::uint64_t steps) {
    return std::min(options.step_limit - steps, interval) + steps;
  };
  std::vector<Lane> lanes(std::min(runs, interleaved_runs));
  std::size_t started = 0;
  const auto fill = [&](Lane& lane) {
    NativeRun* const next = lane.next;
    static_cast<NativeRun&>(lane) = start(started);
    lane.memory = started++;
    lane.next = next;
    lane.quantum = 1;
    lane.stop_at = next_stop(0);
  };
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    lanes[i].next = &lanes[(i + 1) % lanes.size()];
    fill(lanes[i]);
  }

  NativeRun* current = lanes.data();
  while (current != nullptr) {
    const std::uint32_t reason = function(current->cells, cells, current);
    Lane& lane = *static_cast<Lane*>(current->stopped);
    Outcome outcome = reason == native_finished ? Outcome::finished : Outcome::address_fault;
    if (reason == native_steps_done) {
      const bool at_limit = lane.steps == options.step_limit;
      const bool asks = options.on_progress && lane.steps % interval == 0;
      outcome = at_limit ? Outcome::step_limit : Outcome::cancelled;
      if (asks && !options.on_progress(lane.steps)) {
        outcome = Outcome::cancelled;
      } else if (!at_limit) {
        lane.stop_at = next_stop(lane.steps);
        current = lane.next;
        continue;
      }
    }
    end(lane.memory, lane, outcome);
    current = lane.next;
    if (started < runs) {
      fill(lane);
      continue;
    }
    // The ring becomes smaller.
    const auto before = std::find_if(lanes.begin(), lanes.end(),
                                     [&](const Lane& one) { return one.next == &lane; });
    before->next = lane.next;
    lane.next = nullptr;
    if (current == &lane) {
      current = nullptr;
    }
  }
}

}  // namespace nram::jit
