#include "engine_option.hpp"
#include "failure.hpp"
#include "interrupt.hpp"
#include "modulus_option.hpp"
#include "number.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "task_option.hpp"
#include "threads.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/parallel.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/program_file.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/task.hpp>

namespace nram::cli {
namespace {

constexpr std::size_t max_count = 1'000'000'000;

struct EvalOptions {
  std::string program;
  std::string task;
  std::string examples;
  std::size_t length = 1000;
  std::size_t count = 100;
  std::uint64_t seed = 1;
  ModulusOption modulus;
  EngineOption engine;
  unsigned threads = 0;
  bool json = false;
};

/// The test cases, each made on demand: only as many as threads exist at a time.
class Cases {
 public:
  explicit Cases(const EvalOptions& options) : options_(&options) {
    if (options.examples.empty()) {
      task_ = &require_task(options.task);
    } else {
      examples_ = read_examples(options.examples);
      words_ = options.modulus.is_default() &&
               std::any_of(examples_.begin(), examples_.end(), has_words);
      require_values();
    }
  }

  [[nodiscard]] std::size_t size() const {
    return task_ != nullptr ? options_->count : examples_.size();
  }

  /// Case i depends on the seed and i alone. Every second one has structured values (all equal,
  /// ascending, ...), every third a memory without a spare cell: that is where luck ends.
  [[nodiscard]] TestCase make(std::size_t i) const {
    if (task_ == nullptr) {
      return {examples_[i], modulus_for(examples_[i].memory.size())};
    }
    constexpr std::array structured = {ValuePattern::equal, ValuePattern::ascending,
                                       ValuePattern::descending, ValuePattern::largest};
    Random random(options_->seed, i);
    Draw shape{options_->length};
    shape.slack = i % 3 == 0 ? 0 : random.below(options_->length + 4);
    shape.values = i % 2 == 0 ? ValuePattern::random : structured[i / 2 % structured.size()];
    shape.trash = random.chance(0.75);
    if (!options_->modulus.is_cells()) {
      // The draw bounds its values by the modulus, whose number of cells is not known before.
      shape.modulus = options_->modulus.resolve(1, CellType::u64);
    }
    TestCase test{task_->draw(shape, random), {}};
    test.modulus = modulus_for(test.example.memory.size());
    return test;
  }

 private:
  /// A file may hold anything; executors take it for granted that values are below the modulus.
  void require_values() {
    for (std::size_t i = 0; i < examples_.size(); ++i) {
      std::vector<Word>& memory = examples_[i].memory;
      const Modulus modulus = modulus_for(memory.size()).value_or(Modulus::of(memory.size()));
      require_values_below(MemoryView(std::span(memory)), modulus,
                           fmt::format("{}: example {}", options_->examples, i));
    }
  }

  [[nodiscard]] std::optional<Modulus> modulus_for(std::size_t cells) const {
    if (words_) {
      return Modulus::word64();
    }
    if (options_->modulus.is_cells()) {
      return std::nullopt;
    }
    return options_->modulus.resolve(cells, CellType::u64);
  }

  static bool has_words(const Example& example) {
    return largest_value(example) >= example.memory.size();
  }

  const EvalOptions* options_;
  const BuiltinTask* task_ = nullptr;
  std::vector<Example> examples_;
  bool words_ = false;  // a file whose values are not all below the number of cells
};

void add(Evaluation& total, const Evaluation& one, std::size_t index) {
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
}

Evaluation evaluate_one(const Executor& executor, const TestCase& test, std::size_t index) {
  try {
    return evaluate(executor, std::span(&test, 1));
  } catch (const Error& error) {
    throw Error(error.kind(), fmt::format("example {}: {}", index, error.what()));
  }
}

Evaluation evaluate_all(const Executor& executor, const Cases& cases) {
  Evaluation total;
  std::mutex mutex;
  ProgressLine progress;
  const auto start = std::chrono::steady_clock::now();
  const auto judge_case = [&](std::size_t i) {
    const Evaluation one = evaluate_one(executor, cases.make(i), i);
    const std::lock_guard lock(mutex);
    add(total, one, i);
    if (progress.due()) {
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      progress.show(fmt::format("case {} of {}, {} wrong, {} left", total.cases, cases.size(),
                                total.wrong_cases,
                                time_left(static_cast<double>(total.cases),
                                          static_cast<double>(cases.size()), seconds.count())));
    }
  };
  parallel_ranges(cases.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i != end && !interrupted(); ++i) {
      judge_case(i);
    }
  });
  stop_if_interrupted();
  return total;
}

ExitCode evaluate_program(const EvalOptions& options) {
  const Program program = read_program(options.program);
  const Cases cases(options);
  const auto executor = make_executor(options.engine.engine(), program);
  const ThreadLimit limit(options.threads);
  const Evaluation result = evaluate_all(*executor, cases);

  const bool has_length = options.examples.empty();
  const double elements = static_cast<double>(result.cases) * static_cast<double>(options.length);
  const double steps_per_element = static_cast<double>(result.steps) / elements;
  std::string failure;
  if (result.first_failure) {
    const std::size_t i = *result.first_failure;
    failure = explain_failure(*executor, program.machine(), cases.make(i));
  }

  if (options.json) {
    Json report{{"cases", result.cases},
                {"wrong_cases", result.wrong_cases},
                {"result_cells", result.result_cells},
                {"wrong_cells", result.wrong_cells},
                {"stops", result.stops()},
                {"clean", result.clean()},
                {"steps", result.steps}};
    if (has_length) {
      report["task"] = options.task;
      report["length"] = options.length;
      report["seed"] = options.seed;
      report["steps_per_element"] = steps_per_element;
    }
    if (result.first_failure) {
      report["first_failure"] = {{"case", *result.first_failure}, {"reason", failure}};
    }
    print_report(report);
  } else {
    std::string text = fmt::format(
        "cases        {}\n"
        "wrong cases  {}\n"
        "wrong cells  {} of {} that count\n"
        "stops        {:.1f} %\n"
        "clean        {:.1f} %  (changes no cell that does not count)\n"
        "steps        {}",
        result.cases, result.wrong_cases, result.wrong_cells, result.result_cells,
        100 * result.stops(), 100 * result.clean(), result.steps);
    text += has_length ? fmt::format("  ({:.2f} an element)\n", steps_per_element) : "\n";
    if (result.first_failure) {
      text += fmt::format("first failure: case {}: {}\n", *result.first_failure, failure);
    }
    print_text(text);
  }
  return result.perfect() ? ExitCode::done : ExitCode::failed;
}

}  // namespace

void add_eval(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("eval", "Judge a program on examples it has never seen");
  auto options = std::make_shared<EvalOptions>();
  verb->add_option("program", options->program, "The program (.json)")->required();
  auto* source = verb->add_option_group("Examples", "Where they come from; one of");
  auto* task = source->add_option("--task", options->task, "A built-in task")->type_name("TASK");
  source->add_option("--examples", options->examples, "A file of examples (.jsonl); - reads stdin")
      ->type_name("FILE");
  source->require_option(1);
  verb->add_option("--length", options->length, "With --task: elements of an example")
      ->capture_default_str()
      ->needs(task)
      ->check(CLI::Range(std::size_t{1}, max_length));
  verb->add_option("--count", options->count, "With --task: how many examples")
      ->capture_default_str()
      ->needs(task)
      ->check(CLI::Range(std::size_t{1}, max_count));
  verb->add_option("--seed", options->seed, "With --task: draws other examples")
      ->capture_default_str()
      ->check(check_number)
      ->needs(task);
  options->modulus.add_to(*verb, "`cells`; `word` for a file with larger values");
  options->engine.add_to(*verb);
  add_threads(*verb, options->threads);
  verb->add_flag("--json", options->json, "Report as JSON");
  verb->footer(
      "Every second example is structured (values all equal, ascending, ...) and every third has\n"
      "no spare cells. The exit code is 1 if a result is wrong or the program does not stop.\n\n"
      "Examples:\n"
      "  nram eval copy.json --task copy --length 1000000 --count 5\n"
      "  nram eval mine.json --examples mine.jsonl --json");
  verb->callback([options, &chosen] { chosen = [options] { return evaluate_program(*options); }; });
}

}  // namespace nram::cli
