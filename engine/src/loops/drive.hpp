#pragma once

// Runs a program by a sequential engine in slices of steps; between slices, loops that the program
// is in the middle of run vectorised where that pays.

#include "runner.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include <nram/engine/executor.hpp>

namespace nram::loops {

enum class SliceEnd : std::uint8_t { finished, steps_done, fault };

/// Where a run stands between slices.
struct Place {
  std::size_t block;
  Wanted wanted = Wanted::any;  ///< of the loops
};

// Steps of the sequential engine until the first look for a loop (if it vectorises none itself),
// between looks after one that was worth it, and at most: every look that is not worth it makes the
// pause four times as long, so that inspector costs little whatever the program does.
constexpr std::uint64_t usual_first_pause = 64;
constexpr std::uint64_t least_pause = 32;
constexpr std::uint64_t most_pause = 1U << 16U;
constexpr std::uint64_t worth_it = 2048;

/// A run of a sequential engine, which the template parameter Sequential of drive() is:
///   std::uint64_t steps() const;              completed steps
///   SliceEnd run(std::uint64_t stop_at);      goes on until steps() is stop_at, which is larger
///   std::optional<Place> place() const;       if vectorised loops are wanted
///   const Plans& plans() const;               of the blocks
///   Runner<Cell> runner(bool any_length) const;
///   std::uint64_t first_pause(bool always) const;  steps until the first look for a loop; until
///                                             every look if it looks `always`
///   Cell* registers();                        their values between slices
///   void skip(std::uint64_t steps);           that many steps have been done, registers() are new
///
/// Runs, from the step where it stands, until the program ends, the step limit is reached or
/// on_progress cancels. `vectorised_steps` becomes the number of steps done in vectorised loops. If
/// it `looks_first`, a first slice has been run already.
template <typename Cell, typename Sequential>
Outcome drive(Sequential& sequential, const RunOptions& options, std::uint64_t& vectorised_steps,
              bool looks_first = false) {
  std::optional<Runner<Cell>> runner;
  bool looks = options.speculation != Speculation::never;
  const bool always = options.speculation == Speculation::always;
  std::uint64_t pause = sequential.first_pause(always);
  vectorised_steps = 0;
  while (sequential.steps() < options.step_limit) {
    const std::uint64_t left = options.step_limit - sequential.steps();
    const std::uint64_t to_progress =
        options.progress_interval - sequential.steps() % options.progress_interval;
    const std::uint64_t slice = options.on_progress ? std::min(left, to_progress) : left;
    const std::uint64_t stop_at = sequential.steps() + slice;
    while (sequential.steps() < stop_at) {
      const std::uint64_t room = stop_at - sequential.steps();
      if (!std::exchange(looks_first, false)) {
        const std::uint64_t now = looks ? std::min(room, pause) : room;
        const SliceEnd end = sequential.run(sequential.steps() + now);
        if (end != SliceEnd::steps_done) {
          return end == SliceEnd::finished ? Outcome::finished : Outcome::address_fault;
        }
      }
      if (sequential.steps() == stop_at || !looks) {
        continue;
      }
      if (!runner) {
        looks = sequential.plans().any;
        if (!looks) {
          continue;
        }
        runner.emplace(sequential.runner(always));
      }
      std::uint64_t done = 0;
      if (const std::optional<Place> place = sequential.place()) {
        done = runner->run(place->block, sequential.registers(), stop_at - sequential.steps(),
                           place->wanted);
        if (done != 0) {
          sequential.skip(done);
          vectorised_steps += done;
        }
      }
      pause = always ? pause : done >= worth_it ? least_pause : std::min(4 * pause, most_pause);
    }
    if (options.on_progress && slice == to_progress && !options.on_progress(sequential.steps())) {
      return Outcome::cancelled;
    }
  }
  return Outcome::step_limit;
}

}  // namespace nram::loops
