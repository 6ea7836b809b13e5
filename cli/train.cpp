#include "failure.hpp"
#include "interrupt.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "task_option.hpp"
#include "threads.hpp"
#include "training_log.hpp"
#include "verbs.hpp"

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/model-io/model_file.hpp>
#include <nram/trainer/search.hpp>

namespace nram::cli {
namespace {

struct TrainOptions {
  std::string task;
  std::string examples;
  std::string output;
  Settings settings;
  SearchOptions search;
  std::string log;
  bool no_checkpoint = false;
  bool json = false;
};

/// What was made of a file of examples.
std::string summary_of(const ExamplesTask& task) {
  constexpr std::size_t few = 40;
  return fmt::format(
      "{} examples to learn from, the {} longest held out; values are {}{}",
      task.training_examples(), task.held_out_examples(),
      task.words() ? "words (not all are below the number of cells)" : "below the number of cells",
      task.training_examples() < few ? "; these are few, what is learned may be right by luck only"
                                     : "");
}

/// A built-in task or the one of a file, behind one pointer.
std::shared_ptr<const Task> open_task(const TrainOptions& options) {
  if (!options.examples.empty()) {
    auto task = std::make_shared<ExamplesTask>(options.examples, read_examples(options.examples));
    complain(summary_of(*task));
    return task;
  }
  return std::make_shared<BuiltinTask>(require_task(options.task));
}

std::string progress_text(const SearchProgress& progress, const TrainOptions& options) {
  const AttemptProgress& running = progress.running;
  std::string text = fmt::format(
      "attempt {} ({})  {}/{}  level {}  cost {:.3f}  best: right {:.1f} %, stops {:.0f} %",
      running.number, running.arm, running.work, running.work_limit, running.level + 1,
      running.cost, 100 * std::max(0.0, progress.best.accuracy), 100 * progress.best.stops);
  if (options.search.time_budget > 0) {
    text += fmt::format("  {} left",
                        time_left(progress.seconds, options.search.time_budget, progress.seconds));
  }
  return text;
}

/// What to try after a search without success.
std::string advice(const TrainOptions& options) {
  std::string text = "more time (--time) or another --seed may help";
  if (!options.examples.empty()) {
    text += ", or more and shorter examples";
  }
  if (options.settings.registers != 0) {
    text += ", or to leave the number of registers to the trainer (--registers 0)";
  }
  if (!options.no_checkpoint) {
    text += "; the same command with --resume goes on where this search has ended";
  }
  return text;
}

void print_outcome(const TrainOptions& options, const SearchResult& result,
                   const std::optional<std::string>& failure) {
  const AttemptProgress& attempt = result.attempt;
  const bool solved = attempt.status == AttemptStatus::solved;
  if (options.json) {
    print_report({{"solved", solved},
                  {"smallest_failure", failure ? Json(*failure) : Json()},
                  {"end", name_of(result.end)},
                  {"found_by", attempt.arm},
                  {"attempt", attempt.number},
                  {"work", attempt.work},
                  {"attempts", result.attempts_done},
                  {"diverged", result.diverged},
                  {"seconds", result.seconds},
                  {"accuracy", attempt.best.accuracy},
                  {"stops", attempt.best.stops},
                  {"clean", attempt.best.clean},
                  {"seed", options.settings.seed},
                  {"model", options.output}});
    return;
  }
  const std::string verdict =
      solved ? "solved" : fmt::format("not solved ({}); the best is", name_of(result.end));
  print_text(fmt::format(
      "{} by attempt {} ({}, {} {}); {} attempts ended, {} diverged, {:.1f} s\n"
      "as a hard program on held-out examples: right {:.1f} %, stops {:.1f} %, clean {:.1f} %\n"
      "model: {}\n",
      verdict, attempt.number, attempt.arm, attempt.work,
      attempt.arm == "gradient" ? "iterations" : "candidates", result.attempts_done,
      result.diverged, result.seconds, 100 * std::max(0.0, attempt.best.accuracy),
      100 * attempt.best.stops, 100 * attempt.best.clean, options.output));
  if (failure) {
    complain(fmt::format("smallest example that goes wrong: {}", *failure));
  }
  if (!solved) {
    complain(advice(options));
  }
}

/// Why the best so far is not good enough.
std::optional<std::string> failure_of(const Model& model, const Task& task,
                                      const TrainOptions& options) {
  try {
    return smallest_failure(discretise(model), task, options.settings.seed);
  } catch (const Error& error) {  // a recurrent controller may have no finite program
    return error.what();
  }
}

ExitCode train(TrainOptions options) {
  const std::shared_ptr<const Task> task = open_task(options);
  if (!options.no_checkpoint) {
    options.search.checkpoint = options.output + ".checkpoint";
  }
  std::optional<TrainingLog> log;
  if (!options.log.empty()) {
    log.emplace(options.log, options.search.resume);
  }
  const ThreadLimit limit(options.search.threads);
  SearchResult result = [&] {
    ProgressLine line;
    options.search.on_progress = [&](const SearchProgress& progress) {
      if (line.due()) {
        line.show(progress_text(progress, options));
      }
      if (log) {
        log->add(progress);
      }
      return !interrupted();
    };
    return search({*task, Machine::standard(1).modules(), options.settings}, options.search);
  }();
  write_model(result.model, options.output);
  const bool solved = result.attempt.status == AttemptStatus::solved;
  print_outcome(options, result, solved ? std::nullopt : failure_of(result.model, *task, options));
  if (result.end == SearchEnd::interrupted) {
    if (!options.no_checkpoint) {
      complain(fmt::format("interrupted; the same command with --resume goes on from {}",
                           options.search.checkpoint));
    }
    return ExitCode::interrupted;
  }
  return solved ? ExitCode::done : ExitCode::failed;
}

void add_settings(CLI::App& verb, Settings& settings) {
  for (const SettingRow& row : setting_rows()) {
    const std::string help(row.help);
    CLI::Option* option = nullptr;
    if (const auto* member = std::get_if<bool Settings::*>(&row.member)) {
      const bool usual = settings.*(*member);
      option = verb.add_flag_callback(
          fmt::format("--{}{}", usual ? "no-" : "", row.name),
          [&settings, &row, usual] { set(settings, row, usual ? "false" : "true"); },
          usual ? "no " + help : help);
    } else {
      option =
          verb.add_option_function<std::string>(
                  fmt::format("--{}", row.name),
                  [&settings, &row](const std::string& text) { set(settings, row, text); }, help)
              ->type_name("N")
              ->default_str(get(settings, row));
    }
    option->group("Settings (they decide what is learned)");
  }
}

}  // namespace

void add_train(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("train", "Learn a program from examples");
  auto options = std::make_shared<TrainOptions>();
  auto* source = verb->add_option_group("Examples", "Where they come from; one of");
  source->add_option("--task", options->task, "A built-in task")->type_name("TASK");
  source->add_option("--examples", options->examples, "A file of examples (.jsonl); - reads stdin")
      ->type_name("FILE");
  source->require_option(1);
  verb->add_option("-o,--output", options->output, "The model to write (.safetensors)")->required();
  verb->add_option("--time", options->search.time_budget,
                   "Stop after this many seconds with the best so far; 0 = never")
      ->check(CLI::NonNegativeNumber);
  add_threads(*verb, options->search.threads);
  verb->add_option("--checkpoint-every", options->search.checkpoint_every,
                   "Seconds between two checkpoints in MODEL.checkpoint")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  auto* none = verb->add_flag("--no-checkpoint", options->no_checkpoint, "Write no checkpoints");
  verb->add_flag("--resume", options->search.resume, "Go on from MODEL.checkpoint")->excludes(none);
  verb->add_option("--log", options->log,
                   "Write cost and success of every portion of work, as JSON lines")
      ->type_name("FILE");
  verb->add_flag("--json", options->json, "Report as JSON");
  add_settings(*verb, options->settings);
  verb->footer(
      "Equal settings, seed and examples give the same model, whatever the number of threads; "
      "only\n"
      "a time budget that ends the search may change it. The exit code is 1 if no program passed\n"
      "all tests; the model is then the best so far.\n\n"
      "Examples:\n"
      "  nram train --task copy -o copy.safetensors\n"
      "  nram train --examples mine.jsonl --registers 3 --time 300 -o mine.safetensors");
  verb->callback([options, &chosen] { chosen = [options] { return train(*options); }; });
}

}  // namespace nram::cli
