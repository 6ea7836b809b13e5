// Checkpoints of a training run, and attempts that go on from what was saved.

#include "portfolio/arms.hpp"
#include "small_settings.hpp"
#include "storage/checkpoint.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <nram/engine/error.hpp>
#include <nram/model-io/model_file.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/examples_task.hpp>
#include <nram/trainer/train.hpp>

using namespace nram;

namespace {

std::string checkpoint_path(const char* name) {
  return (std::filesystem::temp_directory_path() / name).string();
}

}  // namespace

TEST_CASE("an interrupted search goes on bit-exactly") {
  const Task& task = *find_task("increment");
  Settings settings = learning_settings();
  settings.portfolio.seed = 5;
  settings.portfolio.attempts = 12;
  // What is interrupted within a unit of work begins it anew, so units have to be quick.
  settings.annealing.candidates = 1000;
  settings.annealing.polish_candidates = 1000;
  settings.repair.candidates = 1000;
  const TrainResult whole = train(task, settings, {});

  TrainOptions options;
  options.threads = 2;
  options.checkpoint = checkpoint_path("nram-search-test.checkpoint");
  std::filesystem::remove(options.checkpoint);
  unsigned interruptions = 0;
  TrainResult result = [&] {
    while (true) {
      unsigned portions = 0;
      options.on_progress = [&](const TrainProgress&) { return ++portions < 3; };
      TrainResult part = train(task, settings, options);
      if (part.report.end != TrainEnd::interrupted) {
        return part;
      }
      ++interruptions;
      REQUIRE(interruptions < 1000);
      REQUIRE(std::filesystem::exists(options.checkpoint));
      options.resume = true;
    }
  }();
  CHECK(interruptions > 0);
  CHECK(result.report.end == whole.report.end);
  CHECK(model_bytes(result.model) == model_bytes(whole.model));
  // Who has stored the model may remove it.
  CHECK(std::filesystem::remove(options.checkpoint));
}

TEST_CASE("a checkpoint of another search or a damaged one is refused") {
  const Task& task = *find_task("merge");
  Settings settings = learning_settings();
  settings.machine.registers = 4;
  TrainOptions options;
  options.checkpoint = checkpoint_path("nram-damaged-test.checkpoint");
  options.on_progress = [](const TrainProgress&) { return false; };
  CHECK(train(task, settings, options).report.end == TrainEnd::interrupted);
  options.resume = true;

  Settings other = settings;
  other.optimizer.learning_rate = 0.5;
  CHECK_THROWS_WITH_AS((void)train(task, other, options),
                       doctest::Contains("same task and settings"), Error);

  const auto size = std::filesystem::file_size(options.checkpoint);
  for (const auto part : {std::uintmax_t{0}, std::uintmax_t{1}, size / 2, size - 1}) {
    std::filesystem::resize_file(options.checkpoint, part);
    CHECK_THROWS_WITH_AS((void)train(task, settings, options),
                         doctest::Contains("not a checkpoint"), Error);
  }
  // Arrays in arrays, a million deep: no stack holds a recursive reader of that.
  std::ofstream(options.checkpoint, std::ios::binary) << std::string(1000000, '\x81');
  CHECK_THROWS_WITH_AS((void)train(task, settings, options), doctest::Contains("nested more than"),
                       Error);
  std::filesystem::remove(options.checkpoint);
  CHECK_THROWS_WITH_AS((void)train(task, settings, options), doctest::Contains("cannot read"),
                       Error);
}

TEST_CASE("a checkpoint of another order or arithmetic is refused, with the difference") {
  std::vector<Example> examples;
  for (Word value = 1; value < 8; ++value) {
    examples.push_back({{value, 0, 9, 9, 9, 9, 9, 9, 9, 9}, {std::nullopt, value}});
    examples.back().expected.resize(examples.back().memory.size());
  }
  const auto task = [&](Order order, Arithmetic arithmetic) {
    return ExamplesTask("mine", examples, {.arithmetic = arithmetic, .order = order});
  };
  const Settings settings = learning_settings();
  TrainOptions options;
  options.checkpoint = checkpoint_path("nram-other-order-test.checkpoint");
  options.on_progress = [](const TrainProgress&) { return false; };
  const ExamplesTask first = task(Order::unsigned_numbers, Arithmetic::word);
  CHECK(train(first, settings, options).report.end == TrainEnd::interrupted);
  options.resume = true;
  CHECK_NOTHROW((void)train(first, settings, options));
  CHECK_THROWS_WITH_AS(
      (void)train(task(Order::signed_numbers, Arithmetic::word), settings, options),
      doctest::Contains("its numbers are unsigned, those of this run signed (--order)"), Error);
  CHECK_THROWS_WITH_AS(
      (void)train(task(Order::unsigned_numbers, Arithmetic::both), settings, options),
      doctest::Contains("test the modulus word, those of this run both (--modulus)"), Error);
  std::filesystem::remove(options.checkpoint);
}

TEST_CASE("a checkpoint of another version is refused, with both versions") {
  const std::string path = checkpoint_path("nram-old-version-test.checkpoint");
  const std::vector<std::uint8_t> bytes =
      Json::to_cbor(Json{{"format", "nram-checkpoint"}, {"version", 6}, {"task", "mine"}});
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  CHECK_THROWS_WITH_AS((void)read_checkpoint(path),
                       doctest::Contains("its format is 6, this one reads 7"), Error);
  std::filesystem::remove(path);
}

TEST_CASE("a saved attempt of an arm that does not exist is refused") {
  const Task& task = *find_task("access");
  Settings settings = learning_settings();
  settings.portfolio.gradient = false;
  const AttemptContext context{task, Machine::standard(1).modules(), settings};
  Json saved = Json::from_cbor(make_attempt(context, 1)->save());
  saved["arm"] = "luck";
  CHECK_THROWS_WITH_AS((void)restore_attempt(context, Json::to_cbor(saved)),
                       doctest::Contains("unknown arm 'luck'"), Error);
}

TEST_CASE("a saved search attempt that refers to what does not exist is refused") {
  const Task& task = *find_task("access");
  Settings settings = learning_settings();
  settings.portfolio.gradient = false;
  settings.annealing.states = 4;
  const AttemptContext context{task, Machine::standard(1).modules(), settings};
  const Json saved = Json::from_cbor(make_attempt(context, 1)->save());
  CHECK_NOTHROW((void)restore_attempt(context, Json::to_cbor(saved)));
  constexpr int circuit_of_row = 1;
  constexpr int next_state_of_row = 2;
  constexpr int test_of_state = 4;
  for (const int part : {circuit_of_row, next_state_of_row, test_of_state}) {
    Json damaged = saved;
    damaged["best"][part][3] = 200;
    CAPTURE(part);
    CHECK_THROWS_WITH_AS((void)restore_attempt(context, Json::to_cbor(damaged)),
                         doctest::Contains("does not have"), Error);
  }
}
