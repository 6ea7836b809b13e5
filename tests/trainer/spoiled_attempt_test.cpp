// A checkpoint is a file from a stranger: whatever it says is refused, or is an attempt that works.

#include "attempt_support.hpp"
#include "portfolio/arms.hpp"
#include "small_settings.hpp"
#include "spoiled_state.hpp"
#include "storage/checkpoint.hpp"
#include "storage/saved_state.hpp"

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/sanitized.hpp>
#include <unistd.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/train.hpp>

namespace nram {
namespace {

// One slot after the other, whatever the computer.
Settings settings_to_spoil() {
  Settings settings = quick_settings();
  settings.portfolio.seed = 5;
  settings.portfolio.slots = 1;
  return settings;
}

struct Arms {
  const char* name;
  Arm arm;
  std::function<void(Settings&)> choose;
  unsigned units;  // that are done before it is saved
};

const std::vector<Arms>& arms_to_spoil() {
  static const std::vector<Arms> all = {
      {"gradient", Arm::gradient,
       [](Settings& s) {
         s.portfolio.annealing = s.portfolio.automata = s.portfolio.repair = false;
       },
       2},
      {"lstm", Arm::gradient,
       [](Settings& s) {
         s.portfolio.annealing = s.portfolio.automata = false;
         s.controller.lstm = true;
       },
       1},
      {"automaton", Arm::automaton, [](Settings& s) { s.portfolio.annealing = false; }, 2},
      {"annealing", Arm::annealing, [](Settings& s) { s.portfolio.gradient = false; }, 2},
      {"table", Arm::annealing,
       [](Settings& s) {
         s.portfolio.gradient = false;
         s.annealing.states = 1;
       },
       1},
      {"repair", Arm::repair,
       [](Settings& s) {
         s.portfolio.annealing = s.portfolio.automata = s.portfolio.joint = false;
       },
       5},
      {"joint", Arm::joint,
       [](Settings& s) { s.portfolio.annealing = s.portfolio.automata = false; }, 5},
  };
  return all;
}

// The first attempt of the arm, or the first one that is not at a controller.
std::uint64_t number_of(Arm arm) { return arm == Arm::automaton ? 1 : 0; }

unsigned times() {
  const char* const told = std::getenv("NRAM_SPOILED");  // more, for a long run
  constexpr unsigned usual = test::is_sanitized ? 100 : 400;
  return told == nullptr ? usual : static_cast<unsigned>(std::strtoul(told, nullptr, 10));
}

TEST_CASE("a spoiled attempt is refused or goes on, whatever has been spoiled") {
  const Task& task = *find_task("list-k");
  for (const Arms& arms : arms_to_spoil()) {
    CAPTURE(arms.name);
    Settings settings = settings_to_spoil();
    arms.choose(settings);
    const AttemptContext context{task, Machine::standard(1).modules(), settings};
    const auto attempt = make_attempt(context, number_of(arms.arm));
    for (unsigned i = 0; i < arms.units; ++i) {
      advance_a_unit(*attempt);
    }
    const std::vector<std::uint8_t> saved = attempt->save();
    CHECK_NOTHROW((void)restore_attempt(context, saved));
    Random random(11);
    unsigned refused = 0;
    unsigned gone_on = 0;
    for (unsigned i = 0; i < times(); ++i) {
      CAPTURE(i);
      try {
        const auto other = restore_attempt(context, spoiled(saved, random));
        (void)other->advance();
        (void)other->progress();
        (void)other->save();
        ++gone_on;
        (void)other->best();
      } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::data);
        ++refused;
      }
    }
    CHECK(refused > times() / 4);
    CHECK(gone_on > 0);
  }
}

class Folder {
 public:
  Folder() { std::filesystem::create_directories(path_); }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file() const { return path_ / "spoiled.checkpoint"; }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("nram-spoiled-" + std::to_string(::getpid()));
};

TEST_CASE("a spoiled checkpoint is refused or resumed, and its end comes when it is due") {
  const Task& task = *find_task("list-k");
  const Settings settings = [] {
    Settings s = settings_to_spoil();
    s.portfolio.slots = 4;
    return s;
  }();
  const Folder folder;
  TrainOptions options;
  options.threads = 1;
  options.checkpoint = folder.file();
  options.time_budget = 0.2;
  (void)train(task, settings, options);
  const Checkpoint good = read_checkpoint(folder.file());
  options.resume = true;
  options.time_budget = 0.01;
  Random random(3);
  unsigned refused = 0;
  for (unsigned i = 0; i < 60; ++i) {
    CAPTURE(i);
    Checkpoint bad = good;
    Checkpoint::Slot& slot = bad.slots[random.below(bad.slots.size())];
    switch (random.below(4)) {
      case 0:
        slot.attempt = bad.slots[random.below(bad.slots.size())].attempt;
        break;
      case 1:
        slot.price = random.chance(0.5) ? 0 : random.next();
        break;
      case 2:
        slot.clock = random.next();
        break;
      default:
        slot.attempt = spoiled(slot.attempt, random);
    }
    write_checkpoint(bad, folder.file());
    try {
      (void)train(task, settings, options);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::data);
      ++refused;
    }
  }
  CHECK(refused > 20);
}

// The saved attempt as JSON, changed by `change`, is refused.
void refuses(Arm arm, const std::function<void(Json&)>& change) {
  const Task& task = *find_task("list-k");
  Settings settings = settings_to_spoil();
  for (const Arms& arms : arms_to_spoil()) {
    if (arms.arm == arm) {
      arms.choose(settings);
      break;
    }
  }
  const AttemptContext context{task, Machine::standard(1).modules(), settings};
  const auto attempt = make_attempt(context, number_of(arm));
  for (unsigned i = 0; i < 5; ++i) {
    advance_a_unit(*attempt);
  }
  Json saved = Json::from_cbor(attempt->save());
  change(saved);
  CHECK_THROWS_AS((void)restore_attempt(context, Json::to_cbor(saved)), Error);
}

TEST_CASE("saved attempts that refer to what their machine does not have are refused") {
  SUBCASE("examples with more registers") {
    refuses(Arm::annealing, [](Json& saved) {
      for (Json& example : saved["examples"][0]) {
        example[2] = std::vector<Word>(64, 1);
      }
    });
  }
  SUBCASE("a source that there is not") {
    refuses(Arm::annealing, [](Json& saved) { saved["best"][0][0][0][0] = 255; });
  }
  SUBCASE("a source that there is not, in a circuit that no rule runs") {
    refuses(Arm::annealing, [](Json& saved) {
      saved["best"][0].push_back(saved["best"][0][0]);
      saved["best"][0].back()[1] = std::vector<unsigned>(6, 200);
    });
  }
  SUBCASE("a generator that only says 0") {
    for (const Arm arm : {Arm::annealing, Arm::gradient, Arm::automaton}) {
      refuses(arm, [](Json& saved) { saved["random"] = std::vector<unsigned>(4, 0); });
    }
  }
  SUBCASE("the table of another attempt's machine") {
    refuses(Arm::joint, [](Json& saved) { saved["number"] = saved["number"].get<unsigned>() + 4; });
  }
  SUBCASE("a status that would never end") {
    const auto polishing = static_cast<unsigned>(AttemptStatus::polishing);
    refuses(Arm::gradient, [&](Json& saved) { saved["status"] = polishing; });
    refuses(Arm::automaton, [&](Json& saved) { saved["status"] = polishing; });
  }
}

}  // namespace
}  // namespace nram
