#pragma once

// What kind of program an attempt of the search looks for, and how. Attempts take turns, because no
// kind is best for all tasks.

#include "discrete/proposals/moves.hpp"

#include <cstdint>

#include <nram/trainer/settings.hpp>

namespace nram {

/// Which sizes of examples come up more often.
enum class Levels { easier, harder };

struct SearchPlan {
  unsigned registers = 3;
  unsigned states = 1;  ///< 1: a table of zero-masks (feed-forward); more: a flow chart (recurrent)
  Levels levels = Levels::easier;
  double clues = 0.0;           ///< as in discrete::Prices
  double partial_credit = 1.0;  ///< as in discrete::Prices
  /// Cells from the first on that are in registers where the search's part of the program begins;
  /// see loading.hpp.
  std::size_t loaded_cells = 0;
  discrete::KeepRates keep{};
  unsigned spare_states = 0;  ///< of the states, not used before a program is nearly right
  /// An attempt whose best program costs more when half of its candidates are gone gives up.
  double most_at_half = 2.0;
  /// Candidates that take half as many steps again as their parent (and four more) are rejected.
  /// That is quicker, but programs without a loop hardly ever come to have one.
  bool limit_steps = false;
};

/// The plan of an attempt. Settings that are not 0 (registers, states) hold for all attempts.
SearchPlan search_plan(const Settings& settings, std::uint64_t number);

/// The plan of mending what gradient attempt `number` ended with: a table, its registers.
SearchPlan mending_plan(const Settings& settings, std::uint64_t number);

}  // namespace nram
