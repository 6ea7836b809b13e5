#include "interrupt.hpp"
#include "output.hpp"
#include "output_file.hpp"
#include "progress.hpp"
#include "task_option.hpp"
#include "threads.hpp"
#include "training_files.hpp"
#include "training_log.hpp"
#include "verbs.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/examples_task.hpp>
#include <nram/trainer/failure.hpp>
#include <nram/trainer/train.hpp>

namespace nram::cli {
namespace {

struct TrainCommand {
  std::string task;
  std::string examples;
  std::string modulus;  ///< of the examples; empty: worked out
  std::string order;    ///< likewise
  std::string output;
  Settings settings;
  TrainOptions run;
  std::string log;
  bool no_checkpoint = false;
  bool moves = false;
  bool json = false;
};

/// What was made of a file of examples.
std::string summary_of(const ExamplesTask& task) {
  constexpr std::size_t few = 40;
  return fmt::format(
      "{} examples to learn from, the {} longest held out; {} numbers, modulus: {} ({}){}",
      task.training_examples(), task.held_out_examples(), name_of(task.order()),
      name_of(task.arithmetic().value_or(Arithmetic::word)), task.arithmetic_reason(),
      task.training_examples() < few ? "; these are few, what is learned may be right by luck only"
                                     : "");
}

/// A built-in task or the one of a file, behind one pointer.
std::shared_ptr<const Task> open_task(const TrainCommand& options) {
  if (!options.examples.empty()) {
    const ExamplesTask::Options how{arithmetic_named(options.modulus), order_named(options.order)};
    auto task =
        std::make_shared<ExamplesTask>(options.examples, read_examples(options.examples), how);
    complain(summary_of(*task));
    return task;
  }
  return std::make_shared<BuiltinTask>(require_task(options.task));
}

std::string progress_text(const TrainProgress& progress, const TrainCommand& options) {
  const AttemptProgress& running = progress.running;
  std::string text = fmt::format(
      "attempt {} ({})  {}/{}  level {}  cost {:.3f}  best: right {:.1f} %, stops {:.0f} %",
      running.number, name_of(running.arm), running.work, running.work_limit, running.level + 1,
      running.cost, 100 * std::max(0.0, progress.best.accuracy), 100 * progress.best.stops);
  if (options.run.time_budget > 0) {
    text += fmt::format("  {} left",
                        time_left(progress.seconds, options.run.time_budget, progress.seconds));
  }
  return text;
}

/// What to try after a search without success.
std::string advice(const TrainCommand& options, const Model& model) {
  std::string text = "more time (--time) or another --seed may help";
  if (!options.examples.empty()) {
    text += ", or more and shorter examples";
    if (model.meaning().arithmetic == Arithmetic::both) {
      text +=
          ", or to say whether numbers wrap round at the number of cells (--modulus cells) or do "
          "not (--modulus word), which the examples leave open";
    }
  }
  if (options.settings.machine.registers != 0) {
    text += ", or to leave the number of registers to the trainer (--registers 0)";
  }
  if (!options.run.checkpoint.empty()) {
    text += "; the same command with --resume goes on where this search has ended";
  }
  return text;
}

/// What became of the changes that the discrete search proposed, as a table.
std::string table_of(const std::vector<MoveCount>& moves) {
  std::string text =
      fmt::format("{:<20} {:>12} {:>12} {:>12}\n", "move", "proposed", "accepted", "improved");
  for (const MoveCount& move : moves) {
    text += fmt::format("{:<20} {:>12} {:>12} {:>12}\n", move.name, move.proposed, move.accepted,
                        move.improved);
  }
  return text;
}

/// What the model's metadata says, or null.
Json said_of(const Model& model, const std::string& key) {
  const auto found = model.metadata().find(key);
  return found == model.metadata().end() ? Json() : Json(found->second);
}

void print_outcome(const TrainCommand& options, const TrainResult& result,
                   const std::optional<std::string>& failure) {
  const TrainReport& report = result.report;
  const AttemptProgress& attempt = report.attempt;
  const bool solved = report.is_solved();
  if (options.json) {
    print_report({{"solved", solved},
                  {"smallest_failure", failure ? Json(*failure) : Json()},
                  {"end", name_of(report.end)},
                  {"found_by", name_of(attempt.arm)},
                  {"attempt", attempt.number},
                  {"work", attempt.work},
                  {"attempts", report.attempts_done},
                  {"diverged", report.diverged},
                  {"seconds", report.seconds},
                  {"accuracy", attempt.best.accuracy},
                  {"stops", attempt.best.stops},
                  {"clean", attempt.best.clean},
                  {"seed", options.settings.portfolio.seed},
                  {"arithmetic", said_of(result.model, "arithmetic")},
                  {"arithmetic_reason", said_of(result.model, "arithmetic-reason")},
                  {"order", name_of(result.model.machine().order())},
                  {"moves", move_counts_json(report.moves)},
                  {"model", options.output}});
    return;
  }
  const std::string verdict =
      solved ? "solved" : fmt::format("not solved ({}); the best is", name_of(report.end));
  // Standard output may be taken by the model.
  const auto print = is_standard_output(options.output) ? print_notes : print_text;
  print(fmt::format(
      "{} by attempt {} ({}, {} {}); {} attempts ended, {} diverged, {:.1f} s\n"
      "as a hard program on held-out examples: right {:.1f} %, stops {:.1f} %, clean {:.1f} %\n"
      "model: {}\n",
      verdict, attempt.number, name_of(attempt.arm), attempt.work, unit_of(attempt.arm),
      report.attempts_done, report.diverged, report.seconds,
      100 * std::max(0.0, attempt.best.accuracy), 100 * attempt.best.stops,
      100 * attempt.best.clean, options.output));
  if (options.moves) {
    print(table_of(report.moves));
  }
  if (failure) {
    complain(fmt::format("smallest example that goes wrong: {}", *failure));
  }
  if (!solved) {
    complain(advice(options, result.model));
  }
}

/// Why the best so far is not good enough.
std::string failure_of(const TrainResult& result, const Task& task, const TrainCommand& options) {
  if (!result.program) {
    return "the model has no program: no finite set of states of its recurrent controller was "
           "found";
  }
  // Whoever has cut the search short does not wait.
  const bool is_urgent =
      result.report.end == TrainEnd::time_budget || result.report.end == TrainEnd::interrupted;
  const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  return smallest_failure(*result.program, task, options.settings.portfolio.seed,
                          [&] { return is_urgent && std::chrono::steady_clock::now() > soon; })
      .value_or("none was found among the examples drawn for this message");
}

ExitCode train_model(TrainCommand options) {
  if (options.json && is_standard_output(options.output)) {
    throw Error(ErrorKind::usage,
                fmt::format("--json and -o {} both want the standard output", options.output));
  }
  ignore_closed_pipes();  // the model matters more than who listens
  const TrainingFiles files(
      {options.examples, options.output, options.log, options.run.resume, options.no_checkpoint});
  options.run.checkpoint = files.checkpoint();
  options.run.on_checkpoint_failure = [told = false](const std::string& why) mutable {
    if (!std::exchange(told, true)) {
      complain(fmt::format("{}; no checkpoint was written, training goes on", why));
    }
  };
  const std::shared_ptr<const Task> task = open_task(options);
  std::optional<TrainingLog> log;
  if (!options.log.empty()) {
    log.emplace(options.log, options.run.resume);
  }
  limit_threads(options.run.threads);
  TrainResult result = [&] {
    ProgressLine line;
    options.run.is_interrupted = interrupted;
    options.run.on_progress = [&](const TrainProgress& progress) {
      if (line.due()) {
        line.show(progress_text(progress, options));
      }
      if (log) {
        log->add(progress);
      }
      return !interrupted();
    };
    return train(*task, options.settings, options.run);
  }();
  files.store(result);
  const bool solved = result.report.is_solved();
  print_outcome(options, result,
                solved ? std::nullopt : std::optional(failure_of(result, *task, options)));
  if (result.report.end == TrainEnd::interrupted) {
    if (!options.run.checkpoint.empty()) {
      complain(fmt::format("interrupted; the same command with --resume goes on from {}",
                           options.run.checkpoint));
    }
    return ExitCode::interrupted;
  }
  return solved ? ExitCode::done : ExitCode::failed;
}

void add_settings(CLI::App& verb, Settings& settings) {
  for (const SettingRow& row : setting_rows()) {
    const std::string help(row.help);
    const std::string usual = get(settings, row);
    CLI::Option* option = nullptr;
    if (row.is_switch) {
      const bool is_on = usual == "true";
      option = verb.add_flag_callback(
          fmt::format("--{}{}", is_on ? "no-" : "", row.name),
          [&settings, &row, is_on] { set(settings, row, is_on ? "false" : "true"); },
          is_on ? "switch off: " + help : help);
    } else {
      option =
          verb.add_option_function<std::string>(
                  fmt::format("--{}", row.name),
                  [&settings, &row](const std::string& text) { set(settings, row, text); }, help)
              ->type_name("N")
              ->default_str(usual);
    }
    option->group(fmt::format("Settings: {}", row.group));
  }
}

/// What settings were called before they were named in the field's words. Whoever still uses an old
/// name is told the new one.
void refuse_old_names(CLI::App& verb) {
  static constexpr std::pair<std::string_view, std::string_view> renamed[] = {
      {"loaded-cells", "prologue-cells"},
      {"step-price", "ponder-cost"},
      {"no-search", "no-annealing"},
      {"streams", "slots"},
      {"no-charts", "no-automata"},
      {"chart-states", "automaton-states"},
      {"chart-modules", "automaton-modules"},
      {"chart-rounds", "automaton-rounds"},
      {"chart-patience", "automaton-patience"},
      {"chart-iterations", "automaton-iterations"},
      {"chart-rate", "automaton-rate"},
  };
  for (const auto& [old_name, new_name] : renamed) {
    const auto refuse = [old_name, new_name](const CLI::results_t&) -> bool {
      throw Error(ErrorKind::usage, fmt::format("--{} is called --{} now", old_name, new_name));
    };
    verb.add_option(fmt::format("--{}", old_name), refuse)->expected(0, 1)->group("");
  }
}

}  // namespace

void add_train(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("train", "Learn a program from examples");
  auto options = std::make_shared<TrainCommand>();
  auto* source = verb->add_option_group("Examples", "Where they come from; one of");
  source->add_option("--task", options->task, "A built-in task")->type_name("TASK");
  auto* examples = source
                       ->add_option("--examples", options->examples,
                                    "A file of examples (.jsonl); - reads stdin")
                       ->type_name("FILE");
  source->require_option(1);
  verb->add_option(
          "--modulus", options->modulus,
          "With --examples: whether numbers wrap round at the `word` (2^64), at the number "
          "of `cells`, or a program has to be right for `both`; without it, as the examples "
          "tell: a value that is not below the number of cells, a sum that has wrapped "
          "round there")
      ->check(CLI::IsMember({"word", "cells", "both"}))
      ->needs(examples);
  verb->add_option("--order", options->order,
                   "With --examples: whether numbers are compared as `unsigned` or as `signed`; "
                   "without it, signed if a value is below 0")
      ->check(CLI::IsMember({"unsigned", "signed"}))
      ->needs(examples);
  verb->add_option("-o,--output", options->output,
                   "The model to write (.safetensors); - is stdout: no checkpoints then")
      ->required();
  verb->add_option("--time", options->run.time_budget,
                   "Stop after this many seconds with the best so far; 0 = never")
      ->check(CLI::NonNegativeNumber);
  add_threads(*verb, options->run.threads);
  verb->add_option("--checkpoint-every", options->run.checkpoint_every,
                   "Seconds between two checkpoints in MODEL.checkpoint")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  auto* none = verb->add_flag("--no-checkpoint", options->no_checkpoint, "Write no checkpoints");
  verb->add_flag("--resume", options->run.resume, "Go on from MODEL.checkpoint")->excludes(none);
  verb->add_option("--log", options->log,
                   "Write cost and success of every slice of work, as JSON lines; where an attempt "
                   "of the search "
                   "ends, what became of its moves")
      ->type_name("FILE");
  verb->add_flag("--moves", options->moves,
                 "Print how often each kind of change was proposed, accepted and an improvement");
  verb->add_flag("--json", options->json, "Report as JSON");
  add_settings(*verb, options->settings);
  refuse_old_names(*verb);
  verb->footer(
      "Equal settings, seed and examples give the same model, whatever the number of threads; "
      "only\n"
      "a time budget that ends the search may change it. The exit code is 1 if no program passed\n"
      "all tests; the model is then the best so far.\n\n"
      "Examples:\n"
      "  nram train --task copy -o copy.safetensors\n"
      "  nram train --examples mine.jsonl --registers 3 --time 300 -o mine.safetensors");
  verb->callback([options, &chosen] { chosen = [options] { return train_model(*options); }; });
}

}  // namespace nram::cli
