#include "attempt_plan.hpp"
#include "portfolio/arms.hpp"
#include "portfolio/finalists.hpp"
#include "portfolio/known_fits.hpp"
#include "portfolio/machine_modules.hpp"
#include "portfolio/outcome.hpp"
#include "portfolio/resumed_search.hpp"
#include "portfolio/slot.hpp"
#include "storage/checkpoint.hpp"
#include "tasks/checked_task.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/parallel.hpp>
#include <nram/model-io/printable.hpp>
#include <nram/trainer/train.hpp>

namespace nram {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The state that the workers share; its public members may be called from any of them.
class Portfolio {
 public:
  Portfolio(const AttemptContext& context, const TrainOptions& options)
      : context_(context),
        options_(options),
        slots_(context.settings.portfolio.slots),
        known_(known_fits(context, options.known)),
        finalists_(look_plan(context.settings, context.task.examples().size()), !known_.empty()) {
    context_.poll = [this] { poll(); };
    context_.warm_start = options.warm_start ? &*options.warm_start : nullptr;
    if (options.resume) {
      resume();
    } else {
      for (std::uint64_t i = 0; i < slots_.size(); ++i) {
        begin(slots_[i], i);
      }
    }
  }

  void work() {
    is_working_ = true;
    try {
      while (Slot* const slot = take()) {
        slot->attempt->advance();
        give_back(*slot);
      }
    } catch (const Cancelled&) {
      // What the slot had come to before the slice counts; its attempt is of no use any more.
      const std::lock_guard lock(mutex_);
      end_ = end_ ? end_ : reason_to_end().value_or(TrainEnd::interrupted);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      end_ = TrainEnd::interrupted;
      throw;
    }
  }

  // Only after all workers have returned.
  TrainResult result() {
    is_working_ = false;
    const bool solved = finalists_.has_solved() || !known_.empty();
    const bool is_cut_short = solved && end_ == TrainEnd::time_budget;
    if (is_cut_short) {
      end_.reset();
    }
    const TrainEnd end = end_.value_or(solved ? TrainEnd::solved : TrainEnd::attempts_exhausted);
    if (!options_.checkpoint.empty() && end_) {
      save();
    }
    std::vector<MoveCount> moves = moves_;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].attempt) {
        add_counts(slots_[i].snapshot.progress.moves, moves);
        finalists_.add({slots_[i].clock_at_end_of_unit(), i, slots_[i].snapshot});
      }
    }
    AttemptContext context = context_;
    context.poll = {};
    TrainReport report{end, {}, attempts_done_, diverged_, seconds(), clock(), std::move(moves)};
    report.look_cut_short = is_cut_short && !context_.task.examples().empty();
    // What was being polished when the run was cut short is a success, too.
    if (finalists_.has_solved() || !known_.empty()) {
      report.end = report.end == TrainEnd::time_budget ? TrainEnd::solved : report.end;
      return chosen_result(context, known_, finalists_.solved(), std::move(report), soon());
    }
    const auto attempt = restore_attempt(context, finalists_.best()->snapshot.saved);
    report.attempt = attempt->progress();
    Model model = graded(attempt->best(), report.assessment);
    std::optional<Program> program = program_of(model, end_.has_value());
    return {std::move(model), std::move(program), std::move(report)};
  }

 private:
  // For what is left to do when a search has ended: whoever has set a time does not wait.
  [[nodiscard]] Poll soon() const {
    return [this, begin = Clock::now()] {
      constexpr double grace = 0.3;
      if (seconds_since(begin) > grace && reason_to_end()) {
        throw Cancelled{};
      }
    };
  }

  [[nodiscard]] std::optional<TrainEnd> reason_to_end() const {
    if (options_.time_budget > 0 && seconds_since(start_) > options_.time_budget) {
      return TrainEnd::time_budget;
    }
    if (options_.is_interrupted && options_.is_interrupted()) {
      return TrainEnd::interrupted;
    }
    return std::nullopt;
  }

  // Attempts call this from within whatever takes long.
  void poll() const {
    if (is_working_ && reason_to_end()) {
      throw Cancelled{};
    }
  }

  [[noreturn]] void refuse_checkpoint(const std::string& why) const {
    throw Error(ErrorKind::data, fmt::format("{}: damaged checkpoint: {}; start afresh without "
                                             "--resume",
                                             options_.checkpoint, why));
  }

  [[noreturn]] void refuse_other(const std::string& difference) const {
    throw Error(ErrorKind::usage,
                fmt::format("{}: the checkpoint is of another search: {}; resume with the same "
                            "task and settings, examples and constants, or start afresh without "
                            "--resume",
                            options_.checkpoint, difference));
  }

  void resume() {
    const Checkpoint loaded = read_checkpoint(options_.checkpoint);
    if (const auto difference = difference_of(loaded.search, context_)) {
      refuse_other(*difference);
    }
    if (loaded.slots.size() != slots_.size()) {
      refuse_checkpoint(fmt::format("{} slots instead of {}", loaded.slots.size(), slots_.size()));
    }
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      Slot& slot = slots_[i];
      slot.clock = loaded.slots[i].clock;
      slot.price = loaded.slots[i].price;
      if (!loaded.slots[i].done) {
        slot.attempt = restored(loaded.slots[i].attempt, i);
        slot.snapshot = snapshot_of(*slot.attempt);
        const bool has_ended = slot.snapshot.progress.status == AttemptStatus::solved ||
                               slot.snapshot.progress.status == AttemptStatus::exhausted ||
                               slot.snapshot.progress.status == AttemptStatus::diverged;
        if (has_ended || slot.price == 0) {
          refuse_checkpoint(fmt::format("the attempt of slot {} cannot go on", i));
        }
      }
    }
    const auto add = [&](const Checkpoint::Best& ended) {
      const auto attempt = restored(ended.attempt, std::nullopt);
      const std::uint64_t slot = attempt->progress().number % slots_.size();
      finalists_.add({ended.clock, slot, snapshot_of(*attempt)});
    };
    if (loaded.best && loaded.solved.empty()) {
      add(*loaded.best);
    }
    std::ranges::for_each(loaded.solved, add);
    attempts_done_ = loaded.attempts_done;
    diverged_ = loaded.diverged;
    earlier_seconds_ = loaded.seconds;
  }

  // A saved attempt of a slot, or of any.
  [[nodiscard]] std::unique_ptr<Attempt> restored(const SavedAttempt& saved,
                                                  std::optional<std::size_t> slot) const {
    std::unique_ptr<Attempt> attempt;
    try {
      attempt = restore_attempt(context_, saved);
    } catch (const Error& error) {
      refuse_checkpoint(error.what());
    }
    const std::uint64_t number = attempt->progress().number;
    if (number % slots_.size() != slot.value_or(number % slots_.size())) {
      refuse_checkpoint(fmt::format("attempt {} is not one of slot {}", number, *slot));
    }
    return attempt;
  }

  void begin(Slot& slot, std::uint64_t number) {
    const bool is_left = number < context_.settings.portfolio.attempts;
    slot.attempt = is_left ? make_attempt(context_, number) : nullptr;
    if (slot.attempt) {
      slot.snapshot = snapshot_of(*slot.attempt);
      slot.price = price_of_next_unit(slot.snapshot.progress);
    }
  }

  // The slot that is furthest behind, unless nothing it can still do would matter.
  Slot* take() {
    const std::lock_guard lock(mutex_);
    Slot* chosen = nullptr;
    for (Slot& slot : slots_) {
      const bool possible = slot.attempt && !slot.taken && !end_ && may_win(slot);
      if (possible && (chosen == nullptr || slot.clock < chosen->clock)) {
        chosen = &slot;
      }
    }
    if (chosen != nullptr) {
      chosen->taken = true;
    }
    return chosen;
  }

  // Whether a success in the slot's next unit would matter.
  [[nodiscard]] bool may_win(const Slot& slot) const {
    const std::uint64_t end = slot.clock + slot.price;
    return (options_.work_budget == 0 || end <= options_.work_budget) &&
           finalists_.would_count(end, index_of(slot));
  }

  void give_back(Slot& slot) {
    Snapshot snapshot = snapshot_of(*slot.attempt);
    const bool is_unit_done = slot.attempt->at_unit_end();
    const AttemptProgress progress = snapshot.progress;
    const std::lock_guard lock(mutex_);
    slot.taken = false;
    slot.snapshot = std::move(snapshot);
    if (is_unit_done && progress.status != AttemptStatus::polishing) {
      slot.clock += slot.price;
      slot.price = price_of_next_unit(progress);
    }
    const bool goes_on =
        progress.status == AttemptStatus::running || progress.status == AttemptStatus::polishing;
    if (!goes_on) {
      ++attempts_done_;
      diverged_ += progress.status == AttemptStatus::diverged ? 1 : 0;
      add_counts(progress.moves, moves_);
      finalists_.add({slot.clock, index_of(slot), std::move(slot.snapshot)});
      begin(slot, progress.number + slots_.size());
    }
    report(progress);
  }

  void report(const AttemptProgress& progress) {
    if (end_) {
      return;
    }
    end_ = reason_to_end();
    if (options_.on_progress) {
      const auto& ended = finalists_.best();
      const Score best =
          ended ? std::max(ended->snapshot.progress.best, progress.best) : progress.best;
      if (!options_.on_progress(
              {progress, attempts_done_, diverged_, best, seconds(), finalists_.has_solved()})) {
        end_ = TrainEnd::interrupted;
      }
    }
    if (!options_.checkpoint.empty() && seconds_since(saved_) > options_.checkpoint_every) {
      save();
    }
  }

  void save() {
    Checkpoint checkpoint;
    checkpoint.search = search_of(context_);
    checkpoint.attempts_done = attempts_done_;
    checkpoint.diverged = diverged_;
    checkpoint.seconds = seconds();
    for (const Slot& slot : slots_) {
      checkpoint.slots.push_back({slot.clock, slot.price, !slot.attempt,
                                  slot.attempt ? slot.snapshot.saved : SavedAttempt{}});
    }
    if (const auto& best = finalists_.best()) {
      checkpoint.best = {best->clock, best->snapshot.saved};
    }
    for (const Finalist& finalist : finalists_.solved()) {
      checkpoint.solved.push_back({finalist.clock, finalist.snapshot.saved});
    }
    try {
      write_checkpoint(checkpoint, options_.checkpoint);
    } catch (const Error& error) {  // no reason to lose what has been learned so far
      if (options_.on_checkpoint_failure) {
        options_.on_checkpoint_failure(error.what());
      }
    }
    saved_ = Clock::now();
  }

  [[nodiscard]] std::uint64_t index_of(const Slot& slot) const {
    return static_cast<std::uint64_t>(&slot - slots_.data());
  }
  // See TrainReport::clock.
  [[nodiscard]] std::uint64_t clock() const {
    if (finalists_.has_solved()) {
      return finalists_.best()->clock;
    }
    return std::ranges::min_element(slots_, {}, &Slot::clock)->clock;
  }
  [[nodiscard]] double seconds() const { return earlier_seconds_ + seconds_since(start_); }

  AttemptContext context_;
  const TrainOptions& options_;
  std::atomic<bool> is_working_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point saved_ = Clock::now();
  double earlier_seconds_ = 0.0;  // of the run that is resumed

  std::mutex mutex_;
  std::vector<Slot> slots_;
  std::vector<KnownFit> known_;
  Finalists finalists_;
  std::uint64_t attempts_done_ = 0;
  std::uint64_t diverged_ = 0;
  std::vector<MoveCount> moves_;  // of the attempts that have ended
  std::optional<TrainEnd> end_;   // set when the run is cut short
};

}  // namespace

std::string_view name_of(TrainEnd end) {
  switch (end) {
    case TrainEnd::solved:
      return "solved";
    case TrainEnd::attempts_exhausted:
      return "attempts exhausted";
    case TrainEnd::time_budget:
      return "time budget used up";
    case TrainEnd::interrupted:
      return "interrupted";
  }
  return "unknown";
}

TrainResult train(const Task& task, const Settings& settings, const TrainOptions& options) {
  if (options.resume && options.checkpoint.empty()) {
    throw Error(ErrorKind::usage, "resuming a run needs the name of its checkpoint file");
  }
  const std::size_t threads = options.threads != 0 ? options.threads : default_threads();
  const CheckedTask checked(task);
  Portfolio portfolio({checked, modules_for(checked, options), settings}, options);
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto work = [&] {
    try {
      portfolio.work();
    } catch (...) {
      const std::lock_guard lock(failure_mutex);
      failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> workers;
    try {
      while (workers.size() + 1 < threads) {
        workers.emplace_back(work);
      }
    } catch (const std::system_error&) {
      // The system lets us have no more: those that there are do the work, only later.
    }
    work();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
  return portfolio.result();
}

}  // namespace nram
