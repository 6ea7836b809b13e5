#pragma once

// Many runs on one thread, a step of each in turn. A program that follows pointers through a memory
// larger than the cache waits for every step's load; here the next step's cells are on their way
// while the other runs take theirs (compare Kocberber, Falsafi and Grot, Asynchronous memory access
// chaining, VLDB 2015).

#include "bulk/drive.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <nram/engine/executor.hpp>

namespace nram {

/// As many runs at a time as a core has cache lines under way, and some more.
constexpr std::size_t interleaved_runs = 32;

/// What the first memory of many says about the rest: whether its run was long, and few of its
/// steps could be run in bulk.
inline bool worth_interleaving(const RunResult& first) {
  constexpr std::uint64_t long_run = 256;
  return first.steps >= long_run && first.bulk_steps < first.steps / 2;
}

/// Runs all memories. start(i) makes the run of memory i (see bulk::drive for what a Sequential is;
/// runs here also prefetch what their next step needs) and end(i, run, outcome) gets it at its end.
template <typename Sequential, typename Start, typename End>
void interleave(std::size_t memories, const RunOptions& options, Start start, End end) {
  struct Lane {
    std::size_t memory;
    Sequential run;
    std::uint64_t next_progress;
  };
  std::vector<Lane> lanes;
  lanes.reserve(interleaved_runs);
  const std::uint64_t interval =
      options.on_progress ? options.progress_interval : options.step_limit;
  std::size_t next = 0;
  const auto refill = [&] {
    while (lanes.size() < interleaved_runs && next < memories) {
      lanes.push_back({next, start(next), interval});
      ++next;
    }
  };
  // Takes one step of a lane; whether it goes on.
  const auto step = [&](Lane& lane) {
    Outcome outcome = Outcome::step_limit;
    if (lane.run.steps() < options.step_limit) {
      const bulk::SliceEnd ended = lane.run.run(lane.run.steps() + 1);
      if (ended == bulk::SliceEnd::steps_done) {
        if (lane.run.steps() != lane.next_progress || !options.on_progress) {
          return true;
        }
        lane.next_progress += interval;
        if (options.on_progress(lane.run.steps())) {
          return true;
        }
        outcome = Outcome::cancelled;
      } else {
        outcome = ended == bulk::SliceEnd::finished ? Outcome::finished : Outcome::address_fault;
      }
    }
    end(lane.memory, lane.run, outcome);
    return false;
  };
  for (refill(); !lanes.empty(); refill()) {
    // Steps of all lanes until the first ends.
    bool all_go_on = true;
    while (all_go_on) {
      for (std::size_t i = 0; i < lanes.size(); ++i) {
        if (!step(lanes[i])) {
          if (i + 1 != lanes.size()) {
            std::swap(lanes[i], lanes.back());
          }
          lanes.pop_back();
          all_go_on = false;
          break;
        }
      }
    }
  }
}

}  // namespace nram
