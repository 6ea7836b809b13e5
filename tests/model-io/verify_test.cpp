#include "random_model.hpp"
#include "scratch.hpp"

#include <random>

#include <doctest/doctest.h>

#include <nram/model-io/exporter.hpp>
#include <nram/model-io/live_executor.hpp>
#include <nram/model-io/verify.hpp>

using namespace nram;
using namespace nram::test;

namespace {

Machine small_machine() { return Machine::standard(2, {"READ", "INC", "WRITE"}); }

struct Pair {
  Model model;
  Program program;
};

// Models that never finish, so that every state and mask comes up, and their programs. Most random
// LSTMs have none, for some choice of theirs hangs on where exactly a state is.
std::vector<Pair> pairs(std::size_t count) {
  std::vector<Pair> found;
  for (unsigned seed = 0; found.size() < count; ++seed) {
    std::mt19937_64 random(seed);
    const Model model = random_model(small_machine(), {ControllerKind::lstm, {2}}, 0.7F, random);
    std::vector<float> parameters = model.parameters();
    parameters.back() = -100.0F;
    const Model endless(model.machine(), model.controller(), parameters);
    try {
      Program program = export_model(endless, {.max_states = 100}).program;
      if (program.states() > 1 && !verify_on_random_runs(endless, program, 100000, 9).first) {
        found.push_back({endless, std::move(program)});
      }
    } catch (const NotFinite&) {
      continue;
    }
  }
  return found;
}

// The program with another rule at `index`.
Program with_rule(const Program& program, std::size_t index, const Transition& transition) {
  std::vector<Rule> rules = program.rules();
  rules[index].transition = transition;
  return {program.machine(), program.circuits(), rules};
}

}  // namespace

TEST_CASE("a program that differs in one rule is found out, with the step in which it does") {
  unsigned found = 0;
  for (const auto& [model, program] : pairs(6)) {
    CHECK(verify_on_random_runs(model, program, 20000, 9).steps == 20000);
    for (std::size_t rule = 0; rule < program.rules().size(); ++rule) {
      Transition wrong = program.rules()[rule].transition;
      wrong.finish = true;
      const Program other = with_rule(program, rule, wrong);
      const Verification verification = verify_on_random_runs(model, other, 20000, 9);
      if (!verification.first) {
        continue;  // a state that random runs hardly reach
      }
      ++found;
      const Disagreement& first = *verification.first;
      CHECK(first.selector == "finish");
      CHECK(first.controller == "go on");
      CHECK(first.program == "stop");
      CHECK(
          contains(first.text(model.machine()), "the controller chooses go on, the program stop"));
      // The masks lead there again, and one step less does not.
      std::vector<MaskRun> runs{first.masks};
      const Verification again = verify_on_runs(model, other, runs);
      REQUIRE(again.first);
      CHECK(again.first->masks == first.masks);
      CHECK(again.steps == first.masks.size() - 1);
      runs[0].pop_back();
      CHECK_FALSE(verify_on_runs(model, other, runs).first);
    }
  }
  CHECK(found >= 10);
}

TEST_CASE("a wrong source is found out at once") {
  const auto [model, program] = pairs(1).front();
  std::vector<Circuit> circuits = program.circuits();
  for (Circuit& circuit : circuits) {
    circuit.registers[1] = static_cast<Source>(circuit.registers[1] == 0 ? 1 : 0);
  }
  const Program other(program.machine(), circuits, program.rules());
  const Verification verification = verify_on_random_runs(model, other, 100, 1);
  CHECK(verification.steps == 0);
  REQUIRE(verification.first);
  CHECK(verification.first->masks.size() == 1);
}

TEST_CASE("exporting with runs verifies on them") {
  const Model model = pairs(1).front().model;
  ExportOptions options{.max_states = 100};
  std::vector<Word> memory(9, 3);
  RunOptions run;
  run.modulus = Modulus::of(9);
  run.step_limit = 123;
  options.runs.push_back(live_masks(model, MemoryView(std::span(memory)), run));
  CHECK(export_model(model, options).automaton.checked_steps == options.checked_steps + 123);
}

TEST_CASE("only what belongs together is compared") {
  const Pair pair = pairs(1).front();
  const Model& model = pair.model;
  const Program& program = pair.program;
  std::mt19937_64 random(3);
  const ControllerShape shape{ControllerKind::feed_forward, {}};
  const Program other = discretise(random_model(Machine::standard(2), shape, 1.0F, random));
  CHECK(contains(
      message_of(ErrorKind::usage, [&] { (void)verify_on_random_runs(model, other, 10, 1); }),
      "not of the model's machine"));
  const std::vector<MaskRun> foreign{{0, 4}};
  CHECK(
      contains(message_of(ErrorKind::usage, [&] { (void)verify_on_runs(model, program, foreign); }),
               "the mask 4"));
}
