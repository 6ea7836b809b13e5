#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <nram/model-io/model.hpp>
#include <nram/trainer/attempt.hpp>

namespace nram {

struct SearchProgress;

/// How a search is carried out; none of this changes what it computes, except that limits may cut
/// it short.
struct SearchOptions {
  unsigned threads = 0;          ///< 0 = as many as the machine has
  double time_budget = 0.0;      ///< seconds; 0 = unlimited
  std::string checkpoint{};      ///< file to write the state to every so often; empty = none
  double checkpoint_every = 30;  ///< seconds
  bool resume = false;           ///< go on from `checkpoint`
  /// Called a few times a second, by one thread at a time, with the progress of one of the running
  /// attempts; returning false ends the search (its best is kept).
  std::function<bool(const SearchProgress&)> on_progress{};
};

struct SearchProgress {
  AttemptProgress running;
  std::uint64_t attempts_done = 0;
  std::uint64_t diverged = 0;
  Score best;  ///< over all attempts so far
  double seconds = 0.0;
};

/// Why a search ended.
enum class SearchEnd : std::uint8_t { solved, attempts_exhausted, time_budget, interrupted };

std::string_view name_of(SearchEnd end);

struct SearchResult {
  SearchEnd end = SearchEnd::attempts_exhausted;
  Model model;              ///< the winner's, or the best so far
  AttemptProgress attempt;  ///< the attempt it comes from
  std::uint64_t attempts_done = 0;
  std::uint64_t diverged = 0;
  double seconds = 0.0;
};

/// Looks for a model whose hard program is right on held-out examples and stops by itself.
///
/// Streams of attempts advance side by side in portions of work, each by a clock of its own: a
/// portion takes three ticks, of an attempt by search that costs less than 0.35 only one. The
/// stream that is furthest behind goes on, and the winner is the success with the earliest clock,
/// so that the number of threads changes only the time. A successful search removes its checkpoint.
/// Throws Error(usage) for impossible settings, Error(io) and Error(data) for checkpoint files.
SearchResult search(const AttemptContext& context, const SearchOptions& options);

}  // namespace nram
