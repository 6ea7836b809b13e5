// How often, and how fast, does learning succeed? Runs tasks × arms × seeds under a time budget and
// prints success rates; every run is one line of JSON as soon as it ends.

#include "statistics.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <nram/engine/error.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/examples_task.hpp>
#include <nram/trainer/train.hpp>

namespace nram::bench {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> tasks;
  std::vector<std::string> files;  // of examples
  std::vector<std::string> arms = {"portfolio"};
  std::vector<std::string> changes;  // name=value
  std::uint64_t first_seed = 1;
  unsigned seeds = 10;
  double time = 300.0;
  unsigned threads = 0;
  std::string runs;  // file of JSON lines
};

struct Run {
  bool solved = false;  // by the trainer's own tests
  bool right = false;   // by far more tests than the trainer's
  double seconds = 0.0;
  double stops = 0.0;
  double clean = 0.0;
  std::size_t circuits = 0;
  std::string found_by;
};

Settings settings_for(const Options& options, const std::string& arm, std::uint64_t seed) {
  Settings settings;
  settings.portfolio.gradient = arm != "annealing";
  settings.portfolio.annealing = arm == "annealing" || arm == "portfolio";
  settings.portfolio.repair = arm == "repair" || arm == "joint" || arm == "portfolio";
  // Only attempts at controllers are repaired.
  settings.portfolio.automata = settings.portfolio.automata && arm != "repair" && arm != "joint";
  settings.portfolio.joint = arm == "joint" || (arm == "portfolio" && settings.portfolio.joint);
  for (const std::string& change : options.changes) {
    const std::size_t equals = std::min(change.find('='), change.size() - 1);
    const std::string name = change.substr(0, equals);
    const SettingRow* const row = find_setting(name);
    if (row == nullptr) {
      throw Error(ErrorKind::usage, fmt::format("--set {}: no such setting", change));
    }
    set(settings, *row, change.substr(equals + 1));
  }
  settings.portfolio.seed = seed;
  return settings;
}

// A million elements, where memory of two or three million cells makes every address matter.
bool right_when_long(const Executor& executor, const Task& task, Random& random) {
  const auto* const builtin = dynamic_cast<const BuiltinTask*>(&task);
  if (builtin == nullptr) {
    return true;
  }
  constexpr std::size_t elements = 1000000;
  const TestCase test{builtin->draw_random(elements, std::nullopt, random), std::nullopt};
  const Verdict verdict = judge(executor, test, step_limit_of(test));
  return verdict.right() && verdict.stopped;
}

Run run(const Task& task, const Options& options, const std::string& arm, std::uint64_t seed) {
  const Settings settings = settings_for(options, arm, seed);
  TrainOptions train_options;
  train_options.threads = options.threads;
  train_options.time_budget = options.time;
  const TrainResult result = train(task, settings, train_options);

  constexpr std::size_t cases = 10000;
  constexpr std::size_t scale = 6;
  const Program program = discretise(result.model);
  const auto executor = make_executor(Engine::interpreter, program);
  Random random(seed, 0x6a09e667);
  const bool solved = result.report.is_solved();
  const Evaluation evaluation =
      evaluate(*executor, task.draw_held_out(solved ? cases : 100, scale, random));
  return {solved,
          solved && evaluation.perfect() && right_when_long(*executor, task, random),
          result.report.seconds,
          evaluation.stops(),
          evaluation.clean(),
          program.circuits().size(),
          std::string(name_of(result.report.attempt.arm))};
}

void print_row(const std::string& task, const std::string& arm, const std::vector<Run>& runs) {
  const auto count = [&](auto property) {
    return static_cast<unsigned>(std::count_if(runs.begin(), runs.end(), property));
  };
  const auto trials = static_cast<unsigned>(runs.size());
  const unsigned right = count([](const Run& r) { return r.right; });
  const unsigned clean = count([](const Run& r) { return r.right && r.clean == 1.0; });
  const unsigned gradient =
      count([](const Run& r) { return r.right && r.found_by != "annealing"; });
  const Interval rate = wilson(right, trials);
  std::vector<double> seconds;
  std::vector<double> circuits;
  for (const Run& r : runs) {
    if (r.right) {
      seconds.push_back(r.seconds);
      circuits.push_back(static_cast<double>(r.circuits));
    }
  }
  fmt::print("| {} | {} | {} of {} | {:.0f} to {:.0f} % | {:.1f} | {:.1f} | {} | {} | {:.0f} |\n",
             task, arm, right, trials, 100 * rate.low, 100 * rate.high, median(seconds),
             seconds.empty() ? 0.0 : *std::max_element(seconds.begin(), seconds.end()), clean,
             gradient, median(circuits));
  std::fflush(stdout);
}

void measure(const Task& task, const Options& options, std::FILE* log) {
  for (const std::string& arm : options.arms) {
    std::vector<Run> runs;
    for (unsigned i = 0; i < options.seeds; ++i) {
      const std::uint64_t seed = options.first_seed + i;
      const Run& r = runs.emplace_back(run(task, options, arm, seed));
      const Json line = {{"task", task.name()},   {"arm", arm},       {"seed", seed},
                         {"solved", r.solved},    {"right", r.right}, {"seconds", r.seconds},
                         {"stops", r.stops},      {"clean", r.clean}, {"circuits", r.circuits},
                         {"found_by", r.found_by}};
      fmt::print(log, "{}\n", line.dump());
      std::fflush(log);
    }
    print_row(std::string(task.name()), arm, runs);
  }
}

int main_of(int argc, char** argv) {
  Options options;
  CLI::App app("Success rates of learning: tasks x arms x seeds");
  app.add_option("--task", options.tasks, "Built-in tasks (default: all ten)")
      ->delimiter(',')
      ->type_name("TASK,...");
  app.add_option("--examples", options.files, "Files of examples")->type_name("FILE");
  app.add_option("--arm", options.arms, "Arms to run, each on its own")
      ->delimiter(',')
      ->check(CLI::IsMember({"portfolio", "gradient", "repair", "joint", "annealing"}))
      ->capture_default_str();
  app.add_option("--set", options.changes, "Change a setting of nram train")
      ->type_name("NAME=VALUE");
  app.add_option("--first-seed", options.first_seed, "The first seed")->capture_default_str();
  app.add_option("--seeds", options.seeds, "Runs of each task and arm")->capture_default_str();
  app.add_option("--time", options.time, "Seconds a run may take")->capture_default_str();
  app.add_option("--threads", options.threads, "Threads of a run; 0 = all")->capture_default_str();
  app.add_option("--runs", options.runs, "Write every run as a line of JSON (default: stderr)")
      ->type_name("FILE");
  CLI11_PARSE(app, argc, argv);

  std::FILE* const log = options.runs.empty() ? stderr : std::fopen(options.runs.c_str(), "a");
  if (log == nullptr) {
    throw Error(ErrorKind::io, fmt::format("cannot write {}", options.runs));
  }
  fmt::print("{} hardware threads, {:.0f} s a run\n\n", std::thread::hardware_concurrency(),
             options.time);
  fmt::print(
      "| task | arm | right | 95 % interval | seconds, median | largest | clean | by gradient, "
      "repair | "
      "circuits, median |\n|---|---|---|---|---|---|---|---|---|\n");
  if (options.tasks.empty() && options.files.empty()) {
    for (const BuiltinTask& task : builtin_tasks()) {
      options.tasks.emplace_back(task.name());
    }
  }
  for (const std::string& name : options.tasks) {
    const BuiltinTask* const task = find_task(name);
    if (task == nullptr) {
      throw Error(ErrorKind::usage, fmt::format("there is no task '{}'", name));
    }
    measure(*task, options, log);
  }
  for (const std::string& file : options.files) {
    measure(ExamplesTask(file, read_examples(file)), options, log);
  }
  return 0;
}

}  // namespace
}  // namespace nram::bench

int main(int argc, char** argv) {
  try {
    return nram::bench::main_of(argc, argv);
  } catch (const nram::Error& error) {
    fmt::print(stderr, "bench-learning: {}\n", error.what());
    return 2;
  }
}
