#include "checkpoint.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/search.hpp>

namespace nram {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A solved restart beats any other; then the better score; then the lower number.
bool better(const RestartState& a, const RestartState& b) {
  const auto rank = [](const RestartState& s) { return s.status == RestartStatus::solved ? 1 : 0; };
  if (rank(a) != rank(b)) {
    return rank(a) > rank(b);
  }
  if (rank(a) == 0 && a.best != b.best) {
    return a.best > b.best;
  }
  return a.restart < b.restart;
}

// The state that the workers share. Every public member may be called from any of them.
class Search {
 public:
  Search(const Task& task, const Machine& machine, const Settings& settings,
         const SearchOptions& options)
      : task_(task), machine_(machine), settings_(settings), options_(options) {
    shared_.task = task.name();
    shared_.settings = describe(settings);
    if (options.resume) {
      resume();
    }
  }

  void work() {
    try {
      while (auto restart = take()) {
        do {
          restart->advance();
        } while (keep_going(*restart));
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      end_ = SearchEnd::interrupted;
      throw;
    }
  }

  SearchResult result() {
    const std::lock_guard lock(mutex_);
    SearchEnd end = end_.value_or(SearchEnd::restarts_exhausted);
    if (!options_.checkpoint.empty()) {
      if (winner() || end == SearchEnd::restarts_exhausted) {
        std::remove(options_.checkpoint.c_str());
      } else {
        save();
      }
    }
    if (winner() && !end_) {
      end = SearchEnd::solved;
    }
    for (const auto& [number, state] : running_) {
      consider(state);
    }
    if (shared_.best.empty()) {
      shared_.best.push_back(Restart(task_, machine_, settings_, 0).state());
    }
    RestartState& best = shared_.best.front();
    return {end,
            Model(machine_, controller_of(settings_),
                  best.best_parameters.empty() ? best.parameters : best.best_parameters,
                  metadata(best)),
            best.best,
            best.restart,
            best.iteration,
            shared_.restarts_done,
            shared_.diverged,
            seconds()};
  }

 private:
  void resume() {
    Checkpoint loaded = read_checkpoint(options_.checkpoint);
    if (loaded.task != shared_.task || loaded.settings != shared_.settings) {
      throw Error(
          ErrorKind::usage,
          fmt::format("{}: the checkpoint is of task {} with {}; resume with the same task and "
                      "settings, or start afresh without --resume",
                      options_.checkpoint, loaded.task, loaded.settings));
    }
    shared_ = std::move(loaded);
    for (RestartState& state : shared_.running) {
      running_.emplace(state.restart, state);
      waiting_.push_back(std::move(state));
    }
    shared_.running.clear();
  }

  // The next restart to work on: interrupted ones first, then fresh ones, lowest number first.
  std::optional<Restart> take() {
    std::unique_lock lock(mutex_);
    if (end_) {
      return std::nullopt;
    }
    if (!waiting_.empty()) {
      RestartState state = std::move(waiting_.front());
      waiting_.erase(waiting_.begin());
      return Restart(task_, machine_, settings_, std::move(state));
    }
    const std::uint64_t number = shared_.next_restart;
    if (number >= settings_.restarts || superfluous(number)) {
      return std::nullopt;
    }
    ++shared_.next_restart;
    Restart restart(task_, machine_, settings_, number);
    running_.emplace(number, restart.state());
    return restart;
  }

  // Notes how a restart stands; false when its worker should turn to another one.
  bool keep_going(const Restart& restart) {
    const RestartState& state = restart.state();
    const std::lock_guard lock(mutex_);
    running_.insert_or_assign(state.restart, state);
    const bool ended = state.status != RestartStatus::training;
    if (ended) {
      running_.erase(state.restart);
      ++shared_.restarts_done;
      shared_.diverged += state.status == RestartStatus::diverged ? 1 : 0;
      consider(state);
    }
    if (!end_) {
      report(restart.progress());
    }
    const bool drop = superfluous(state.restart);
    if (drop) {
      running_.erase(state.restart);
    }
    return !ended && !drop && !end_;
  }

  void report(const RestartProgress& progress) {
    if (options_.time_budget > 0 && seconds_since(start_) > options_.time_budget) {
      end_ = SearchEnd::time_budget;
    }
    if (options_.on_progress) {
      const Score best =
          shared_.best.empty() ? progress.best : std::max(shared_.best.front().best, progress.best);
      if (!options_.on_progress(
              {progress, shared_.restarts_done, shared_.diverged, best, seconds()})) {
        end_ = SearchEnd::interrupted;
      }
    }
    if (!options_.checkpoint.empty() && seconds_since(saved_) > options_.checkpoint_every) {
      save();
    }
  }

  void consider(const RestartState& state) {
    if (shared_.best.empty()) {
      shared_.best.push_back(state);
    } else if (better(state, shared_.best.front())) {
      shared_.best.front() = state;
    }
  }

  void save() {
    Checkpoint snapshot = shared_;
    snapshot.seconds = seconds();
    for (const auto& [number, state] : running_) {
      snapshot.running.push_back(state);
    }
    write_checkpoint(snapshot, options_.checkpoint);
    saved_ = Clock::now();
  }

  [[nodiscard]] bool winner() const {
    return !shared_.best.empty() && shared_.best.front().status == RestartStatus::solved;
  }
  [[nodiscard]] bool superfluous(std::uint64_t number) const {
    return winner() && number > shared_.best.front().restart;
  }
  [[nodiscard]] double seconds() const { return shared_.seconds + seconds_since(start_); }

  [[nodiscard]] std::map<std::string, std::string> metadata(const RestartState& best) const {
    return {{"task", shared_.task},
            {"found-by", "gradient"},
            {"seed", std::to_string(settings_.seed)},
            {"restart", std::to_string(best.restart)},
            {"iterations", std::to_string(best.iteration)},
            {"settings", shared_.settings}};
  }

  const Task& task_;
  const Machine& machine_;
  const Settings& settings_;
  const SearchOptions& options_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point saved_ = Clock::now();

  std::mutex mutex_;
  Checkpoint shared_;                              // `running` is filled only when it is saved
  std::map<std::uint64_t, RestartState> running_;  // by number, as of their last test
  std::vector<RestartState> waiting_;              // from a checkpoint, not taken up yet
  std::optional<SearchEnd> end_;                   // set when the search is cut short
};

}  // namespace

std::string_view name_of(SearchEnd end) {
  switch (end) {
    case SearchEnd::solved:
      return "solved";
    case SearchEnd::restarts_exhausted:
      return "restarts exhausted";
    case SearchEnd::time_budget:
      return "time budget used up";
    case SearchEnd::interrupted:
      return "interrupted";
  }
  return "unknown";
}

SearchResult search(const Task& task, const Machine& machine, const Settings& settings,
                    const SearchOptions& options) {
  if (options.resume && options.checkpoint.empty()) {
    throw Error(ErrorKind::usage, "resuming a search needs the name of its checkpoint file");
  }
  const unsigned threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  Search search(task, machine, settings, options);
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
