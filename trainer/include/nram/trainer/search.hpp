#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include <nram/model-io/model.hpp>
#include <nram/trainer/restart.hpp>

namespace nram {

/// How a search is carried out; none of this changes what it computes, except that limits may cut
/// it short.
struct SearchOptions {
  unsigned threads = 0;          ///< 0 = as many as the machine has
  double time_budget = 0.0;      ///< seconds; 0 = unlimited
  std::string checkpoint{};      ///< file to write the state to every so often; empty = none
  double checkpoint_every = 30;  ///< seconds
  bool resume = false;           ///< go on from `checkpoint`
  /// Called from time to time, by one thread at a time, with the progress of one of the running
  /// restarts; returning false ends the search (its best is kept).
  std::function<bool(const struct SearchProgress&)> on_progress{};
};

struct SearchProgress {
  RestartProgress running;
  std::uint64_t restarts_done = 0;
  std::uint64_t diverged = 0;
  Score best;  ///< over all restarts so far
  double seconds = 0.0;
};

/// Why a search ended.
enum class SearchEnd : std::uint8_t { solved, restarts_exhausted, time_budget, interrupted };

std::string_view name_of(SearchEnd end);

struct SearchResult {
  SearchEnd end = SearchEnd::restarts_exhausted;
  Model model;                   ///< the winner, or the best so far
  Score score;                   ///< on held-out cases
  std::uint64_t restart = 0;     ///< the number of the restart it comes from
  std::uint64_t iterations = 0;  ///< of that restart
  std::uint64_t restarts_done = 0;
  std::uint64_t diverged = 0;
  double seconds = 0.0;
};

/// Looks for weights whose hard program is right on held-out examples and stops by itself.
///
/// Restarts run in parallel; the winner is the one with the lowest number that succeeds, whatever
/// the order in which they end, so that the number of threads changes only the time. Throws
/// Error(usage) for impossible settings and Error(io/data) for checkpoint files.
SearchResult search(const Task& task, const Machine& machine, const Settings& settings,
                    const SearchOptions& options);

}  // namespace nram
