// How many examples are enough? Learns the tasks of samples/tasks, and the built-in ones, from few
// and short examples, answers the questions that the trainer asks, and tests what was learned on
// longer inputs. A line for every run, then how many were right.

#include "file_tasks.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/examples_task.hpp>
#include <nram/trainer/train.hpp>

namespace nram::bench {
namespace {

struct Options {
  std::vector<std::string> tasks;
  std::size_t examples = 12;
  std::size_t longest = 5;
  std::size_t tested_from = 6;
  std::size_t tested_to = 50;
  std::uint64_t first_seed = 1;
  unsigned seeds = 3;
  unsigned questions = 3;
  double time = 60.0;
  unsigned threads = 0;
  double look_further = Settings{}.portfolio.look_further;
};

// A task, whichever kind it is of.
class Source {
 public:
  explicit Source(const std::string& name) : builtin_(find_task(name)) {
    for (const FileTask& task : file_tasks()) {
      file_ = task.name == name ? &task : file_;
    }
    if (builtin_ == nullptr && file_ == nullptr) {
      throw Error(ErrorKind::usage, fmt::format("there is no task {}", name));
    }
  }

  [[nodiscard]] Example draw(std::size_t n, Random& random) const {
    if (file_ != nullptr) {
      return *file_->solve(file_->draw(n, random));
    }
    Draw draw;
    draw.n = n;
    draw.slack = random.below(4);
    return builtin_->draw(draw, random);
  }
  [[nodiscard]] std::size_t smallest() const { return builtin_ != nullptr ? builtin_->min_n() : 1; }
  [[nodiscard]] std::optional<Example> answer(const std::vector<Word>& memory) const {
    return file_ != nullptr ? file_->solve(memory) : std::nullopt;
  }

 private:
  const BuiltinTask* builtin_;
  const FileTask* file_ = nullptr;
};

struct Run {
  TrainResult result;
  unsigned answered = 0;
  double seconds = 0.0;
};

// The first of the questions that is about an input of the task.
std::optional<Example> answer_to(const std::vector<Question>& questions, const Source& source) {
  for (const Question& question : questions) {
    if (auto answer = source.answer(question.input.memory)) {
      answer->steps = question.input.steps;
      return answer;
    }
  }
  return std::nullopt;
}

Run learn(const Source& source, const Options& options, std::uint64_t seed) {
  Random random(seed, 77);
  std::vector<Example> examples;
  for (std::size_t i = 0; i < options.examples; ++i) {
    const std::size_t sizes = options.longest - source.smallest() + 1;
    examples.push_back(source.draw(source.smallest() + i * sizes / options.examples, random));
  }
  Settings settings;
  settings.portfolio.seed = seed;
  settings.portfolio.look_further = options.look_further;
  TrainOptions how;
  how.threads = options.threads;
  how.time_budget = options.time;
  Run run{train(ExamplesTask("examples", examples), settings, how)};
  run.seconds = run.result.report.seconds;
  while (run.result.report.assessment.grade == Grade::ambiguous &&
         run.answered < options.questions && run.seconds < options.time) {
    const auto answer = answer_to(run.result.report.assessment.questions, source);
    if (!answer) {
      break;
    }
    examples.push_back(*answer);
    ++run.answered;
    how.time_budget = options.time - run.seconds;
    how.known = run.result.report.fitting;
    run.result = train(ExamplesTask("examples", examples), settings, how);
    run.seconds += run.result.report.seconds;
  }
  return run;
}

std::size_t right_on_longer(const std::optional<Program>& program, const Source& source,
                            const Options& options) {
  constexpr std::size_t count = 200;
  if (!program) {
    return 0;
  }
  const auto executor = make_executor(Engine::interpreter, *program);
  Random random(4711);
  std::size_t right = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t n = random.between(options.tested_from, options.tested_to);
    const TestCase test{source.draw(n, random), Modulus::word64()};
    const Verdict verdict = judge(*executor, test, default_step_limit(test.example.memory.size()));
    right += verdict.right() && verdict.stopped ? 1 : 0;
  }
  return right;
}

int measure(const Options& options) {
  std::size_t runs = 0;
  std::size_t right = 0;
  std::size_t wrongly_sure = 0;
  std::printf("%-18s %4s  %-12s %9s %8s %9s\n", "task", "seed", "grade", "right/200", "answered",
              "seconds");
  for (const std::string& name : options.tasks) {
    const Source source(name);
    for (unsigned i = 0; i < options.seeds; ++i) {
      const std::uint64_t seed = options.first_seed + i;
      const Run run = learn(source, options, seed);
      const std::size_t good = right_on_longer(run.result.program, source, options);
      const Grade grade = run.result.report.assessment.grade;
      ++runs;
      right += good == 200 ? 1 : 0;
      wrongly_sure += good != 200 && grade == Grade::generalises ? 1 : 0;
      std::printf("%-18s %4llu  %-12s %9zu %8u %9.1f\n", name.c_str(),
                  static_cast<unsigned long long>(seed), std::string(name_of(grade)).c_str(), good,
                  run.answered, run.seconds);
      std::fflush(stdout);
    }
  }
  std::printf("%zu of %zu right on longer inputs; %zu wrong ones called solved\n", right, runs,
              wrongly_sure);
  return 0;
}

}  // namespace
}  // namespace nram::bench

int main(int argc, char** argv) {
  nram::bench::Options options;
  for (const nram::bench::FileTask& task : nram::bench::file_tasks()) {
    options.tasks.emplace_back(task.name);
  }
  CLI::App app("Learns from few examples, and tests on longer inputs");
  app.add_option("--task", options.tasks, "Tasks (the eight of samples/tasks)");
  app.add_option("--examples", options.examples, "How many")->capture_default_str();
  app.add_option("--longest", options.longest, "Elements of the longest")->capture_default_str();
  app.add_option("--tested-from", options.tested_from, "Elements of tests")->capture_default_str();
  app.add_option("--tested-to", options.tested_to, "Elements of tests")->capture_default_str();
  app.add_option("--first-seed", options.first_seed, "The first seed")->capture_default_str();
  app.add_option("--seeds", options.seeds, "How many seeds")->capture_default_str();
  app.add_option("--questions", options.questions, "Answered in a run, at most")
      ->capture_default_str();
  app.add_option("--time", options.time, "Seconds a run")->capture_default_str();
  app.add_option("--threads", options.threads, "0 = as many as there are")->capture_default_str();
  app.add_option("--look-further", options.look_further, "As the setting")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return nram::bench::measure(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "few-examples: %s\n", error.what());
    return 1;
  }
}
