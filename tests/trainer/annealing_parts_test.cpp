// What attempts by annealing are made of, each part by itself.

#include "attempts/annealing_patience.hpp"
#include "attempts/annealing_rounds.hpp"
#include "attempts/annealing_search.hpp"
#include "attempts/champion.hpp"
#include "attempts/polishing.hpp"
#include "discrete/proposal_loop.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram {
namespace {

// The parts of an attempt at a task, put together as in an attempt; plans are changed before.
struct AnnealingParts {
  AnnealingParts(const Task& of, const Settings& settings, const AnnealingPlan& plan)
      : context{of, Machine::standard(1).modules(), settings},
        patience(plan, false),
        search(context, 1, plan, std::nullopt),
        champion(context, 1, search.machine(), plan.states, 0, search.examples().examples()),
        rounds(plan, search, champion, patience),
        polishing(search, champion, patience) {
    champion.begin({2.0, search.draw()});
  }

  void run_round() {
    rounds.begin();
    while (!rounds.run([] { return false; })) {
    }
  }

  AttemptContext context;
  AnnealingPatience patience;
  AnnealingSearch search;
  Champion champion;
  AnnealingRounds rounds;
  Polishing polishing;
};

AnnealingPlan plan_of_two_registers(const Settings& settings) {
  AnnealingPlan plan = annealing_plan(settings, 1);
  plan.registers = 2;
  plan.states = 2;
  plan.spare_states = 0;
  plan.prologue_cells = 0;
  plan.levels = discrete::Levels::easier;
  return plan;
}

TEST_CASE("proposals are tried in slices, all of them or until one ends the loop") {
  discrete::ProposalLoop loop;
  CHECK_FALSE(loop.is_running());
  unsigned tried = 0;
  const auto count = [&] { ++tried; };
  loop.begin(1000);
  unsigned slices = 1;
  for (; !loop.run(count, [] { return true; }); ++slices) {
    CHECK(loop.done() == doctest::Approx(tried / 1000.0));
  }
  CHECK(tried == 1000);
  CHECK(slices > 10);
  CHECK(loop.run(count, [] { return false; }));  // there is nothing left
  CHECK(tried == 1000);
  loop.begin(1000);
  CHECK(loop.run(
      [&] {
        if (loop.tried() == 5) {
          loop.stop();
        }
      },
      [] { return false; }));
  CHECK(loop.tried() == 6);
  loop.begin(0);
  CHECK(loop.run(count, [] { return false; }));
}

TEST_CASE("an annealing attempt that gets better goes on, one that is far off ends at half time") {
  AnnealingPlan plan;
  plan.candidates = 1000;
  plan.patience = 4;
  plan.patience_if_nearly_right = 3;
  plan.nearly_right = 0.2;
  plan.most_at_half = 0.6;
  AnnealingPatience patience(plan, false);
  patience.add(500);
  CHECK(patience.is_over(0.7));
  CHECK_FALSE(patience.is_over(0.6));
  patience.add(400);
  patience.note_improvement();
  patience.add(200);
  CHECK(patience.work() == 1100);
  CHECK_FALSE(patience.is_over(0.5));
  patience.add(50);  // 250 since the last new best
  CHECK(patience.is_over(0.5));
  CHECK_FALSE(patience.is_over(0.1));  // only some ends are missing
  patience.add(500);
  CHECK(patience.is_over(0.1));

  Json saved = Json::object();
  patience.save_to(saved);
  AnnealingPatience other(plan, false);
  other.restore_from(saved);
  CHECK(other.is_over(0.1));
  const auto refuses = [&](const char* field, std::uint64_t value) {
    Json spoiled = saved;
    spoiled[field] = value;
    CHECK_THROWS_AS(other.restore_from(spoiled), Error);
  };
  refuses("improved-at", patience.work() + 1);
  refuses("work", ~std::uint64_t{0});
  refuses("rounds-since-right", plan.clean_rounds + 2);
}

TEST_CASE("an attempt that is misled gives up where the next stage has more to learn from") {
  AnnealingPlan plan;
  plan.candidates = 1000;
  plan.most_misled = 2;
  AnnealingPatience patience(plan, true);
  AnnealingPatience of_last_stage(plan, false);
  for (unsigned i = 0; i < 2; ++i) {
    CHECK_FALSE(patience.is_over(0.1));
    patience.note_misled();
    of_last_stage.note_misled();
  }
  CHECK(patience.is_over(0.1));
  CHECK_FALSE(of_last_stage.is_over(0.1));
}

TEST_CASE("what is right but not clean will do after some rounds") {
  AnnealingPlan plan;
  plan.clean_rounds = 2;
  AnnealingPatience patience(plan, false);
  for (unsigned i = 0; i < 3; ++i) {
    CHECK_FALSE(patience.settles_for_unclean());
    patience.note_unclean();
  }
  CHECK(patience.settles_for_unclean());
}

TEST_CASE("a search that repairs starts every round from what it repairs") {
  const Task& task = *find_task("copy");
  Settings settings;
  settings.machine.registers = 3;
  const AttemptContext context{task, Machine::standard(1).modules(), settings};
  AnnealingPlan plan = repair_plan(settings, 0);
  plan.round_candidates = 1;
  const auto first_of = [&](std::optional<RepairStart> start) {
    AnnealingSearch search(context, 0, plan, std::move(start));
    search.begin_round(false);
    return search.annealer().current();
  };
  AnnealingSearch other(context, 7, plan, std::nullopt);
  const discrete::Candidate candidate = other.draw();
  CHECK(first_of(RepairStart{candidate, {}}) == candidate);
  CHECK_FALSE(first_of(std::nullopt) == candidate);
}

TEST_CASE("a search goes on from what it saved") {
  const Task& task = *find_task("copy");
  Settings settings;
  settings.annealing.candidates = 2000;
  const AttemptContext context{task, Machine::standard(1).modules(), settings};
  const AnnealingPlan plan = annealing_plan(settings, 1);
  const auto round = [](AnnealingSearch& search) {
    search.begin_round(false);
    while (!search.anneal([] { return false; })) {
    }
    search.offer(search.annealer().best());
    Json saved = Json::object();
    search.save_to(saved);
    return saved;
  };
  AnnealingSearch search(context, 1, plan, std::nullopt);
  const Json saved = round(search);
  AnnealingSearch other(context, 1, plan, std::nullopt);
  other.restore_from(saved);
  CHECK(round(other) == round(search));
  CHECK(other.pool().elites().size() == 2);
}

TEST_CASE("a champion is offered what costs less than all before, until one is right") {
  const Settings settings;
  AnnealingParts parts(*find_task("access"), settings, plan_of_two_registers(settings));
  const discrete::Candidate drawn = parts.search.draw();
  const std::uint64_t rows = parts.search.evaluate(drawn).rows;
  CHECK(parts.champion.offer_if_better({0.75, drawn}, rows));
  CHECK(parts.champion.elite().cost == 0.75);
  CHECK_FALSE(parts.champion.offer_if_better({0.75, drawn}, rows));
  CHECK(parts.champion.offer_if_better({0.5, drawn}, rows));
  CHECK(parts.champion.elite().cost == 0.5);  // though it is no better at the acceptance test
  CHECK_FALSE(parts.champion.is_right());
}

TEST_CASE("rounds keep what they find until it is right, then polishing makes it no slower") {
  const Task& task = *find_task("increment");
  Settings settings;
  settings.annealing.polish_candidates = 5000;
  AnnealingPlan plan = plan_of_two_registers(settings);
  plan.round_candidates = plan.candidates = 50000;
  AnnealingParts parts(task, settings, plan);
  std::uint64_t work = 0;
  unsigned rounds = 0;
  while (!parts.rounds.to_polish()) {
    REQUIRE(++rounds < 100);
    parts.run_round();
    work += parts.rounds.evaluated();
    CHECK(parts.patience.work() == work);
  }
  CHECK(parts.champion.is_right());
  const discrete::Candidate found = *parts.rounds.to_polish();
  const std::uint64_t steps = parts.search.evaluate(found).steps;

  parts.polishing.choose(found);
  AnnealingParts other(task, settings, plan);
  other.polishing.restore_from(parts.polishing.save());
  CHECK(other.polishing.save() == parts.polishing.save());
  Json spoiled = parts.polishing.save();
  spoiled[1][0] = 200;  // the circuit of a row
  CHECK_THROWS_AS(other.polishing.restore_from(spoiled), Error);

  parts.polishing.begin();
  while (!parts.polishing.run([] { return true; })) {
  }
  CHECK(parts.patience.work() == work + parts.polishing.evaluated());
  CHECK(parts.champion.is_right());
  CHECK(parts.search.evaluate(parts.champion.elite().candidate).cost == 0.0);
  CHECK(parts.search.evaluate(parts.champion.elite().candidate).steps <= steps);
  parts.rounds.begin();
  CHECK_FALSE(parts.rounds.to_polish().has_value());
}

}  // namespace
}  // namespace nram
