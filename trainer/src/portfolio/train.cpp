#include "storage/checkpoint.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/lane_batch.hpp>
#include <nram/trainer/search.hpp>

namespace nram {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// An attempt as it stood after a portion of its work.
struct Snapshot {
  AttemptProgress progress;
  SavedAttempt saved;
};

Snapshot snapshot_of(const Attempt& attempt) { return {attempt.progress(), attempt.save()}; }

// An ended attempt, and the moment it ended by its stream's clock.
struct Finalist {
  std::uint64_t clock = 0;
  std::uint64_t stream = 0;
  Snapshot snapshot;

  [[nodiscard]] bool solved() const { return snapshot.progress.status == AttemptStatus::solved; }
};

// A solved attempt beats any other, the earliest one first; otherwise the better score does. The
// order depends on no real clock, so neither does the winner.
bool better(const Finalist& a, const Finalist& b) {
  if (a.solved() != b.solved()) {
    return a.solved();
  }
  const Score& a_score = a.snapshot.progress.best;
  const Score& b_score = b.snapshot.progress.best;
  if (!a.solved() && a_score != b_score) {
    return a_score > b_score;
  }
  return std::tuple(a.clock, a.stream) < std::tuple(b.clock, b.stream);
}

// The ticks that an attempt's next portion of work takes. What searches and is promising gets three
// portions while others get one: most of the time of learning `merge` goes into the last third of
// the cost, and most attempts never come to it.
std::uint64_t next_ticks(const AttemptProgress& progress) {
  constexpr double promising = 0.35;
  return progress.arm != "gradient" && progress.cost < promising ? 1 : 3;
}

// Attempts of one arm, one after the other. Only the worker that has taken it touches `attempt`.
struct Stream {
  std::unique_ptr<Attempt> attempt;  // null when there is none left
  std::uint64_t clock = 0;           // what its portions of work took, in ticks
  bool taken = false;
  Snapshot snapshot{};  // of the attempt after the latest portion
};

// The state that the workers share; its public members may be called from any of them.
class Search {
 public:
  Search(const AttemptContext& context, const SearchOptions& options)
      : context_(context), options_(options), streams_(context.settings.streams) {
    if (options.resume) {
      resume();
    } else {
      for (std::uint64_t i = 0; i < streams_.size(); ++i) {
        begin(streams_[i], i);
      }
    }
  }

  void work() {
    try {
      while (Stream* const stream = take()) {
        stream->attempt->advance();
        give_back(*stream);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      end_ = SearchEnd::interrupted;
      throw;
    }
  }

  // Only after all workers have returned.
  SearchResult result() {
    const bool solved = best_ && best_->solved();
    const SearchEnd end = end_.value_or(solved ? SearchEnd::solved : SearchEnd::attempts_exhausted);
    if (!options_.checkpoint.empty()) {
      if (end_) {
        save();
      } else {
        std::error_code ignored;  // there may be none
        std::filesystem::remove(options_.checkpoint, ignored);
      }
    }
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      if (streams_[i].attempt) {
        consider({streams_[i].clock, i, streams_[i].snapshot});
      }
    }
    const auto attempt = restore_attempt(context_, best_->snapshot.saved);
    return {end, attempt->best(), attempt->progress(), attempts_done_, diverged_, seconds()};
  }

 private:
  void resume() {
    const Checkpoint loaded = read_checkpoint(options_.checkpoint);
    if (loaded.task != context_.task.name() || loaded.settings != describe(context_.settings)) {
      throw Error(ErrorKind::usage,
                  fmt::format("{}: the checkpoint is of task {} with {}; resume with the same task "
                              "and settings, or start afresh without --resume",
                              options_.checkpoint, loaded.task, loaded.settings));
    }
    if (loaded.streams.size() != streams_.size()) {
      throw Error(ErrorKind::data,
                  fmt::format("{}: damaged checkpoint: {} streams instead of {}",
                              options_.checkpoint, loaded.streams.size(), streams_.size()));
    }
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      streams_[i].clock = loaded.streams[i].clock;
      if (!loaded.streams[i].done) {
        streams_[i].attempt = restore_attempt(context_, loaded.streams[i].attempt);
        streams_[i].snapshot = snapshot_of(*streams_[i].attempt);
      }
    }
    if (loaded.best) {
      const auto attempt = restore_attempt(context_, loaded.best->attempt);
      const std::uint64_t stream = attempt->progress().number % streams_.size();
      best_ = Finalist{loaded.best->clock, stream, snapshot_of(*attempt)};
    }
    attempts_done_ = loaded.attempts_done;
    diverged_ = loaded.diverged;
    earlier_seconds_ = loaded.seconds;
  }

  void begin(Stream& stream, std::uint64_t number) {
    stream.attempt = number < context_.settings.attempts ? make_attempt(context_, number) : nullptr;
    if (stream.attempt) {
      stream.snapshot = snapshot_of(*stream.attempt);
    }
  }

  // The stream that is furthest behind, unless nothing it can still do would matter.
  Stream* take() {
    const std::lock_guard lock(mutex_);
    Stream* chosen = nullptr;
    for (Stream& stream : streams_) {
      const bool possible = stream.attempt && !stream.taken && !end_ && may_win(stream);
      if (possible && (chosen == nullptr || stream.clock < chosen->clock)) {
        chosen = &stream;
      }
    }
    if (chosen != nullptr) {
      chosen->taken = true;
    }
    return chosen;
  }

  // Whether a success in the stream's next portion would come before the winner's.
  [[nodiscard]] bool may_win(const Stream& stream) const {
    return !best_ || !best_->solved() ||
           std::tuple(stream.clock + next_ticks(stream.snapshot.progress), index_of(stream)) <
               std::tuple(best_->clock, best_->stream);
  }

  void give_back(Stream& stream) {
    Snapshot snapshot = snapshot_of(*stream.attempt);
    const AttemptProgress progress = snapshot.progress;
    const std::lock_guard lock(mutex_);
    stream.clock += next_ticks(stream.snapshot.progress);
    stream.taken = false;
    stream.snapshot = std::move(snapshot);
    if (progress.status != AttemptStatus::running) {
      ++attempts_done_;
      diverged_ += progress.status == AttemptStatus::diverged ? 1 : 0;
      consider({stream.clock, index_of(stream), std::move(stream.snapshot)});
      begin(stream, progress.number + streams_.size());
    }
    report(progress);
  }

  void report(const AttemptProgress& progress) {
    if (end_) {
      return;
    }
    if (options_.time_budget > 0 && seconds_since(start_) > options_.time_budget) {
      end_ = SearchEnd::time_budget;
    }
    if (options_.on_progress) {
      const Score best =
          best_ ? std::max(best_->snapshot.progress.best, progress.best) : progress.best;
      if (!options_.on_progress({progress, attempts_done_, diverged_, best, seconds()})) {
        end_ = SearchEnd::interrupted;
      }
    }
    if (!options_.checkpoint.empty() && seconds_since(saved_) > options_.checkpoint_every) {
      save();
    }
  }

  void consider(Finalist finalist) {
    if (!best_ || better(finalist, *best_)) {
      best_ = std::move(finalist);
    }
  }

  void save() {
    Checkpoint checkpoint;
    checkpoint.task = context_.task.name();
    checkpoint.settings = describe(context_.settings);
    checkpoint.attempts_done = attempts_done_;
    checkpoint.diverged = diverged_;
    checkpoint.seconds = seconds();
    for (const Stream& stream : streams_) {
      checkpoint.streams.push_back(
          {stream.clock, !stream.attempt, stream.attempt ? stream.snapshot.saved : SavedAttempt{}});
    }
    if (best_) {
      checkpoint.best = {best_->clock, best_->snapshot.saved};
    }
    write_checkpoint(checkpoint, options_.checkpoint);
    saved_ = Clock::now();
  }

  [[nodiscard]] std::uint64_t index_of(const Stream& stream) const {
    return static_cast<std::uint64_t>(&stream - streams_.data());
  }
  [[nodiscard]] double seconds() const { return earlier_seconds_ + seconds_since(start_); }

  AttemptContext context_;
  const SearchOptions& options_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point saved_ = Clock::now();
  double earlier_seconds_ = 0.0;  // of the search that is resumed

  std::mutex mutex_;
  std::vector<Stream> streams_;
  std::optional<Finalist> best_;
  std::uint64_t attempts_done_ = 0;
  std::uint64_t diverged_ = 0;
  std::optional<SearchEnd> end_;  // set when the search is cut short
};

}  // namespace

std::string_view name_of(SearchEnd end) {
  switch (end) {
    case SearchEnd::solved:
      return "solved";
    case SearchEnd::attempts_exhausted:
      return "attempts exhausted";
    case SearchEnd::time_budget:
      return "time budget used up";
    case SearchEnd::interrupted:
      return "interrupted";
  }
  return "unknown";
}

SearchResult search(const AttemptContext& context, const SearchOptions& options) {
  if (options.resume && options.checkpoint.empty()) {
    throw Error(ErrorKind::usage, "resuming a search needs the name of its checkpoint file");
  }
  if (context.settings.batch % LaneGroup::lanes != 0) {
    throw Error(ErrorKind::usage, fmt::format("batch: {} is not a multiple of {}",
                                              context.settings.batch, LaneGroup::lanes));
  }
  const unsigned threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  Search search(context, options);
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&] {
    try {
      search.work();
    } catch (...) {
      const std::lock_guard lock(failure_mutex);
      failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 1; i < threads; ++i) {
      workers.emplace_back(work);
    }
    work();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
  return search.result();
}

}  // namespace nram
