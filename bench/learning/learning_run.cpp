#include "learning_run.hpp"

#include "file_tasks.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/examples_task.hpp>

namespace nram::bench {
namespace {

// Seconds since it was made, by the clock or of the processor.
class Watch {
 public:
  explicit Watch(const LearningOptions& options)
      : threads_(options.is_processor_time ? options.threads : 0) {}

  [[nodiscard]] double seconds() const {
    if (threads_ == 0) {
      return std::chrono::duration<double>(Clock::now() - start_).count();
    }
    return static_cast<double>(std::clock() - processor_) / CLOCKS_PER_SEC / threads_;
  }

 private:
  using Clock = std::chrono::steady_clock;
  unsigned threads_;  // 0: by the clock
  Clock::time_point start_ = Clock::now();
  std::clock_t processor_ = std::clock();
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

std::vector<Example> drawn(const Source& source, const LearningOptions& options,
                           std::uint64_t seed) {
  Random random(seed, 77);
  std::vector<Example> examples;
  examples.reserve(options.examples);
  const std::size_t sizes = options.longest - source.smallest() + 1;
  for (std::size_t i = 0; i < options.examples; ++i) {
    examples.push_back(source.draw(source.smallest() + i * sizes / options.examples, random));
  }
  return examples;
}

}  // namespace

Source::Source(const std::string& name) : builtin_(find_task(name)) {
  for (const FileTask& task : file_tasks()) {
    file_ = task.name == name ? &task : file_;
  }
  if (builtin_ == nullptr && file_ == nullptr) {
    throw Error(ErrorKind::usage, fmt::format("there is no task {}", name));
  }
}

Example Source::draw(std::size_t n, Random& random) const {
  if (file_ != nullptr) {
    return *file_->solve(file_->draw(n, random));
  }
  Draw draw;
  draw.n = n;
  draw.slack = random.below(4);
  return builtin_->draw(draw, random);
}

std::size_t Source::smallest() const { return builtin_ != nullptr ? builtin_->min_n() : 1; }

std::optional<Example> Source::answer(const std::vector<Word>& memory) const {
  return file_ != nullptr ? file_->solve(memory) : std::nullopt;
}

LearningRun learn(const Source& source, const LearningOptions& options, std::uint64_t seed) {
  std::vector<Example> examples = drawn(source, options, seed);
  Settings settings;
  settings.portfolio.seed = seed;
  settings.portfolio.look_further = options.look_further;
  const Watch watch(options);
  TrainOptions how;
  how.threads = options.threads;
  const auto give_time = [&] {
    if (options.is_processor_time) {
      how.is_interrupted = [&] { return watch.seconds() > options.time; };
    } else {
      how.time_budget = options.time - watch.seconds();
    }
  };
  give_time();
  LearningRun run{train(ExamplesTask("examples", examples), settings, how)};
  while (run.result.report.assessment.grade == Grade::ambiguous &&
         run.answered < options.questions && watch.seconds() < options.time) {
    const auto answer = answer_to(run.result.report.assessment.questions, source);
    if (!answer) {
      break;
    }
    examples.push_back(*answer);
    ++run.answered;
    give_time();
    how.known = run.result.report.fitting;
    run.result = train(ExamplesTask("examples", examples), settings, how);
  }
  run.seconds = watch.seconds();
  return run;
}

std::size_t right_on(const std::optional<Program>& program, const Source& source, std::size_t from,
                     std::size_t to) {
  if (!program) {
    return 0;
  }
  const auto executor = make_executor(Engine::interpreter, *program);
  Random random(4711);
  std::size_t right = 0;
  for (std::size_t i = 0; i < tested_inputs; ++i) {
    const std::size_t n = random.between(from, to);
    const TestCase test{source.draw(n, random), Modulus::word64()};
    const Verdict verdict = judge(*executor, test, default_step_limit(test.example.memory.size()));
    right += verdict.right() && verdict.stopped ? 1 : 0;
  }
  return right;
}

}  // namespace nram::bench
