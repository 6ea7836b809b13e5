#pragma once

// THE schedule: which arm attempt N is of, and which registers, states, curriculum and scattered
// settings it gets. Every table is in attempt_plan.cpp. Attempts take turns in what they look for,
// because no kind of program is best for all tasks.

#include "discrete/annealing.hpp"
#include "discrete/elite_pool.hpp"
#include "discrete/example_source.hpp"
#include "discrete/proposals/moves.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include <nram/trainer/progress.hpp>
#include <nram/trainer/random.hpp>
#include <nram/trainer/settings.hpp>

namespace nram {

/// What a task asks of machines and arms.
struct TaskNeeds {
  bool differentiable = true;  ///< as Task::differentiable()
  unsigned registers = 0;      ///< as Task::initial_registers()
};

/// The arm of attempt `number`. Throws Error(usage) if all arms are switched off, or all but those
/// by gradient and the task is not differentiable. Annealing has no turn if the task needs more
/// registers than it has room for, unless nothing else is left.
Arm arm_of(const Settings& settings, const TaskNeeds& needs, std::uint64_t number);

/// The stage of the task that attempt `number` works at: each slot's first attempt at the first
/// one, its second at the next, until there are no more (see Task::stages).
std::size_t stage_of(const Settings& settings, std::size_t stages, std::uint64_t number);

/// Random streams of an attempt; those of testing never depend on the learning so far.
enum class Purpose : std::uint64_t { learning, examples, testing, confirming };
Random random_of(const Settings& settings, std::uint64_t number, Purpose purpose);

/// The registers of an attempt at a controller, and of its repair: Settings::Machine::registers, or
/// from 3 to 5 in turn if that is 0. Never fewer than `least`, here and in all plans.
unsigned registers_of(const Settings& settings, std::uint64_t number, unsigned least = 0);

/// The settings of attempt `number` at a controller: the given ones, of which the step size, the
/// ponder cost, the slack of steps and the weight of the cells that are not results are scattered
/// if Settings::Curriculum::vary says so, as which ones suit a task is not known. Whether a program
/// has to be clean to pass is not for an attempt to say.
Settings varied_settings(const Settings& settings, std::uint64_t number);

/// Which levels an attempt at a controller draws its examples from.
struct CurriculumPlan {
  double any_level = 0.1;       ///< chance of any level, as the paper has it: nothing is forgotten
  double any_or_easier = 0.35;  ///< ... or of one from the first on; the rest are at the front
  double beyond = 0.5;          ///< chance of each further level ahead of the current one
  double memory = 0.9;          ///< of the smoothed share of wrong cells, an example group
};

/// What an attempt at a differentiable automaton learns, and how.
struct AutomatonPlan {
  unsigned states = 1;
  unsigned registers = 4;
  bool tied = false;       ///< both rules of a state begin nearly alike
  unsigned rounds = 1;     ///< of modules in a step
  std::size_t levels = 5;  ///< of the curriculum to begin with, if their examples are small

  /// Of the first of two rounds, at most, so that the registers for all that is kept for the second
  /// do not make a program too large.
  std::size_t first_round_modules = 6;

  // Examples.
  std::size_t fewest_levels = 2;   ///< to begin with, even if their examples are not small
  std::size_t small_cells = 24;    ///< time goes with the square of the cells
  std::size_t further_levels = 1;  ///< added when nearly all is right
  double nearly_right = 0.985;     ///< of the result cells: on to longer examples
  double whole_prologue = 0.2;     ///< chance that as many cells are loaded as possible
  /// Share of groups whose modulus is above the task's cells, and by how much at most: what is only
  /// right because addresses wrap around at the number of cells is not right for larger moduli.
  double padded_share = 0.5;
  std::size_t most_padding = 3;
  unsigned validation_groups = 10;

  // Cost.
  /// So high that one cell that is hopeless does not drown all others.
  double log_floor = 1e-4;
  /// Weights of cells that are no results, unless asked for more: at first, and on longer examples,
  /// for which only what is right already is learned.
  double other_cells = 0.1;
  double later_other_cells = 0.5;

  // Iterated local search, with gradient descent as the local search.
  unsigned stages = 3;        ///< of learning anew; after each, what is far worse is given up
  unsigned first_stages = 6;  ///< of learning from nothing
  std::array<double, 2> most_worse = {0.6, 0.2};  ///< mean cost, after all stages but the last
  double temperature = 0.02;                      ///< what is a little worse is sometimes kept
  double improvement = 0.01;                      ///< less than this does not count as one
  double worth_waiting = 0.9;  ///< of the held-out cells: there is reason to be patient
  unsigned more_patience = 4;  ///< times
};

AutomatonPlan automaton_plan(const Settings& settings, std::uint64_t number, unsigned least = 0);

/// The share of all modules that an attempt learns with: some have hardly any, and learn quickly,
/// others most of what could be needed.
double module_share(const Settings& settings, Random& random);

/// What kind of program an attempt by annealing looks for, and how.
struct AnnealingPlan {
  unsigned registers = 3;
  unsigned states = 1;  ///< 1: a table of zero-masks (feed-forward); more: an automaton (recurrent)
  discrete::Levels levels = discrete::Levels::easier;
  double features = 0.0;        ///< as in discrete::Penalties::features
  double partial_credit = 1.0;  ///< as in discrete::Penalties
  /// Cells from the first on that are in registers where the search's part of the program begins;
  /// see programs/prologue.hpp.
  std::size_t prologue_cells = 0;
  discrete::KeepRates keep{};
  unsigned spare_states = 0;  ///< of the states, not used before a program is nearly right
  /// An attempt whose best program costs more when half of its candidates are gone gives up.
  double most_at_half = 2.0;
  /// Candidates that take half as many steps again as their parent (and four more) are rejected.
  /// That is quicker, but programs without a loop hardly ever come to have one.
  bool limit_steps = false;

  // The attempt.
  std::uint64_t candidates = 0;                ///< unless it still improves
  std::uint64_t patience = 4;                  ///< it goes on for 1 / this of them after a new best
  double nearly_right = 0.2;                   ///< cost: only some ends are missing
  std::uint64_t patience_if_nearly_right = 3;  ///< times as long
  unsigned confirmations = 30;  ///< fresh sets of examples that a program without cost must pass
  /// An attempt that has come to so many programs which are right on all that it learns from and
  /// wrong on what is held out gives up, if the next stage of the task has more to learn from.
  unsigned most_misled = 5;
  unsigned clean_rounds = 30;  ///< that look for a clean program once one is right and stops
  std::uint64_t polish_candidates = 0;

  // Rounds: each is an annealing run, from something fresh or from an elite.
  std::uint64_t round_candidates = 50000;  ///< or all that the attempt has, if fewer
  double fresh =
      0.3;  ///< share of rounds that begin with a random candidate, once there are elites
  double crossed = 0.3;          ///< of the others, with a mix of two elites
  double start_if_fresh = 0.03;  ///< temperatures
  double start_if_elite = 0.015;
  double start_if_repair = 0.01;  ///< gentle: the program is nearly right
  discrete::ElitePoolSettings pool{};
  /// What a result that all elites get right weighs beside one that none does, and how many elites
  /// there have to be before they are asked.
  double least_weight = 0.05;
  std::size_t least_elites = 4;
};

/// With fewer different examples, more than one program is likely to fit them.
inline constexpr std::size_t few_examples = 40;

/// How long a search goes on after its first success, by the clocks of its slots, for other
/// programs that fit the examples of a file as well.
struct LookPlan {
  double further = 1.0;     ///< as long as the search took, times this
  std::uint64_t least = 0;  ///< but at least so long
  std::size_t most = 6;     ///< programs, with the first

  /// When it is over.
  [[nodiscard]] std::uint64_t end_after(std::uint64_t first) const {
    return first +
           std::max(least, static_cast<std::uint64_t>(static_cast<double>(first) * further));
  }
};

/// The plan for a file with so many different examples; nothing for tasks that have no file (0) and
/// where the settings say so.
std::optional<LookPlan> look_plan(const Settings& settings, std::size_t examples);

/// The plan of an attempt. Settings that are not 0 (registers, states) hold for all attempts.
AnnealingPlan annealing_plan(const Settings& settings, std::uint64_t number, unsigned least = 0);

/// The plan of an attempt that begins from a program with so many registers and states: that of the
/// attempt otherwise, with room for it and no prologue but its own.
AnnealingPlan warm_plan(const Settings& settings, std::uint64_t number, unsigned registers,
                        unsigned states);

/// The plan of repairing what attempt `number` by gradient ended with: a table, its registers.
AnnealingPlan repair_plan(const Settings& settings, std::uint64_t number, unsigned least = 0);

}  // namespace nram
