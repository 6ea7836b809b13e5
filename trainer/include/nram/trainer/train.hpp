#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nram/engine/machine.hpp>
#include <nram/engine/program.hpp>
#include <nram/model-io/model.hpp>
#include <nram/trainer/grade.hpp>
#include <nram/trainer/progress.hpp>
#include <nram/trainer/settings.hpp>
#include <nram/trainer/task.hpp>
#include <nram/trainer/warm_start.hpp>

namespace nram {

struct TrainProgress;

/// How a training run is carried out. But for the modules, none of this changes what it computes,
/// except that limits may cut it short.
struct TrainOptions {
  /// The machine's modules, in order; its number of registers is a setting. Behind ZERO, ONE and
  /// TWO it gets a CONST for each of Task::constants() beside these.
  std::vector<Module> modules = Machine::standard(1).modules();
  unsigned threads = 0;      ///< 0 = as many as the machine has
  double time_budget = 0.0;  ///< seconds; 0 = unlimited
  /// Units of each slot's clock (see train()) after which no work is begun; 0 = unlimited. Unlike
  /// the time, this is the same on every computer.
  std::uint64_t work_budget = 0;
  std::string checkpoint{};      ///< file to write the state to every so often; empty = none
  double checkpoint_every = 30;  ///< seconds
  bool resume = false;           ///< go on from `checkpoint`
  /// Called, by one thread at a time, when a checkpoint cannot be written (a full disk, say), with
  /// the reason. The run goes on and tries again when the next one is due.
  std::function<void(const std::string&)> on_checkpoint_failure{};
  /// Asked many times a second, by any thread; returning true ends the run at once, even within
  /// long computations (its best is kept).
  std::function<bool()> is_interrupted{};
  /// Models of earlier runs, TrainReport::fitting: those that are right on all examples of the file
  /// are among what is chosen from. Without effect for tasks that draw their examples.
  std::vector<Model> known{};
  /// What to begin from: every other turn of the attempts, the first one among them, starts at this
  /// program, by gradient only where its model's machine and controller are those of the settings.
  /// The machine gets the constants that it uses, too.
  std::optional<WarmStart> warm_start{};
  /// Called a few times a second, by one thread at a time, with the progress of one of the running
  /// attempts; returning false ends the run (its best is kept).
  std::function<bool(const TrainProgress&)> on_progress{};
};

struct TrainProgress {
  AttemptProgress running;
  std::uint64_t attempts_done = 0;
  std::uint64_t diverged = 0;
  Score best;  ///< over all attempts so far
  double seconds = 0.0;
  bool has_solved = false;  ///< a program fits; others that do are being looked for
};

/// Why a training run ended.
enum class TrainEnd : std::uint8_t { solved, attempts_exhausted, time_budget, interrupted };

std::string_view name_of(TrainEnd end);

/// How a training run went.
struct TrainReport {
  TrainEnd end = TrainEnd::attempts_exhausted;
  AttemptProgress attempt;  ///< the attempt that the model comes from
  std::uint64_t attempts_done = 0;
  std::uint64_t diverged = 0;
  double seconds = 0.0;
  std::uint64_t clock = 0;  ///< of the success that came first, or as far as all slots have come
  /// By kind of change that the discrete search proposes: what became of it, over all attempts.
  std::vector<MoveCount> moves{};
  /// How far the model's program can be trusted, and what that rests on; also in its metadata.
  Assessment assessment{};
  /// Time was up before the look for other programs that fit was over: what they do is not known.
  bool look_cut_short = false;
  /// Of a file of examples, all models that were found to fit it, the earliest first.
  std::vector<Model> fitting{};

  /// Whether the model's program passed every test on held-out examples. What that is worth says
  /// the assessment.
  [[nodiscard]] bool is_solved() const { return attempt.is_solved(); }
};

struct TrainResult {
  Model model;  ///< the winner's, or the best so far
  /// The model as a program; nothing if it has none, as a recurrent controller without success may,
  /// or if looking for it took long after the run had been cut short.
  std::optional<Program> program;
  TrainReport report;
};

/// Looks for a model whose hard program is right on held-out examples and stops by itself.
///
///     const TrainResult result = train(*find_task("copy"));
///
/// A portfolio of attempts: slots advance side by side, each by a clock of its own that counts
/// units of work, not seconds. The slot that is furthest behind goes on, and the winner is the
/// success with the earliest clock, so that the number of threads changes only the time. The
/// checkpoint stays: who has stored the model of a run that ended by itself may remove it.
///
/// Examples of a file (Task::examples) may be fitted by many programs. So the run goes on after the
/// first success, Settings::Portfolio::look_further says for how long, keeps the simplest of the
/// programs that fit, and compares them on inputs made like those of the examples; see Assessment.
///
/// Throws Error(usage) for impossible settings and for a warm start that does not fit them or the
/// task, Error(io) and Error(data) for checkpoint files,
/// Error(data) for a task that breaks its contract (see Task).
TrainResult train(const Task& task, const Settings& settings = {},
                  const TrainOptions& options = {});

}  // namespace nram
