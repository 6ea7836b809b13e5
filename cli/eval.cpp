#include "engine_option.hpp"
#include "eval_cases.hpp"
#include "eval_shrink.hpp"
#include "interrupt.hpp"
#include "interruptible_executor.hpp"
#include "number.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "runnable.hpp"
#include "task_option.hpp"
#include "threads.hpp"
#include "unit_option.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/parallel.hpp>
#include <nram/engine/stepped_run.hpp>
#include <nram/model-io/live_executor.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/failure.hpp>
#include <nram/trainer/task.hpp>

namespace nram::cli {
namespace {

constexpr std::size_t max_count = 1'000'000'000;

struct EvalOptions {
  std::string program;
  EvalCaseOptions cases;
  EngineOption engine;
  LiveOption live;
  unsigned threads = 0;
  bool shrink = false;
  bool json = false;
};

/// What came out, of all cases and of those with each modulus.
struct Outcomes {
  struct Part {
    Evaluation evaluation;
    std::uint64_t elements = 0;  ///< of drawn cases

    [[nodiscard]] double steps_per_element() const {
      return static_cast<double>(evaluation.steps) / static_cast<double>(elements);
    }
  };
  Part all;
  std::map<std::string, Part> by_modulus;  ///< "cells", "2^64", ...
};

void add(Outcomes::Part& part, const Evaluation& one, std::size_t index, std::size_t elements) {
  Evaluation& total = part.evaluation;
  total.cases += one.cases;
  total.wrong_cases += one.wrong_cases;
  total.result_cells += one.result_cells;
  total.wrong_cells += one.wrong_cells;
  total.stopped_cases += one.stopped_cases;
  total.clean_cases += one.clean_cases;
  total.steps += one.steps;
  if (one.first_failure) {
    total.first_failure = std::min(total.first_failure.value_or(index), index);
  }
  part.elements += elements;
}

Evaluation evaluate_one(const Executor& executor, const TestCase& test, const EvalCases& cases,
                        std::size_t index) {
  try {
    return evaluate(executor, std::span(&test, 1));
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("{}: {}", cases.where(index), error.what()));
  }
}

Outcomes evaluate_all(const Executor& executor, const EvalCases& cases) {
  Outcomes outcomes;
  const Evaluation& total = outcomes.all.evaluation;
  std::mutex mutex;
  ProgressLine progress;
  const auto start = std::chrono::steady_clock::now();
  const auto judge_case = [&](std::size_t i) {
    const TestCase test = cases.make(i);
    const Evaluation one = evaluate_one(executor, test, cases, i);
    const std::string modulus = test.modulus ? test.modulus->to_string() : "cells";
    const std::lock_guard lock(mutex);
    add(outcomes.all, one, i, cases.elements(i));
    add(outcomes.by_modulus[modulus], one, i, cases.elements(i));
    if (progress.due()) {
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      progress.show(std::vector<ProgressPart>{
          {clock_text(seconds.count()), clock_text(seconds.count())},
          {fmt::format("case {} of {}", total.cases, cases.size()),
           fmt::format("{}/{}", total.cases, cases.size())},
          {fmt::format("{} wrong", total.wrong_cases), fmt::format("{} wrong", total.wrong_cases)},
          {fmt::format("{} left", time_left(static_cast<double>(total.cases),
                                            static_cast<double>(cases.size()), seconds.count()))}});
    }
  };
  parallel_ranges(cases.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i != end && !interrupted(); ++i) {
      judge_case(i);
    }
  });
  stop_if_interrupted();
  return outcomes;
}

Json json_of(const Outcomes::Part& part, bool has_length) {
  const Evaluation& result = part.evaluation;
  Json json{{"cases", result.cases},
            {"wrong_cases", result.wrong_cases},
            {"result_cells", result.result_cells},
            {"wrong_cells", result.wrong_cells},
            {"stops", result.stops()},
            {"clean", result.clean()},
            {"steps", result.steps}};
  if (has_length) {
    json["steps_per_element"] = part.steps_per_element();
  }
  return json;
}

std::string text_of(const Outcomes& outcomes, bool has_length) {
  const Evaluation& result = outcomes.all.evaluation;
  std::string text = fmt::format(
      "cases        {}\n"
      "wrong cases  {}\n"
      "wrong cells  {} of {} that count\n"
      "stops        {:.1f} %  (ends by itself)\n"
      "clean        {:.1f} %  (changes no cell that does not count)\n"
      "steps        {}",
      result.cases, result.wrong_cases, result.wrong_cells, result.result_cells,
      100 * result.stops(), 100 * result.clean(), result.steps);
  text +=
      has_length ? fmt::format("  ({:.2f} an element)\n", outcomes.all.steps_per_element()) : "\n";
  if (outcomes.by_modulus.size() > 1) {
    for (const auto& [modulus, part] : outcomes.by_modulus) {
      text += fmt::format("modulo {:<5} {} of {} cases wrong, stops {:.1f} %, clean {:.1f} %\n",
                          modulus, part.evaluation.wrong_cases, part.evaluation.cases,
                          100 * part.evaluation.stops(), 100 * part.evaluation.clean());
    }
  }
  return text;
}

/// The smallest failure, for both reports.
struct Shrunk {
  SmallestCase smallest;
  std::optional<WrongWrite> wrong;
  std::string reason;
};

/// Looks for it with the executor; which step went wrong, the content of the file tells.
Shrunk shrink(const std::variant<Program, Model>& content, const Executor& executor,
              const EvalCases& cases, std::size_t failure) {
  Shrunk shrunk{find_smallest_case(executor, cases, failure), {}, {}};
  const SmallestCase& smallest = shrunk.smallest;
  const Meaning meaning = std::visit([](const auto& what) { return what.meaning(); }, content);
  std::vector<Word> memory = smallest.test.example.memory;
  RunOptions how;
  how.modulus = smallest.test.modulus.value_or(Modulus::of(memory.size()));
  how.registers = initial_registers(smallest.test.example, executor.machine());
  how.step_limit = meaning.steps.value_or(step_limit_of(smallest.test));
  const MemoryView view{std::span(memory)};
  SteppedRun run = std::visit(
      [&]<typename What>(const What& what) {
        if constexpr (std::is_same_v<What, Program>) {
          return SteppedRun(what, view, how);
        } else {
          return SteppedRun(what.machine(), live_controller(what), view, how);
        }
      },
      content);
  shrunk.wrong = first_wrong_write(run, smallest);
  shrunk.reason = explain_failure(executor, executor.machine(), smallest.test);
  return shrunk;
}

ExitCode evaluate_program(const EvalOptions& options) {
  const auto content = options.live.read(options.program, options.engine);
  Runnable runnable = runnable_of(content, options.engine);
  const std::uint64_t interval = runnable.progress_interval();
  const auto executor =
      make_interruptible(std::move(runnable.executor), interval, runnable.meaning.steps);
  options.cases.modulus.complain_if_untested(options.program, runnable.meaning);
  const EvalCases cases(options.cases, executor->machine(), runnable.meaning, runnable.compares);
  limit_threads(options.threads);
  const Outcomes outcomes = evaluate_all(*executor, cases);
  const Evaluation& result = outcomes.all.evaluation;

  const bool has_length = options.cases.examples.empty();
  std::string failure;
  if (result.first_failure) {
    const std::size_t i = *result.first_failure;
    failure = cases.describe(i) + explain_failure(*executor, executor->machine(), cases.make(i));
    stop_if_interrupted();
  }
  std::optional<Shrunk> shrunk;
  std::optional<ShrinkReport> smallest;
  if (options.shrink && result.first_failure) {
    shrunk = shrink(content, *executor, cases, *result.first_failure);
    smallest.emplace(ShrinkReport{shrunk->smallest, shrunk->wrong, options.program, runnable.live(),
                                  executor->machine().order(), shrunk->reason});
  }

  if (options.json) {
    Json report = json_of(outcomes.all, has_length);
    // Not what `auto` has come to, which depends on how threads took their turns.
    report["engine"] = runnable.live() ? executor->name() : options.engine.text();
    report["controller"] = runnable.controller;
    if (has_length) {
      report["task"] = options.cases.task;
      report["length"] = options.cases.length;
      report["seed"] = options.cases.seed;
      report["adversarial"] = options.cases.adversarial;
    }
    for (const auto& [modulus, part] : outcomes.by_modulus) {
      report["by_modulus"][modulus] = json_of(part, has_length);
    }
    if (result.first_failure) {
      report["first_failure"] = {{"case", *result.first_failure}, {"reason", failure}};
    }
    if (options.shrink) {
      report["smallest_failure"] = smallest ? shrink_json(*smallest) : Json();
    }
    print_report(report);
  } else {
    std::string text = text_of(outcomes, has_length);
    if (result.first_failure) {
      text += fmt::format("first failure: case {}: {}\n", *result.first_failure, failure);
    }
    print_text(text + (smallest ? shrink_text(*smallest) : std::string()));
  }
  return result.perfect() ? ExitCode::done : ExitCode::failed;
}

}  // namespace

void add_eval(CLI::App& app, Verb& chosen) {
  auto* verb =
      app.add_subcommand("eval", "Judge a program, or a model, on examples it has never seen");
  auto options = std::make_shared<EvalOptions>();
  verb->add_option("program", options->program, "The program (.json), or a model (.safetensors)")
      ->required()
      ->type_name("FILE");
  auto* source = verb->add_option_group("Examples", "where they come from; one of");
  auto* task =
      source->add_option("--task", options->cases.task, "A built-in task")->type_name("TASK");
  source
      ->add_option("--examples", options->cases.examples,
                   "A file of examples (.jsonl); - reads stdin")
      ->type_name("FILE");
  source->require_option(1);
  take_count(verb->add_option("--length", options->cases.length,
                              "With --task: elements of an example (1000, 1M)"))
      ->capture_default_str()
      ->needs(task)
      ->check(CLI::Range(std::size_t{1}, max_length));
  take_count(verb->add_option("--count", options->cases.count, "With --task: how many examples"))
      ->capture_default_str()
      ->needs(task)
      ->check(CLI::Range(std::size_t{1}, max_count));
  verb->add_option("--seed", options->cases.seed, "With --task: draws other examples")
      ->capture_default_str()
      ->check(check_number)
      ->type_name("N")
      ->needs(task);
  verb->add_flag("--adversarial", options->cases.adversarial,
                 "With --task: every combination of hard lengths, values, layouts and moduli")
      ->needs(task);
  options->cases.modulus.add_with_both_to(
      *verb, "what the program was tested for, `word` if that is both; with --adversarial `both`");
  verb->add_flag("--reinterpret", options->cases.reinterpret,
                 "With --examples: take values below 0 as the bits of unsigned numbers, for a "
                 "program that compares those");
  options->engine.add_to(*verb);
  options->live.add_to(*verb);
  add_threads(*verb, options->threads);
  verb->add_flag("--shrink", options->shrink,
                 "After a failure, look for the smallest input that shows one, and the first wrong "
                 "write");
  verb->add_flag("--json", options->json, "Report as JSON");
  verb->footer(
      "Every second example is structured (values all equal, ascending, ...) and every third has\n"
      "no spare cells. With --adversarial lengths are 1, 2, 3 and --length, values random, equal,\n"
      "ascending, descending and the largest, memories without and with spare cells, filled with\n"
      "zeros and with trash, moduli the number of cells and 2^64 (or the one --modulus says): "
      "every\n"
      "combination, --count times. The exit code is 1 if a result is wrong or the program does not "
      "stop.\n\n"
      "Examples:\n"
      "  nram eval copy.json --task copy --length 1000000 --count 5\n"
      "  nram eval copy.json --task copy --length 300 --adversarial\n"
      "  nram eval copy.safetensors --task copy --modulus both --live\n"
      "  nram eval mine.json --examples mine.jsonl --json\n"
      "  nram eval mine.json --task merge --shrink");
  verb->callback([options, &chosen] { chosen = [options] { return evaluate_program(*options); }; });
}

}  // namespace nram::cli
