// How many examples are enough? Learns the tasks of samples/tasks, and the built-in ones, from few
// and short examples, answers the questions that the trainer asks, and tests what was learned on
// longer inputs. A line for every run, then how many were right; with --needed, how many examples a
// task needs.

#include "examples_needed.hpp"
#include "file_tasks.hpp"
#include "learning_run.hpp"

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace nram::bench {
namespace {

struct Options {
  std::vector<std::string> tasks;
  NeedOptions runs{.learning = {}, .counts = {4, 8, 16, 32, 64}, .seeds = 3};
  std::size_t tested_from = 6;
  std::size_t tested_to = 50;
  bool needed = false;
};

void measure(const Options& options) {
  std::size_t runs = 0;
  std::size_t right = 0;
  std::size_t wrongly_sure = 0;
  std::printf("%-18s %4s  %-12s %9s %8s %9s %8s\n", "task", "seed", "grade", "right/200",
              "answered", "seconds", "programs");
  for (const std::string& name : options.tasks) {
    const Source source(name);
    for (unsigned i = 0; i < options.runs.seeds; ++i) {
      const std::uint64_t seed = options.runs.first_seed + i;
      const LearningRun run = learn(source, options.runs.learning, seed);
      const std::size_t good =
          right_on(run.result.program, source, options.tested_from, options.tested_to);
      const Assessment& assessment = run.result.report.assessment;
      ++runs;
      right += good == tested_inputs ? 1 : 0;
      wrongly_sure += good != tested_inputs && assessment.grade == Grade::generalises ? 1 : 0;
      std::printf("%-18s %4llu  %-12s %9zu %8u %9.1f %8zu\n", name.c_str(),
                  static_cast<unsigned long long>(seed),
                  std::string(name_of(assessment.grade)).c_str(), good, run.answered, run.seconds,
                  assessment.programs);
      std::fflush(stdout);
    }
  }
  std::printf("%zu of %zu right on longer inputs; %zu wrong ones called solved\n", right, runs,
              wrongly_sure);
}

void add_options(CLI::App& app, Options& options) {
  NeedOptions& runs = options.runs;
  LearningOptions& learning = runs.learning;
  app.add_option("--task", options.tasks, "Tasks (the eight of samples/tasks)");
  app.add_option("--examples", learning.examples, "How many")->capture_default_str();
  app.add_option("--longest", learning.longest, "Elements of the longest")->capture_default_str();
  app.add_option("--tested-from", options.tested_from, "Elements of tests")->capture_default_str();
  app.add_option("--tested-to", options.tested_to, "Elements of tests")->capture_default_str();
  app.add_option("--first-seed", runs.first_seed, "The first seed")->capture_default_str();
  app.add_option("--seeds", runs.seeds, "How many seeds")->capture_default_str();
  app.add_option("--questions", learning.questions, "Answered in a run, at most")
      ->capture_default_str();
  app.add_option("--time", learning.time, "Seconds a run")->capture_default_str();
  app.add_flag("--processor-time", learning.is_processor_time,
               "Count what the threads get of the processor, each its share, and not by the clock");
  app.add_option("--threads", learning.threads, "Threads")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--look-further", learning.look_further, "As the setting")->capture_default_str();
  auto* needed = app.add_flag("--needed", options.needed,
                              "Find how many examples are enough for all seeds but --wrong, tested "
                              "on ten times as many elements");
  app.add_option("--counts", runs.counts, "Numbers of examples to try")
      ->capture_default_str()
      ->needs(needed);
  app.add_option("--wrong", runs.wrong, "Seeds that may be wrong")
      ->capture_default_str()
      ->needs(needed);
}

}  // namespace
}  // namespace nram::bench

int main(int argc, char** argv) {
  nram::bench::Options options;
  for (const nram::bench::FileTask& task : nram::bench::file_tasks()) {
    options.tasks.emplace_back(task.name);
  }
  CLI::App app("Learns from few examples, and tests on longer inputs");
  nram::bench::add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    if (options.needed) {
      nram::bench::print_needed(options.tasks, options.runs);
    } else {
      nram::bench::measure(options);
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "few-examples: %s\n", error.what());
    return 1;
  }
}
