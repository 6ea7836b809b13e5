#include "choice.hpp"
#include "export_object.hpp"
#include "interrupt.hpp"
#include "number.hpp"
#include "output.hpp"
#include "output_file.hpp"
#include "program_input.hpp"
#include "task_option.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/export_report.hpp>
#include <nram/model-io/model_file.hpp>
#include <nram/model-io/program_file.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/fidelity.hpp>

namespace nram::cli {
namespace {

struct ExportCommand {
  std::string model;
  std::string output;
  std::string task;
  std::string examples;
  std::uint64_t seed = 1;
  bool json = false;
  std::string to = "program";
  ObjectOption object;
};

/// Examples to compare soft and hard machine on: those of the file, or of all levels of small
/// examples of the task; none if neither was asked for.
std::vector<Example> comparison_examples(const ExportCommand& options, const Machine& machine) {
  if (!options.examples.empty()) {
    ExampleFile file = read_example_file(options.examples);
    file.require_registers(machine.registers());
    return std::move(file.examples);
  }
  std::vector<Example> examples;
  if (!options.task.empty()) {
    constexpr std::size_t per_level = 20;
    const BuiltinTask& task = require_task(options.task);
    Random random(options.seed);
    for (std::size_t level = 0; level < task.small_levels(); ++level) {
      for (Example& example : task.draw_level(level, per_level, random)) {
        examples.push_back(std::move(example));
      }
    }
  }
  return examples;
}

std::string percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.1f} %", 100 * *share) : "not known";
}

/// How far soft and hard machine agree, and whether the hard one ends.
std::string agreement_text(const ExportReport& report) {
  const bool always_stops = report.hard_stops.value_or(1.0) == 1.0;
  std::string text = "the examples are too large for the soft machine";
  if (report.first_divergence) {
    text = fmt::format("they part after step {}", *report.first_divergence);
  } else if (report.soft_accuracy) {
    text = always_stops ? "they agree in every step" : "they agree in the steps of the examples";
  }
  if (!always_stops) {
    text += fmt::format(
        "; but the hard machine does not stop by itself on {:.1f} % of the examples: it was cut "
        "off after ten times their steps and judged by what it had left then",
        100 * (1.0 - *report.hard_stops));
  }
  return text;
}

std::string report_text(const ExportReport& report, std::size_t examples,
                        const std::string& output) {
  std::string text =
      fmt::format("{}: {} circuit{}, {} rule{}, {} state{}\n", output, report.circuits,
                  report.circuits == 1 ? "" : "s", report.rules, report.rules == 1 ? "" : "s",
                  report.automaton.states, report.automaton.states == 1 ? "" : "s");
  if (report.automaton.checked_steps > 0) {
    text += fmt::format("verified: does what the LSTM does in {} steps of random runs{}\n",
                        report.automaton.checked_steps, examples > 0 ? " and the examples" : "");
  }
  if (examples > 0) {
    text += fmt::format("on {} examples: soft {} right, hard {} right; {}\n", examples,
                        percent(report.soft_accuracy), percent(report.hard_accuracy),
                        agreement_text(report));
  }

  std::vector<std::pair<std::string, WeakestChoice>> choices;
  for (const SelectorReport& selector : report.selectors) {
    choices.emplace_back(selector.selector, selector.on_visited.value_or(selector.anywhere));
  }
  constexpr std::size_t most = 5;
  const std::size_t shown = std::min(most, choices.size());
  std::partial_sort(
      choices.begin(), choices.begin() + static_cast<std::ptrdiff_t>(shown), choices.end(),
      [](const auto& a, const auto& b) { return a.second.probability < b.second.probability; });
  text += fmt::format("least sure selectors{}:\n",
                      examples > 0 ? " in what the examples meet" : " under any mask");
  for (std::size_t i = 0; i < shown; ++i) {
    text += fmt::format("  {:<10} chose {:<8} with probability {:.3f}\n", choices[i].first,
                        choices[i].second.winner, choices[i].second.probability);
  }
  return text;
}

/// The program, verified once more as it will be written: other random runs than those it was made
/// with, and those on the examples.
Exported verified_export(const Model& model, const ExportCommand& options,
                         std::span<const Example> examples) {
  constexpr std::uint64_t fresh_seed = 1'000'000;
  ExportOptions how = export_options();
  if (model.controller().kind == ControllerKind::lstm) {
    how.runs = runs_of(model, examples, stop_if_interrupted);
  }
  Exported exported = export_from(model, options.model, how);
  stop_if_interrupted();
  if (model.controller().kind == ControllerKind::lstm) {
    Verification verification = verify_on_runs(model, exported.program, how.runs);
    if (!verification.first) {
      const std::uint64_t given = verification.steps;
      verification = verify_on_random_runs(model, exported.program, how.checked_steps, fresh_seed);
      verification.steps += given;
    }
    if (verification.first) {
      throw NotFinite(
          fmt::format("{}: the automaton of {} states does not do what the LSTM does: after {} "
                      "equal steps they differ in {}. Nothing was written. `nram run {} INPUT -o "
                      "OUTPUT --live` runs the model itself",
                      options.model, exported.automaton.states, verification.steps,
                      verification.first->text(model.machine()), options.model),
          exported.automaton.states_found, exported.automaton.merge_tolerance, verification);
    }
    exported.automaton.checked_steps = verification.steps;
  }
  return exported;
}

/// Why there is no program, as JSON.
Json failure_json(const NotFinite& error, const Machine& machine) {
  const auto& [steps, first] = error.verification();
  Json json{{"exported", false},
            {"states_seen", error.states_seen()},
            {"merge_tolerance", error.tolerance()},
            {"checked_steps", steps},
            {"first_disagreement", nullptr}};
  if (first) {
    json["first_disagreement"] = {{"step", first->masks.size()}, {"mask", first->masks.back()},
                                  {"selector", first->selector}, {"controller", first->controller},
                                  {"program", first->program},   {"text", first->text(machine)}};
  }
  return json;
}

/// What says how to compile says nothing about a program; Python's cells are of any width.
void require_code(const CLI::App& verb, const std::string& to) {
  for (const char* const option : {"--name", "--cell-bits", "--modulus"}) {
    const bool is_width = std::string_view(option) == "--cell-bits";
    if (verb.count(option) > 0 && (to == "program" || (is_width && to == "python"))) {
      throw Error(ErrorKind::usage, fmt::format("{} does nothing here: it is for --to object{}",
                                                option, is_width ? " and c" : ", c and python"));
    }
  }
}

ExitCode export_program(const ExportCommand& options) {
  if (options.to != "program") {
    if (options.json || !options.task.empty() || !options.examples.empty()) {
      throw Error(ErrorKind::usage, "--json, --task and --examples are for --to program");
    }
    return options.to == "object"
               ? options.object.write(options.model, options.output)
               : options.object.write_source(options.model, options.output, options.to);
  }
  require_one_on_stdout(options.output, options.json);
  require_output(options.output, FileKind::program,
                 {{"the model", options.model}, {"the examples", options.examples}});
  const Model model = read_model(options.model);
  warn_of_reserve(options.model, model.metadata());
  const std::vector<Example> examples = comparison_examples(options, model.machine());
  const Exported exported = [&] {
    try {
      return verified_export(model, options, examples);
    } catch (const NotFinite& error) {
      if (options.json) {
        print_report(failure_json(error, model.machine()));
      }
      throw;
    }
  }();
  stop_if_interrupted();
  const ExportReport report =
      examples.empty() ? export_report(exported)
                       : compare_soft_and_hard(model, exported, examples, stop_if_interrupted);
  stop_if_interrupted();
  write_program(exported.program, options.output);
  if (options.json) {
    print_text(to_json(report));
  } else if (!is_standard_output(options.output)) {
    print_text(report_text(report, examples.size(), options.output));
  }
  return ExitCode::done;
}

}  // namespace

void add_export(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("export", "Turn a model into a program");
  auto options = std::make_shared<ExportCommand>();
  verb->add_option(
          "model", options->model,
          "The model (.safetensors); with --to object, c and python also a program (.json)")
      ->required()
      ->type_name("FILE");
  verb->add_option("-o,--output", options->output,
                   "The program to write (.json; - is stdout), the object file (.o) or the source "
                   "(.c, .py; - is stdout)")
      ->required()
      ->type_name("FILE");
  auto* to =
      take_one_of(verb->add_option("--to", options->to,
                                   "What to write: a program; an object file and a C header to "
                                   "link into a program of one's own; or the source of a function"),
                  "output", {"program", "object", "c", "python"})
          ->capture_default_str();
  options->object.add_to(*verb, to);
  auto* source = verb->add_option_group(
      "Comparison", "examples to compare the soft with the hard machine on; at most one of");
  auto* task = source->add_option("--task", options->task, "A built-in task")->type_name("TASK");
  source->add_option("--examples", options->examples, "A file of examples (.jsonl); - reads stdin")
      ->type_name("FILE");
  source->require_option(0, 1);
  verb->add_option("--seed", options->seed, "With --task: draws other examples")
      ->capture_default_str()
      ->check(check_number)
      ->type_name("N")
      ->needs(task);
  verb->add_flag("--json", options->json, "Report as JSON");
  verb->footer(
      "The report tells how sure every selector was of what it chose; with examples also how "
      "right\n"
      "the soft and the hard machine are on them, and after which step they part.\n"
      "The program of an LSTM is an automaton that was verified against it on random runs and on "
      "the\n"
      "examples. If there is none, the exit code is 1; `nram run` and `nram eval` run such a "
      "model\n"
      "live.\n\n"
      "Examples:\n"
      "  nram export copy.safetensors -o copy.json\n"
      "  nram export copy.json --to object -o copy.o\n"
      "  nram export copy.json --to c -o copy.c\n"
      "  nram export copy.json --to python -o copy.py\n"
      "  nram export copy.safetensors -o copy.json --task copy --json");
  verb->callback([options, verb, &chosen] {
    require_code(*verb, options->to);
    chosen = [options] { return export_program(*options); };
  });
}

}  // namespace nram::cli
