#include <string>

#include <doctest/doctest.h>

#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/train.hpp>

using namespace nram;

TEST_CASE("a checkpoint that cannot be written is told, and nothing is lost") {
  const Task& task = *find_task("merge");
  Settings settings;
  settings.machine.registers = 3;  // too few: it goes on until it is told to end
  TrainOptions options;
  options.threads = 2;
  options.checkpoint = "/dev/full";
  options.checkpoint_every = 0;
  unsigned failures = 0;
  std::string why;
  options.on_checkpoint_failure = [&](const std::string& reason) {
    ++failures;
    why = reason;
  };
  options.on_progress = [&](const TrainProgress&) { return failures < 3; };
  const TrainResult result = train(task, settings, options);
  CHECK(result.report.end == TrainEnd::interrupted);
  CHECK(failures >= 3);
  CHECK(why.find("No space left on device") != std::string::npos);
}
