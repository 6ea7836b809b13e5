// Candidates of the discrete search: what they cost, and what is known about them without running
// them. Long because all of it is held against the same few machines and random candidates.

#include "discrete/cost/lane_evaluator.hpp"
#include "discrete/liveness.hpp"
#include "discrete/proposals/moves.hpp"
#include "discrete/source_analysis.hpp"
#include "discrete_support.hpp"

#include <bit>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/compile.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/evaluation.hpp>

using namespace nram;
using namespace nram::discrete;

namespace {

Machine with_custom_modules() {
  ModuleTable table = ModuleTable::standard();
  table.add({"MUL", Opcode::custom, 2, [](Word a, Word b, Modulus m) { return m.reduce(a * b); },
             "a * b"});
  return {3, {table.modules().begin(), table.modules().end()}};
}

// WRITE before READ: a READ out of range undoes what its step has written.
Machine with_early_write() {
  const ModuleTable table = ModuleTable::standard();
  std::vector<Module> modules;
  for (const auto name : {"ONE", "WRITE", "INC", "READ", "ADD"}) {
    modules.push_back(*table.find(name));
  }
  return {2, modules};
}

}  // namespace

// The judge of the discrete search against the reference interpreter, example by example.
TEST_CASE("the lane evaluator agrees with the reference interpreter") {
  Random random(11);
  // Prices that tell the three faults apart.
  Prices prices;
  prices = Prices{};
  prices.value_written = prices.was_right = 0.0;
  prices.unclean = 1000.0;
  prices.not_stopped = 100000.0;
  prices.while_wrong = 1.0;
  unsigned right = 0;
  unsigned stopped = 0;
  unsigned faulted = 0;
  unsigned unclean = 0;
  for (const unsigned states : {1U, 2U, 6U}) {
    for (const Machine& machine :
         {Machine::standard(2), with_custom_modules(), with_early_write()}) {
      const Moves moves(machine, states);
      LaneEvaluator evaluator(machine, states, prices);
      for (const BuiltinTask& task : builtin_tasks()) {
        const std::vector<TestCase> examples = draw(task, random);
        Candidate candidate = moves.random_candidate(random);
        for (int i = 0; i < 40; ++i) {
          moves.mutate(candidate, {}, random);
          const auto reference =
              make_executor(Engine::reference, to_program(machine, states, candidate));
          for (std::size_t e = 0; e < examples.size(); e += 7) {
            const TestCase& test = examples[e];
            const Verdict verdict = judge(*reference, test, *test.example.steps);
            const ExampleBatch batch(std::span(&examples[e], 1), machine.registers());
            const Outcome64 outcome = evaluator.evaluate(candidate, batch);
            CAPTURE(task.name());
            REQUIRE((outcome.wrong != 0) == !verdict.right());
            REQUIRE((outcome.cost < 100000.0) == verdict.stopped);
            const double rest = verdict.stopped ? outcome.cost : outcome.cost - 100000.0;
            REQUIRE((rest < 400.0) == verdict.clean);
            const double share = static_cast<double>(verdict.wrong_cells) /
                                 static_cast<double>(verdict.result_cells);
            if (verdict.clean && verdict.stopped) {
              REQUIRE(outcome.cost == doctest::Approx(share));
            }
            right += verdict.right() ? 1 : 0;
            stopped += verdict.stopped ? 1 : 0;
            faulted += verdict.faulted ? 1 : 0;
            unclean += verdict.clean ? 0 : 1;
          }
        }
      }
    }
  }
  // The comparison has seen every kind of outcome.
  CHECK(right > 0);
  CHECK(stopped > 0);
  CHECK(faulted > 0);
  CHECK(unclean > 0);
}

// Lanes go their own ways from step to step, but none perturbs another.
TEST_CASE("the outcome of a batch is that of its examples one by one") {
  Random random(4);
  unsigned parted = 0;
  for (const unsigned states : {1U, 2U, 6U}) {
    for (const Machine& machine :
         {Machine::standard(3), with_custom_modules(), with_early_write()}) {
      const Moves moves(machine, states);
      LaneEvaluator evaluator(machine, states, Prices{});
      for (const std::string_view task : {"copy", "list-search"}) {
        const std::vector<TestCase> examples = draw(*find_task(task), random);
        for (int i = 0; i < 30; ++i) {
          Candidate candidate = moves.random_candidate(random);
          for (int k = 0; k < 20; ++k) {
            moves.mutate(candidate, {}, random);
          }
          double cost = 0.0;
          std::uint64_t steps = 0;
          std::uint64_t rows = 0;
          std::uint64_t wrong = 0;
          for (std::size_t e = 0; e < examples.size(); ++e) {
            const ExampleBatch single(std::span(&examples[e], 1), machine.registers());
            const Outcome64 outcome = evaluator.evaluate(candidate, single);
            cost += outcome.cost / byte_lanes;
            steps += outcome.steps;
            parted += rows != 0 && rows != outcome.rows ? 1 : 0;
            rows |= outcome.rows;
            wrong |= (outcome.wrong & 1U) << e;
          }
          const Outcome64 together =
              evaluator.evaluate(candidate, ExampleBatch(examples, machine.registers()));
          CHECK(together.cost == doctest::Approx(cost).epsilon(1e-5));
          CHECK(together.steps == steps);
          CHECK(together.rows == rows);
          CHECK(together.wrong == wrong);
        }
      }
    }
  }
  CHECK(parted > 200);
}

Prices prices_with_clues() {
  Prices prices;
  prices.features = 0.5;
  return prices;
}

TEST_CASE("candidates that are called equivalent behave equally") {
  Random random(8);
  const Machine machine = Machine::standard(3);
  const ExampleBatch batch(draw(*find_task("list-k"), random), 3);
  unsigned equivalent = 0;
  unsigned different = 0;
  for (int i = 0; i < 120; ++i) {
    const unsigned states = i % 3 == 0 ? 1 : 6;
    const Moves moves(machine, states);
    LaneEvaluator evaluator(machine, states, i % 3 == 1 ? prices_with_clues() : Prices{});
    const Candidate a = moves.random_candidate(random);
    const Outcome64 of_a = evaluator.evaluate(a, batch);
    const Liveness live = evaluator.liveness(a, of_a.rows);
    for (int k = 0; k < 30; ++k) {
      Candidate b = a;
      moves.mutate(b, {of_a.rows, live}, random);
      const Outcome64 of_b = evaluator.evaluate(b, batch);
      if (evaluator.equivalent(a, b, of_a.rows, live)) {
        ++equivalent;
        REQUIRE(of_a.cost == of_b.cost);
        REQUIRE(of_a.steps == of_b.steps);
        REQUIRE(of_a.wrong == of_b.wrong);
      } else {
        different += of_a.cost != of_b.cost ? 1 : 0;
      }
    }
  }
  CHECK(equivalent > 100);
  CHECK(different > 100);
}

TEST_CASE("the rows that a candidate is expected to enter change nothing but the time it takes") {
  Random random(23);
  const Machine machine = Machine::standard(4);
  constexpr unsigned states = 8;
  const Moves moves(machine, states);
  const ExampleBatch batch(draw(*find_task("copy"), random), 4);
  const std::span batches(&batch, 1);
  unsigned entered_others = 0;
  for (int i = 0; i < 400; ++i) {
    LaneEvaluator evaluator(machine, states, i % 2 == 0 ? prices_with_clues() : Prices{});
    const Candidate before = moves.random_candidate(random);
    const std::uint64_t visited = evaluator.evaluate(before, batches).rows;
    Candidate candidate = before;
    moves.mutate(candidate, {visited}, random);
    const Outcome64 plain = evaluator.evaluate(candidate, batches);
    const std::uint64_t likely = likely_rows(machine, states, before, visited, candidate);
    const Outcome64 quick = evaluator.evaluate(candidate, batches, {}, likely);
    CHECK((likely & ~reachable_rows(machine, states, candidate)) == 0);
    CHECK(quick.cost == plain.cost);
    CHECK(quick.steps == plain.steps);
    CHECK(quick.wrong == plain.wrong);
    entered_others += (plain.rows & ~likely) != 0 ? 1 : 0;
  }
  CHECK(entered_others > 0);    // so that falling back is tried
  CHECK(entered_others < 100);  // and rare
}

TEST_CASE("a program compiled to weights survives the way through a model") {
  Random random(2);
  for (const unsigned registers : {1U, 2U, 4U}) {
    const Machine machine = Machine::standard(registers);
    const Moves moves(machine, 1);
    for (int i = 0; i < 10; ++i) {
      const Program program = to_program(machine, 1, moves.random_candidate(random));
      const Program exported = discretise(compile_to_weights(program, {}));
      for (std::uint32_t mask = 0; mask < machine.masks(); ++mask) {
        const Transition& before = program.transition(0, mask);
        const Transition& after = exported.transition(0, mask);
        REQUIRE(before.finish == after.finish);
        REQUIRE(program.circuits()[before.circuit] == exported.circuits()[after.circuit]);
      }
    }
  }
}

// What a program makes of an example: its memory and how the run went.
std::pair<std::vector<Word>, std::uint64_t> run(const Program& program, const TestCase& test) {
  std::vector<Word> memory = test.example.memory;
  RunOptions options;
  options.modulus = test.modulus.value_or(Modulus::of(memory.size()));
  options.step_limit = *test.example.steps;
  const RunResult result =
      make_executor(Engine::reference, program)->run(MemoryView(std::span(memory)), options);
  return {memory, result.steps * 8 + static_cast<std::uint64_t>(result.outcome)};
}

TEST_CASE("a program compiled to weights with states survives the way through an LSTM") {
  Random random(6);
  std::uint64_t longest = 0;
  for (const auto& [registers, states] :
       {std::pair{1U, 2U}, {2U, 4U}, {3U, 3U}, {3U, 8U}, {4U, 16U}}) {
    const Machine machine = Machine::standard(registers);
    const Moves moves(machine, states);
    for (int i = 0; i < 5; ++i) {
      const Program program = to_program(machine, states, moves.random_candidate(random));
      const Model model = compile_to_weights(program, {});
      CHECK((model.controller().kind == ControllerKind::lstm) == (program.states() > 1));
      const Program exported = discretise(model);
      CHECK(exported.states() <= states);
      for (const BuiltinTask& task : builtin_tasks()) {
        for (const TestCase& test : draw(task, random)) {
          const auto before = run(program, test);
          REQUIRE(run(exported, test) == before);
          longest = std::max(longest, before.second / 8);
        }
      }
    }
  }
  CHECK(longest > 10);  // not only programs that finish at once
}

TEST_CASE("a program becomes a candidate that behaves alike") {
  Random random(12);
  const Machine machine = Machine::standard(3);
  const Moves moves(machine, 1);
  LaneEvaluator evaluator(machine, 1, Prices{});
  const ExampleBatch batch(draw(*find_task("copy"), random), 3);
  for (int i = 0; i < 20; ++i) {
    const Candidate candidate = moves.random_candidate(random);
    const auto back = from_program(to_program(machine, 1, candidate));
    REQUIRE(back);
    CHECK(evaluator.evaluate(*back, batch).cost == evaluator.evaluate(candidate, batch).cost);
    CHECK(evaluator.evaluate(*back, batch).rows == evaluator.evaluate(candidate, batch).rows);
  }
  const Machine recurrent = Machine::standard(2);
  Candidate two = Moves(recurrent, 2).random_candidate(random);
  two.finish[0] = two.finish[1] = false;
  two.next_state[0] = two.next_state[1] = 1;
  CHECK_FALSE(from_program(to_program(recurrent, 2, two)));
}

TEST_CASE("a simplified candidate behaves alike and has no circuits but those visited") {
  Random random(9);
  const Machine machine = Machine::standard(3);
  const ExampleBatch batch(draw(*find_task("reverse"), random), 3);
  std::size_t before = 0;
  std::size_t after = 0;
  for (int i = 0; i < 50; ++i) {
    const unsigned states = i % 2 == 0 ? 1 : 8;
    const Moves moves(machine, states);
    LaneEvaluator evaluator(machine, states, Prices{});
    Candidate candidate = moves.random_candidate(random);
    for (int k = 0; k < 20; ++k) {
      moves.mutate(candidate, {}, random);
    }
    const Outcome64 outcome = evaluator.evaluate(candidate, batch);
    const Candidate simple = simplified(machine, states, candidate, outcome.rows);
    const Outcome64 same = evaluator.evaluate(simple, batch);
    REQUIRE(same.cost == outcome.cost);
    // The two rows of a state can have become the same; then either may be told as visited.
    const auto entered = [&](std::uint64_t rows) {
      return states == 1 ? rows : (rows | rows >> 1U) & 0x5555555555555555U;
    };
    REQUIRE(entered(same.rows) == entered(outcome.rows));
    const Program program = to_program(machine, states, simple);
    if (states == 1) {
      CHECK(program.circuits().size() <= static_cast<std::size_t>(std::popcount(outcome.rows)));
    }
    before += to_program(machine, states, candidate).circuits().size();
    after += program.circuits().size();
  }
  CHECK(after < before);
}

TEST_CASE("registers whose new value nobody looks at are left alone, and runs stay the same") {
  Random random(17);
  const Machine machine = Machine::standard(4);
  constexpr unsigned states = 6;
  const Moves moves(machine, states);
  LaneEvaluator evaluator(machine, states, Prices{});
  const ExampleBatch batch(draw(*find_task("list-k"), random), 4);
  const std::span batches(&batch, 1);
  LaneEvaluator of_all_registers(machine, states, prices_with_clues());
  std::size_t before = 0;
  std::size_t after = 0;
  unsigned same = 0;
  for (int i = 0; i < 300; ++i) {
    Candidate candidate = moves.random_candidate(random);
    for (int k = 0; k < 20; ++k) {
      moves.mutate(candidate, {}, random);
    }
    Candidate simple = candidate;
    leave_dead_registers_alone(machine, states, simple);
    const Outcome64 a = evaluator.evaluate(candidate, batches);
    const Outcome64 b = evaluator.evaluate(simple, batches);
    CHECK(b.cost <= a.cost);  // fewer READs can fault
    same += a.cost == b.cost && a.steps == b.steps ? 1 : 0;
    before += of_all_registers.size(candidate);
    after += of_all_registers.size(simple);
    Candidate again = simple;
    leave_dead_registers_alone(machine, states, again);
    CHECK(again == simple);
  }
  CHECK(same > 250);
  CHECK(10 * after < 9 * before);
}

TEST_CASE("the size of a candidate counts what matters, and choices between its circuits") {
  const Machine machine = with_early_write();
  const SourceAnalysis sources(machine);
  const auto output = [&](unsigned module) {
    return static_cast<std::uint8_t>(machine.output_of(module));
  };
  constexpr unsigned one = 0;
  constexpr unsigned write = 1;
  constexpr unsigned inc = 2;
  constexpr unsigned add = 4;
  Candidate candidate;
  candidate.circuit_count = 2;
  candidate.circuit[1] = 1;
  Wiring& first = candidate.circuits[0];
  Wiring& second = candidate.circuits[1];
  first.arguments[machine.first_argument(write) + 1] = 1;
  first.registers = {output(inc), 1};
  second.arguments[machine.first_argument(write) + 1] = output(one);
  second.arguments[machine.first_argument(add) + 1] = 1;
  second.registers = {0, output(add)};
  Liveness live;
  live.fill(3);
  CHECK(sources.joint_size(candidate, 1, live) == 2);  // WRITE and INC
  CHECK(sources.joint_size(candidate, 2, live) == 3);  // ONE, WRITE, ADD
  // All four, what is written, and what both registers become.
  CHECK(sources.joint_size(candidate, 3, live) == 7);
  live.fill(1);
  CHECK(sources.joint_size(candidate, 3, live) == 5);  // without ADD and register 1
  live.fill(0xff);  // registers that the machine does not have, too
  CHECK(sources.joint_size(candidate, 3, live) == 7);
}

TEST_CASE("registers that a later step looks at are not touched") {
  const Machine machine = Machine::standard(3);
  Candidate automaton;  // 0: r1 := r0, r2 := r0; 1: r0 := r1, looking at r2
  automaton.circuit_count = 2;
  automaton.circuits[0].registers = {0, 0, 0};
  automaton.circuits[1].registers = {1, 1, 1};
  automaton.next_state = {1, 1, 0, 1};
  automaton.circuit = {0, 0, 1, 1};
  automaton.tests = {0, 2};
  automaton.finish[3] = true;
  Candidate simple = automaton;
  leave_dead_registers_alone(machine, 2, simple);
  // r0 is written (by WRITE of every circuit, at r0), r1 and r2 are looked at in state 1; after it,
  // only r0 matters.
  CHECK(simple.circuits[0].registers == automaton.circuits[0].registers);
  CHECK(simple.circuits[1].registers == decltype(Wiring::registers){1, 1, 2});
  Candidate table = automaton;
  leave_dead_registers_alone(machine, 1, table);
  CHECK(table == automaton);
}

TEST_CASE("a machine too large for the search is refused") {
  CHECK_THROWS_AS(require_searchable(Machine::standard(7), 1), Error);
  CHECK_THROWS_AS(require_searchable(Machine::standard(3), 17), Error);
  CHECK_NOTHROW(require_searchable(Machine::standard(6), 16));
  CHECK_NOTHROW(require_searchable(Machine::standard(6), 1));
}

TEST_CASE("only rows that a run can come to are reachable, and only they become states") {
  const Machine machine = Machine::standard(2);
  Candidate automaton;  // 0 -> 2 or the end, 2 -> 0 or 3, 3 -> 3; nothing leads to 1
  automaton.next_state[0] = 2;
  automaton.finish[1] = true;
  automaton.next_state[1] = 1;
  automaton.next_state[4] = 0;
  automaton.next_state[5] = 3;
  automaton.next_state[6] = automaton.next_state[7] = 3;
  CHECK(reachable_rows(machine, 5, automaton) == 0b11110011);
  CHECK(to_program(machine, 5, automaton).states() == 3);
  CHECK(reachable_rows(machine, 1, automaton) == 0b1111);
  CHECK(reachable_rows(Machine::standard(6), 1, automaton) == ~std::uint64_t{0});
}

TEST_CASE("features tell how well the registers separate wrong examples from right ones") {
  constexpr std::uint64_t wrong = 0xffff;  // the first 16 of 32 examples
  constexpr unsigned count = 32;
  Bytes active;
  Bytes seven;
  Bytes other;
  for (unsigned lane = 0; lane < count; ++lane) {
    active[lane] = 0xff;
    seven[lane] = 7;
    other[lane] = lane < 16 ? 7 : 8;
  }
  const std::vector<Bytes> nothing(3);
  BehaviouralFeatures features;
  const auto strength = [&](const std::vector<Bytes>& registers, const std::vector<Bytes>& input) {
    features.reset(static_cast<unsigned>(registers.size()));
    features.observe(registers, input, active);
    return features.strength(wrong, count);
  };
  CHECK(strength({Bytes{}, Bytes{}}, nothing) == 0.0);
  const double in_input = strength({Bytes{}, other}, {seven, seven, seven});
  CHECK(in_input == doctest::Approx(0.3));
  CHECK(strength({seven, other}, nothing) == doctest::Approx(0.7));
  Bytes around;  // less than 7, or more
  for (unsigned lane = 0; lane < count; ++lane) {
    around[lane] = lane < 16 ? 6 : 8;
  }
  CHECK(strength({seven, around}, nothing) == doctest::Approx(0.7));
  Bytes flag;
  for (unsigned lane = 0; lane < 16; ++lane) {
    flag[lane] = 1;
  }
  CHECK(strength({flag, Bytes{}}, nothing) == doctest::Approx(1.0));
  // Seen once is enough; examples that have stopped are not looked at.
  features.observe(nothing, nothing, active);
  CHECK(features.strength(wrong, count) == doctest::Approx(1.0));
  features.reset(1);
  features.observe(std::vector<Bytes>{flag}, nothing, Bytes{});
  CHECK(features.strength(wrong, count) == 0.0);
  // Three wrong examples are told apart by chance.
  features.reset(1);
  features.observe(std::vector<Bytes>{flag}, nothing, active);
  CHECK(features.strength(0b111, count) == 0.0);
}

TEST_CASE("features make a batch cheaper, never free, and never right") {
  Random random(3);
  const Machine machine = Machine::standard(4);
  const Moves moves(machine, 6);
  Prices with_clues;
  with_clues.features = 0.5;
  LaneEvaluator plain(machine, 6, Prices{});
  LaneEvaluator evaluator(machine, 6, with_clues);
  const ExampleBatch batch(draw(*find_task("list-search"), random), 4);
  unsigned cheaper = 0;
  for (int i = 0; i < 200; ++i) {
    const Candidate candidate = moves.random_candidate(random);
    const Outcome64 a = plain.evaluate(candidate, batch);
    const Outcome64 b = evaluator.evaluate(candidate, batch);
    REQUIRE(b.cost <= a.cost);
    REQUIRE(b.cost >= 0.5 * a.cost);
    REQUIRE(b.wrong == a.wrong);
    cheaper += b.cost < a.cost ? 1 : 0;
  }
  CHECK(cheaper > 0);
}

TEST_CASE("a candidate is rejected above a limit, by the first batch alone if it has one") {
  Random random(10);
  const Machine machine = Machine::standard(3);
  const Moves moves(machine, 1);
  LaneEvaluator evaluator(machine, 1, Prices{});
  const Task& task = *find_task("copy");
  const std::vector<ExampleBatch> batches = {ExampleBatch(draw(task, random), 3),
                                             ExampleBatch(draw(task, random), 3)};
  for (int i = 0; i < 20; ++i) {
    const Candidate candidate = moves.random_candidate(random);
    const Outcome64 first = evaluator.evaluate(candidate, batches[0]);
    const Outcome64 second = evaluator.evaluate(candidate, batches[1]);
    const Outcome64 both = evaluator.evaluate(candidate, batches);
    REQUIRE_FALSE(both.rejected);
    CHECK(both.first == first.cost);
    CHECK(both.cost == doctest::Approx((first.cost + second.cost) / 2));
    CHECK(both.steps == first.steps + second.steps);
    CHECK(both.rows == (first.rows | second.rows));
    CHECK_FALSE(evaluator.evaluate(candidate, batches, {both.cost, both.first}).rejected);
    CHECK(evaluator.evaluate(candidate, batches, {both.cost * 0.999}).rejected);
    const Outcome64 early = evaluator.evaluate(candidate, batches, {both.cost, first.cost * 0.999});
    CHECK(early.rejected);
    CHECK(early.steps == first.steps);  // the second pack was not run
  }
}

TEST_CASE("a candidate that is still running after a limit of steps is rejected, and no other") {
  Random random(23);
  const Machine machine = Machine::standard(3);
  const unsigned states = 4;
  const Moves moves(machine, states);
  LaneEvaluator evaluator(machine, states, Prices{});
  std::vector<ExampleBatch> batches;
  for (unsigned i = 0; i < max_batches; ++i) {
    batches.emplace_back(draw(*find_task("copy"), random), machine.registers());
  }
  unsigned stopping = 0;
  unsigned running_on = 0;
  for (int i = 0; i < 400; ++i) {
    const Candidate candidate = moves.random_candidate(random);
    const Outcome64 free = evaluator.evaluate(candidate, batches);
    REQUIRE(!free.rejected);
    for (unsigned p = 0; p < max_batches; ++p) {
      const unsigned longest = evaluator.evaluate(candidate, batches[p]).longest[0];
      CHECK(free.longest[p] == longest);
      Limit limit;
      if (longest == without_limit) {
        limit.steps[p] = 3;  // some example goes on to the end of its budget, which is longer
        CHECK(evaluator.evaluate(candidate, batches, limit).rejected);
        ++running_on;
        continue;
      }
      limit.steps[p] = longest;
      CHECK(evaluator.evaluate(candidate, batches, limit).cost == free.cost);
      CHECK(!evaluator.evaluate(candidate, batches, limit).rejected);
      limit.steps[p] = longest - 1;
      CHECK(evaluator.evaluate(candidate, batches, limit).rejected);
      ++stopping;
    }
  }
  CHECK(stopping > 0);
  CHECK(running_on > 0);
}

TEST_CASE("less partial credit makes wrong cells dearer, and nothing else") {
  Random random(13);
  const Machine machine = Machine::standard(3);
  const Moves moves(machine, 1);
  Prices none;
  none.partial_credit = 0.0;
  LaneEvaluator generous(machine, 1, Prices{});
  LaneEvaluator strict(machine, 1, none);
  const ExampleBatch batch(draw(*find_task("copy"), random), 3);
  unsigned dearer = 0;
  for (int i = 0; i < 100; ++i) {
    const Candidate candidate = moves.random_candidate(random);
    const Outcome64 a = generous.evaluate(candidate, batch);
    const Outcome64 b = strict.evaluate(candidate, batch);
    CHECK(b.cost >= a.cost);
    CHECK(b.wrong == a.wrong);
    dearer += b.cost > a.cost ? 1 : 0;
  }
  CHECK(dearer > 25);
}
