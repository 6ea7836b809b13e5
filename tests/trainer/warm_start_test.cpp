// Training that begins from a program or a model.

#include "attempts/warm_candidate.hpp"
#include "discrete/candidate.hpp"
#include "small_settings.hpp"

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <support/hand_written.hpp>
#include <support/program_text.hpp>

#include <nram/engine/executor.hpp>
#include <nram/model-io/compile.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/constants_in_examples.hpp>
#include <nram/trainer/train.hpp>

namespace nram {
namespace {

using test::mentions;
using test::message_of;
using test::program_from_text;

// An automaton of two states for the same task: read, then add and go on, or end.
Program walking(std::string_view added = "INC(r1)", std::string_view source = "INC") {
  const std::string add = "READ(r0) " + std::string(added) + " WRITE(r0," + std::string(source) +
                          ") ADD(r0,ONE) r0=ADD";
  const std::vector<std::string> texts = {"READ(r0) WRITE(r0,READ) r1=READ", add};
  return program_from_text(
      Machine::standard(2),
      {{"", texts[0], false, 0, 1}, {"r1=0", texts[0], true, 1, 0}, {"", texts[1], false, 1, 0}});
}

TEST_CASE("a program on another machine does the same") {
  const Program program = walking();
  const Machine machine(3, with_constants(Machine::standard(1).modules(), std::vector<Word>{9}));
  const Program there = on_machine({program, {}, "p"}, machine);
  CHECK(there.machine().registers() == 3);
  for (const Program* const one : {&program, &there}) {
    std::vector<Word> memory = {4, 7, 9, 0, 3};
    const RunResult run =
        make_executor(Engine::reference, *one)
            ->run(MemoryView(std::span(memory)), {.modulus = Modulus::word64(), .step_limit = 100});
    CHECK(run.outcome == Outcome::finished);
    CHECK(run.steps == 8);
    CHECK(memory == std::vector<Word>{5, 8, 10, 0, 3});
  }
}

TEST_CASE("what does not fit is refused by the name of the difference") {
  const auto refusal = [](const Program& program, const Machine& machine) {
    return message_of(ErrorKind::usage, [&] {
      (void)on_machine({program, {}, "p.json"}, machine);
    });
  };
  const Program program = walking();
  CHECK(mentions(refusal(program, Machine::standard(1)), "p.json", "2 registers", "with 1"));
  CHECK(mentions(refusal(program, Machine::standard(2, Order::signed_numbers)), "unsigned",
                 "signed"));
  CHECK(mentions(refusal(program, Machine::standard(2, {"READ", "ONE", "ADD", "WRITE"})),
                 "module INC"));
  CHECK(mentions(refusal(program, Machine::standard(2, {"READ", "INC", "ADD", "ONE", "WRITE"})),
                 "ADD", "from ONE", "behind"));
  const Machine no_write = Machine::standard(2, {"READ", "INC"});
  CHECK(mentions(
      refusal(program_from_text(no_write, {{"", "r0=INC INC(r0)", true}}), Machine::standard(2)),
      "no WRITE"));
  // Modules that nothing uses need not be there.
  CHECK(on_machine({program, {}, ""}, Machine::standard(2, {"READ", "ONE", "INC", "ADD", "WRITE"}))
            .states() == 2);

  // By training, before it begins.
  const BuiltinTask& task = *find_task("increment");
  TrainOptions options;
  options.warm_start = WarmStart{walking(), {}, "p.json"};
  Settings settings = annealing_settings();
  settings.machine.registers = 1;
  CHECK(mentions(message_of(ErrorKind::usage, [&] { (void)train(task, settings, options); }),
                 "p.json", "2 registers"));
  settings = annealing_settings();
  settings.annealing.states = 1;
  CHECK(mentions(message_of(ErrorKind::usage, [&] { (void)train(task, settings, options); }),
                 "p.json", "2 states"));
  settings = Settings();
  settings.portfolio.annealing = false;
  CHECK(mentions(message_of(ErrorKind::usage, [&] { (void)train(task, settings, options); }),
                 "p.json", "annealing is switched off"));
  // A state that looks at two registers is none of the search.
  options.warm_start->program =
      program_from_text(Machine::standard(2), {{"", "READ(r0) WRITE(r0,READ)", false, 0, 1},
                                               {"r0=0 r1=0", "READ(r0) WRITE(r0,READ)", true, 1, 0},
                                               {"", "READ(r0) WRITE(r0,READ)", false, 1, 0}});
  CHECK(mentions(
      message_of(ErrorKind::usage, [&] { (void)train(task, annealing_settings(), options); }),
      "p.json", "one register in each state"));
}

TEST_CASE("programs become candidates of the search, and back") {
  const Program program = walking();
  const auto candidate = discrete::automaton_from(program);
  REQUIRE(candidate);
  CHECK(candidate->tests[1] == 1);
  const Program back = discrete::to_program(program.machine(), 2, *candidate);
  CHECK(discrete::automaton_from(back) == candidate);
  CHECK(back.circuits().size() == program.circuits().size());
  // The learned and hand-written ones of one state are tables.
  const Program table = test::hand_written_program("copy");
  REQUIRE(table.states() == 1);
  CHECK_FALSE(discrete::automaton_from(table));
  CHECK(discrete::from_program(table));
}

TEST_CASE("a warm start from a program that solves the task is confirmed at once") {
  const BuiltinTask& task = *find_task("increment");
  for (const bool as_model : {false, true}) {
    CAPTURE(as_model);
    const Program program = walking();
    TrainOptions options{.threads = 1, .time_budget = 100};
    options.warm_start = WarmStart{program, {}, "p.json"};
    if (as_model) {
      options.warm_start->model = compile_to_weights(program, {});
    }
    const TrainResult result = train(task, annealing_settings(), options);
    REQUIRE(result.report.is_solved());
    CHECK(result.report.attempt.number < 4);  // one of the first in every slot
    CHECK(result.report.attempt.work < 20000);
    CHECK(result.report.attempts_done < 2);
    CHECK(result.model.metadata().at("warm-start") == "p.json");
    CHECK(result.model.metadata().at("found-by") == "annealing");
  }
}

TEST_CASE("a run that began from a program goes on from its checkpoint, with that program only") {
  const std::string path =
      (std::filesystem::temp_directory_path() / "nram-warm-start.checkpoint").string();
  const BuiltinTask& task = *find_task("increment");
  Settings settings = annealing_settings();
  settings.portfolio.attempts = 4;
  settings.annealing.candidates = 20000;
  TrainOptions options{.threads = 1, .checkpoint = path};
  // Far from right: what is added is what was there.
  options.warm_start = WarmStart{walking("MAX(r1,r1)", "MAX"), {}, "p.json"};
  unsigned calls = 0;
  options.on_progress = [&calls](const TrainProgress&) { return ++calls < 3; };
  const TrainResult cut = train(task, settings, options);
  if (cut.report.end == TrainEnd::interrupted) {
    options.resume = true;
    options.on_progress = {};
    TrainOptions other = options;
    other.warm_start.reset();
    CHECK(mentions(message_of(ErrorKind::data, [&] { (void)train(task, settings, other); }),
                   "begins from another program"));
    TrainOptions whole = options;
    whole.resume = false;
    whole.checkpoint.clear();
    const TrainResult expected = train(task, settings, whole);
    const TrainResult resumed = train(task, settings, options);
    CHECK(resumed.report.attempt.number == expected.report.attempt.number);
    CHECK(resumed.report.attempt.work == expected.report.attempt.work);
  }
  std::remove(path.c_str());
}

TEST_CASE("gradients go on from a model whose machine and controller are those of the settings") {
  Settings settings;
  settings.portfolio.attempts = 1;
  settings.curriculum.iterations = 50;
  settings.controller.hidden = 8;
  settings.portfolio.annealing = false;
  settings.portfolio.automata = false;
  settings.portfolio.repair = false;
  const BuiltinTask& task = *find_task("access");
  const TrainResult first = train(task, settings, {.threads = 1});
  REQUIRE(first.program);
  TrainOptions options{.threads = 1};
  options.warm_start = WarmStart{*first.program, first.model, "m.st"};
  const AttemptContext context{task, options.modules, settings, {}, &*options.warm_start};
  CHECK(warm_model(context) == &*options.warm_start->model);
  CHECK(is_warm(context, 0));
  CHECK_FALSE(is_warm(context, 4));
  CHECK(is_warm(context, 9));
  settings.controller.hidden = 9;
  CHECK(warm_model(context) == nullptr);
  settings.controller.hidden = 8;
  settings.curriculum.iterations = 1;
  // After one iteration more, weights are near those that it began from.
  const TrainResult second = train(task, settings, options);
  const auto& a = first.model.parameters();
  const auto& b = second.model.parameters();
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(std::abs(a[i] - b[i]) < 0.1F);
  }
}

}  // namespace
}  // namespace nram
