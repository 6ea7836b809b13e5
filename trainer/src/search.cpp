#include "checkpoint.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

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
  std::vector<std::uint8_t> saved;
};

Snapshot snapshot_of(const Attempt& attempt) { return {attempt.progress(), attempt.save()}; }

// A solved attempt beats any other; then the better score; then the lower number.
bool better(const AttemptProgress& a, const AttemptProgress& b) {
  const bool a_solved = a.status == AttemptStatus::solved;
  const bool b_solved = b.status == AttemptStatus::solved;
  if (a_solved != b_solved) {
    return a_solved;
  }
  if (!a_solved && a.best != b.best) {
    return a.best > b.best;
  }
  return a.number < b.number;
}

// The state that the workers share; its public members may be called from any of them.
class Search {
 public:
  Search(const AttemptContext& context, const SearchOptions& options)
      : context_(context), options_(options) {
    shared_.task = context.task.name();
    shared_.settings = describe(context.settings);
    if (options.resume) {
      resume();
    }
  }

  void work() {
    try {
      while (const auto attempt = take()) {
        do {
          attempt->advance();
        } while (keep_going(*attempt));
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      end_ = SearchEnd::interrupted;
      throw;
    }
  }

  // Only after all workers have returned.
  SearchResult result() {
    const SearchEnd end =
        end_.value_or(solved() ? SearchEnd::solved : SearchEnd::attempts_exhausted);
    if (!options_.checkpoint.empty()) {
      if (end_) {
        save();
      } else {
        std::error_code ignored;  // there may be none
        std::filesystem::remove(options_.checkpoint, ignored);
      }
    }
    for (const auto& [number, snapshot] : running_) {
      consider(snapshot);
    }
    const auto attempt =
        best_ ? restore_attempt(context_, best_->saved) : make_attempt(context_, 0);
    return {end,      attempt->best(), attempt->progress(), shared_.attempts_done, shared_.diverged,
            seconds()};
  }

 private:
  void resume() {
    Checkpoint loaded = read_checkpoint(options_.checkpoint);
    if (loaded.task != shared_.task || loaded.settings != shared_.settings) {
      throw Error(ErrorKind::usage,
                  fmt::format("{}: the checkpoint is of task {} with {}; resume with the same task "
                              "and settings, or start afresh without --resume",
                              options_.checkpoint, loaded.task, loaded.settings));
    }
    for (const auto& saved : loaded.running) {
      waiting_.push_back(restore_attempt(context_, saved));
      running_.insert_or_assign(waiting_.back()->progress().number, snapshot_of(*waiting_.back()));
    }
    for (const auto& saved : loaded.best) {
      best_ = snapshot_of(*restore_attempt(context_, saved));
    }
    shared_ = std::move(loaded);
  }

  // The next attempt to work on: interrupted ones first, then fresh ones, lowest number first.
  std::unique_ptr<Attempt> take() {
    const std::lock_guard lock(mutex_);
    if (end_) {
      return nullptr;
    }
    if (!waiting_.empty()) {
      auto attempt = std::move(waiting_.front());
      waiting_.erase(waiting_.begin());
      return attempt;
    }
    const std::uint64_t number = shared_.next_attempt;
    if (number >= context_.settings.attempts || superfluous(number)) {
      return nullptr;
    }
    ++shared_.next_attempt;
    auto attempt = make_attempt(context_, number);
    running_.emplace(number, snapshot_of(*attempt));
    return attempt;
  }

  // Notes how an attempt stands; false when its worker should turn to another one.
  bool keep_going(const Attempt& attempt) {
    Snapshot snapshot = snapshot_of(attempt);
    const AttemptProgress progress = snapshot.progress;
    const bool ended = progress.status != AttemptStatus::running;
    const std::lock_guard lock(mutex_);
    if (ended) {
      running_.erase(progress.number);
      ++shared_.attempts_done;
      shared_.diverged += progress.status == AttemptStatus::diverged ? 1 : 0;
      consider(snapshot);
    } else {
      running_.insert_or_assign(progress.number, std::move(snapshot));
    }
    if (!solved_up_to(progress.number)) {
      report(progress);
    }
    if (superfluous(progress.number)) {
      running_.erase(progress.number);
      return false;
    }
    return !ended && !end_;
  }

  void report(const AttemptProgress& progress) {
    if (options_.time_budget > 0 && seconds_since(start_) > options_.time_budget) {
      end_ = SearchEnd::time_budget;
    }
    if (options_.on_progress) {
      const Score best = best_ ? std::max(best_->progress.best, progress.best) : progress.best;
      if (!options_.on_progress(
              {progress, shared_.attempts_done, shared_.diverged, best, seconds()})) {
        end_ = SearchEnd::interrupted;
      }
    }
    if (!options_.checkpoint.empty() && seconds_since(saved_) > options_.checkpoint_every) {
      save();
    }
  }

  void consider(const Snapshot& snapshot) {
    if (!best_ || better(snapshot.progress, best_->progress)) {
      best_ = snapshot;
    }
  }

  void save() {
    Checkpoint checkpoint = shared_;
    checkpoint.seconds = seconds();
    checkpoint.running.clear();
    for (const auto& [number, snapshot] : running_) {
      checkpoint.running.push_back(snapshot.saved);
    }
    checkpoint.best.clear();
    if (best_) {
      checkpoint.best.push_back(best_->saved);
    }
    write_checkpoint(checkpoint, options_.checkpoint);
    saved_ = Clock::now();
  }

  [[nodiscard]] bool solved() const {
    return best_ && best_->progress.status == AttemptStatus::solved;
  }
  // Whether a lower-numbered attempt has already succeeded.
  [[nodiscard]] bool superfluous(std::uint64_t number) const {
    return solved() && number > best_->progress.number;
  }
  // Whether nothing that is still running can change the result.
  [[nodiscard]] bool solved_up_to(std::uint64_t number) const {
    return solved() && number == best_->progress.number &&
           (running_.empty() || running_.begin()->first > number);
  }
  [[nodiscard]] double seconds() const { return shared_.seconds + seconds_since(start_); }

  AttemptContext context_;
  const SearchOptions& options_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point saved_ = Clock::now();

  std::mutex mutex_;
  Checkpoint shared_;                          // its lists of attempts are filled when it is saved
  std::map<std::uint64_t, Snapshot> running_;  // by number, as of their last portion of work
  std::vector<std::unique_ptr<Attempt>> waiting_;  // from a checkpoint, not taken up yet
  std::optional<Snapshot> best_;                   // of the ended attempts
  std::optional<SearchEnd> end_;                   // set when the search is cut short
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
  tbb::task_arena arena(static_cast<int>(threads));
  arena.execute([&] {
    tbb::task_group group;
    for (unsigned i = 1; i < threads; ++i) {
      group.run([&] { search.work(); });
    }
    group.run_and_wait([&] { search.work(); });
  });
  return search.result();
}

}  // namespace nram
