#include "ask.hpp"
#include "interrupt.hpp"
#include "minimising.hpp"
#include "output.hpp"
#include "output_file.hpp"
#include "progress.hpp"
#include "setting_options.hpp"
#include "task_source.hpp"
#include "threads.hpp"
#include "training_files.hpp"
#include "training_log.hpp"
#include "training_report.hpp"
#include "unit_option.hpp"
#include "verbs.hpp"
#include "warm_start_option.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/trainer/advice.hpp>
#include <nram/trainer/failure.hpp>
#include <nram/trainer/minimise.hpp>
#include <nram/trainer/train.hpp>

namespace nram::cli {
namespace {

struct TrainCommand {
  TaskSource source;
  std::string output;
  Settings settings;
  TrainOptions run;
  std::string warm_start;
  std::string log;
  bool no_checkpoint = false;
  bool moves = false;
  bool ask = false;
  std::string answers;
  double minimise = 0.0;  ///< seconds; 0 = by the work that learning took
  bool no_minimise = false;
  bool json = false;
};

/// From what matters most on: a narrow terminal shows the beginning.
std::vector<ProgressPart> progress_parts(const TrainProgress& progress,
                                         const TrainCommand& options) {
  const AttemptProgress& running = progress.running;
  const double right = 100 * std::max(0.0, progress.best.accuracy);
  std::vector<ProgressPart> parts{
      {clock_text(progress.seconds), clock_text(progress.seconds)},
      {fmt::format("attempt {} ({})", running.number, name_of(running.arm)),
       fmt::format("#{}", running.number)},
      {fmt::format("best: right {:.1f} %, stops {:.0f} %", right, 100 * progress.best.stops),
       fmt::format("{:.1f} %", right)}};
  if (progress.has_solved) {
    parts.push_back({"found one that fits, looking for others"});
  }
  if (options.run.time_budget > 0) {
    parts.push_back({fmt::format(
        "{} left", time_left(progress.seconds, options.run.time_budget, progress.seconds))});
  }
  parts.push_back({fmt::format("{}/{}", running.work, running.work_limit)});
  parts.push_back({fmt::format("level {}", running.level + 1)});
  parts.push_back({fmt::format("cost {}", number_text(running.cost))});
  return parts;
}

constexpr auto no_parameters =
    "if the array begins in the first cell, and no length, limit or address stands before it, say "
    "so (--prologue-cells 0): the search then looks for no programs that begin by loading the "
    "first "
    "cells";

/// What to try after a search without success: what the examples and the best program call for, and
/// what always may help.
std::vector<std::string> advice(const TrainCommand& options, const Task& task,
                                const TrainResult& result, const std::function<bool()>& is_over) {
  const Findings findings = findings_on(task, result.program, is_over);
  std::vector<std::string> sentences = advice_on(findings);
  const Settings& settings = options.settings;
  if (findings.begins_with_data && settings.portfolio.annealing &&
      settings.machine.prologue_cells > 0) {
    sentences.emplace_back(no_parameters);
  }
  if (options.source.is_file() && result.model.meaning().arithmetic == Arithmetic::both) {
    sentences.emplace_back(
        "if numbers are to wrap round at the number of cells, or are not to, which the examples "
        "leave open, say so (--modulus cells, --modulus word)");
  }
  std::string text = sentences.empty() ? "more time (--time) or another --seed may help"
                                       : "otherwise, more time (--time) or another --seed may help";
  if (settings.machine.registers != 0) {
    text += ", or to leave the number of registers to the trainer (--registers 0)";
  }
  if (!options.run.checkpoint.empty()) {
    text += "; the same command with --resume goes on where this search has ended";
  }
  sentences.push_back(std::move(text));
  return sentences;
}

/// Why the best so far is not good enough.
std::string failure_of(const TrainResult& result, const Task& task, const TrainCommand& options,
                       const std::function<bool()>& is_over) {
  if (!result.program) {
    return "the model has no program: no finite set of states of its recurrent controller was "
           "found";
  }
  return smallest_failure(*result.program, task, options.settings.portfolio.seed, is_over)
      .value_or("none was found among the examples drawn for this message");
}

/// Says when the explanation of a failure has taken long enough: whoever has cut the search short
/// does not wait.
std::function<bool()> impatience(const TrainResult& result) {
  using Clock = std::chrono::steady_clock;
  const bool is_urgent =
      result.report.end == TrainEnd::time_budget || result.report.end == TrainEnd::interrupted;
  const auto soon = Clock::now() + std::chrono::milliseconds(200);
  return [=] { return is_urgent && Clock::now() > soon; };
}

/// One training run; shows its progress.
TrainResult learn(const Task& task, TrainCommand& options, TrainingLog* log) {
  ProgressLine line;
  options.run.is_interrupted = interrupted;
  options.run.on_progress = [&](const TrainProgress& progress) {
    if (line.due()) {
      line.show(progress_parts(progress, options));
    }
    if (log != nullptr) {
      log->add(progress);
    }
    return !interrupted();
  };
  return train(task, options.settings, options.run);
}

/// Whether somebody may know better which of the programs that fit is meant.
bool is_in_question(const TrainCommand& options, const TrainResult& result) {
  return options.ask && result.report.end == TrainEnd::solved &&
         result.report.assessment.grade == Grade::ambiguous;
}

/// Goes on from a run whose questions were answered, in what is left of the time.
void go_on_from(const TrainResult& result, TrainCommand& options) {
  constexpr double least = 1.0;
  options.run.known = result.report.fitting;
  options.run.resume = false;
  if (options.run.time_budget > 0) {
    options.run.time_budget = std::max(least, options.run.time_budget - result.report.seconds);
  }
}

void print(const TrainCommand& options, const TrainingOutcome& outcome) {
  if (options.json) {
    print_report(outcome_json(outcome));
    return;
  }
  // Standard output may be taken by the model.
  const auto write = is_standard_output(options.output) ? print_notes : print_text;
  write(outcome_text(outcome));
  if (options.moves) {
    write(table_of(outcome.result.report.moves));
  }
  if (outcome.failure) {
    complain(fmt::format("smallest example that goes wrong: {}", *outcome.failure));
  }
  for (const std::string& sentence : outcome.advice) {
    complain(sentence);
  }
  if (outcome.result.report.look_cut_short) {
    complain(
        "time was up before the look for other programs that fit was over, so that what they "
        "would do is not known; more --time says more");
  }
  const auto& questions = outcome.result.report.assessment.questions;
  if (!questions.empty()) {
    print_notes(
        fmt::format("nram: programs that fit all examples differ here:\n{}say which is right by an "
                    "example like this one, or let --ask ask\n",
                    questions.front().text()));
  }
}

/// Looks for a shorter program than the one that was found; nothing if that is not wanted, or is
/// not right beyond doubt.
std::optional<MinimisedModel> shorten(const TrainResult& result, const Task& task,
                                      const TrainCommand& options) {
  constexpr std::uint64_t least_work = 50;  // some seconds
  const TrainReport& report = result.report;
  const bool is_right =
      report.assessment.grade == Grade::generalises || report.assessment.grade == Grade::fits;
  const double left = options.run.time_budget - report.seconds;
  // Who has switched the search off wants to see what gradients find.
  const bool is_wanted =
      !options.no_minimise && (options.settings.portfolio.annealing || options.minimise > 0);
  if (!is_wanted || !is_right || report.end != TrainEnd::solved ||
      (options.run.time_budget > 0 && left <= 0)) {
    return std::nullopt;
  }
  MinimiseOptions how;
  how.modules = options.run.modules;
  how.threads = options.run.threads;
  how.work_budget = options.minimise > 0 ? 0 : std::max(least_work, report.clock);
  how.time_budget = options.minimise;
  if (options.run.time_budget > 0) {
    how.time_budget = how.time_budget > 0 ? std::min(how.time_budget, left) : left;
  }
  return minimise_with_progress(result.model, task, options.settings, how);
}

ExitCode train_model(TrainCommand options) {
  require_one_on_stdout(options.output, options.json);
  if (options.ask && options.source.file() == "-") {
    throw Error(
        ErrorKind::usage,
        "--ask reads answers from the standard input, so that the examples cannot come from "
        "there; name a file of them");
  }
  if (!options.answers.empty() && is_same_file(options.output, options.answers)) {
    throw Error(ErrorKind::usage,
                fmt::format("-o and --answers are the same file, {}", options.answers));
  }
  ignore_closed_pipes();  // the model matters more than who listens
  const TrainingFiles files({options.source.file(), options.output, options.log, options.warm_start,
                             options.run.resume, options.no_checkpoint});
  if (!options.warm_start.empty()) {
    options.run.warm_start = read_warm_start(options.warm_start);
  }
  options.run.checkpoint = files.checkpoint();
  options.run.on_checkpoint_failure = [told = false](const std::string& why) mutable {
    if (!std::exchange(told, true)) {
      complain(fmt::format("{}; no checkpoint was written, training goes on", why));
    }
  };
  Asker asker(options.answers, options.source.read());
  std::shared_ptr<const Task> task = options.source.open(asker.examples());
  std::optional<TrainingLog> log;
  if (!options.log.empty()) {
    log.emplace(options.log, options.run.resume);
  }
  limit_threads(options.run.threads);
  std::optional<ResultsAtStake> at_stake(std::in_place);
  TrainResult result = learn(*task, options, log ? &*log : nullptr);
  while (is_in_question(options, result) && asker.ask(result.report.assessment.questions)) {
    task = options.source.open(asker.examples());
    go_on_from(result, options);
    result = learn(*task, options, log ? &*log : nullptr);
  }
  const bool is_stored_once = is_standard_output(options.output);
  if (!is_stored_once) {
    files.store(result);
  }
  const std::optional<MinimisedModel> shorter = shorten(result, *task, options);
  const bool is_shorter = shorter && shorter->improvements > 0;
  if (is_shorter) {
    result.model = shorter->model;
    result.program = shorter->program;
  }
  if (is_shorter || is_stored_once) {
    files.store(result);
  }
  at_stake.reset();
  TrainingOutcome outcome{result, options.output, options.settings.portfolio.seed};
  outcome.constants = task->constants();
  outcome.answered = asker.answered();
  outcome.minimised = shorter;
  const bool solved = result.report.is_solved();
  if (!solved) {
    const auto is_over = impatience(result);
    outcome.failure = failure_of(result, *task, options, is_over);
    outcome.advice = advice(options, *task, result, is_over);
  }
  print(options, outcome);
  if (result.report.end == TrainEnd::interrupted) {
    if (!options.run.checkpoint.empty()) {
      complain(fmt::format("interrupted; the same command with --resume goes on from {}",
                           options.run.checkpoint));
    }
    return ExitCode::interrupted;
  }
  if (interrupted()) {  // at a question, or while minimising: what was learned before is kept
    complain("interrupted; the model is the best so far");
    return ExitCode::interrupted;
  }
  return solved ? ExitCode::done : ExitCode::failed;
}

/// Whom to ask about programs that differ.
void add_questions(CLI::App& verb, TrainCommand& options) {
  auto* ask =
      verb.add_flag("--ask", options.ask,
                    "Where programs that fit the examples differ, ask on the terminal which "
                    "result is right, and go on with the answer as one more example")
          ->needs(options.source.file_option());
  verb.add_option("--answers", options.answers,
                  "With --ask: append answers to this file; if there is none yet, the examples are "
                  "written to it first")
      ->type_name("FILE")
      ->needs(ask);
}

/// How long to look for a shorter program.
void add_minimising(CLI::App& verb, TrainCommand& options) {
  auto* seconds = take_duration(verb.add_option(
      "--minimise", options.minimise,
      "After success, look for a shorter program for this time; without it, for about as long as "
      "learning took, which is the same on every computer"));
  verb.add_flag("--no-minimise", options.no_minimise, "Keep the program that was found")
      ->excludes(seconds);
}

}  // namespace

void add_train(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("train", "Learn a program from examples");
  auto options = std::make_shared<TrainCommand>();
  options->source.add_to(*verb);
  add_questions(*verb, *options);
  verb->add_option("-o,--output", options->output,
                   "The model to write (.safetensors); - is stdout: no checkpoints then")
      ->required()
      ->type_name("FILE");
  take_duration(verb->add_option("--time", options->run.time_budget,
                                 "Stop after this time (seconds, or 90s, 5m, 1h30m) with the best "
                                 "so far; 0 = never"));
  verb->add_option("--warm-start", options->warm_start,
                   "Begin from this model or program; the file itself stays as it is")
      ->type_name("FILE");
  add_threads(*verb, options->run.threads);
  auto* every = take_duration(verb->add_option("--checkpoint-every", options->run.checkpoint_every,
                                               "Time between two checkpoints in MODEL.checkpoint")
                                  ->capture_default_str());
  auto* none = verb->add_flag("--no-checkpoint", options->no_checkpoint, "Write no checkpoints")
                   ->excludes(every);
  verb->add_flag("--resume", options->run.resume, "Go on from MODEL.checkpoint")->excludes(none);
  verb->add_option("--log", options->log,
                   "Write cost and success of every slice of work, as JSON lines; where an attempt "
                   "of the search "
                   "ends, what became of its moves")
      ->type_name("FILE");
  verb->add_flag("--moves", options->moves,
                 "Print how often each kind of change was proposed, accepted and an improvement");
  verb->add_flag("--json", options->json, "Report as JSON");
  add_minimising(*verb, *options);
  add_settings(*verb, options->settings);
  verb->footer(
      "Equal settings, seed and examples give the same model, whatever the number of threads; "
      "only\n"
      "a time budget that ends the search may change it. The exit code is 1 if no program passed\n"
      "all tests; the model is then the best so far.\n\n"
      "Of a file the shorter half of the lengths is learned from first, the rest is held out. The\n"
      "verdict says what that showed:\n"
      "  generalises  right on examples longer by half or more than all it was learned from; with\n"
      "               fewer than 40 examples, other programs that fit were found, and agree\n"
      "  fits         right on all examples; too few, or none long enough, to show more\n"
      "  ambiguous    so are other programs that do something else on an input that is shown\n"
      "  bounded      its steps do not grow with the input, or it stops sorting: wrong on longer\n"
      "               ones\n"
      "  not-solved   wrong on some example, or does not stop by itself\n\n"
      "Examples:\n"
      "  nram train --task copy -o copy.safetensors\n"
      "  nram train --examples mine.jsonl --registers 3 --time 300 -o mine.safetensors");
  verb->callback([options, verb, &chosen] {
    if (verb->count("--minimise") > 0 && options->minimise <= 0) {
      throw Error(ErrorKind::usage,
                  "--minimise: there has to be some time; --no-minimise leaves it out");
    }
    require_effect(*verb, options->settings, options->source.is_file());
    chosen = [options] { return train_model(*options); };
  });
}

}  // namespace nram::cli
