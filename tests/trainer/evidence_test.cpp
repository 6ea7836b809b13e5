// What runs on further inputs say about programs that fit, grades, and advice.

#include "evidence/comparison.hpp"
#include "evidence/variations.hpp"
#include "portfolio/choice.hpp"
#include "portfolio/finalists.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <support/hand_written.hpp>
#include <support/program_text.hpp>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>
#include <nram/engine/program_builder.hpp>
#include <nram/engine/simplify.hpp>
#include <nram/trainer/advice.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/examples_task.hpp>
#include <nram/trainer/grade.hpp>

using namespace nram;
using test::hand_written_program;
using test::program_from_text;

namespace {

// Examples of a built-in task: `each` of every one of these sizes.
std::vector<Example> drawn(const std::string& task, std::size_t from, std::size_t to,
                           std::size_t each) {
  Random random(5);
  std::vector<Example> examples;
  for (std::size_t n = from; n <= to; ++n) {
    for (std::size_t i = 0; i < each; ++i) {
      examples.push_back(find_task(task)->draw({.n = n, .slack = random.below(3)}, random));
    }
  }
  return examples;
}

// What adds one to every element up to the 0: look at one, then count it, in two states; or in two
// states for each of so many elements, without a loop.
Program increment(unsigned unrolled) {
  const unsigned copies = std::max(unrolled, 1U);
  ProgramBuilder builder(Machine::standard(2));
  builder.circuit("look").set("READ", {"r0"}).set_register("r1", "READ");
  builder.circuit("count")
      .set("INC", {"r1"})
      .set("WRITE", {"r0", "INC"})
      .set("ADD", {"r0", "ONE"})
      .set_register("r0", "ADD");
  for (unsigned i = 0; i < copies; ++i) {
    const std::string second = "state " + std::to_string(2 * i + 1);
    builder.rule("state " + std::to_string(2 * i)).run("look").next_state(2 * i + 1);
    builder.rule(second + ", r1 == 0").finish();
    builder.rule(second + ", r1 != 0").run("count").next_state(unrolled == 0 ? 0 : 2 * i + 2);
  }
  if (unrolled > 0) {
    builder.rule("state " + std::to_string(2 * unrolled)).finish();
  }
  return builder.build();
}

// What sets every element to the first one plus one.
Program first_plus_one() {
  ProgramBuilder builder(Machine::standard(3));
  builder.circuit("first").set("READ", {"r0"}).set_register("r1", "READ");
  builder.circuit("look").set("READ", {"r0"}).set_register("r2", "READ");
  builder.circuit("set")
      .set("INC", {"r1"})
      .set("WRITE", {"r0", "INC"})
      .set("ADD", {"r0", "ONE"})
      .set_register("r0", "ADD");
  builder.rule("state 0").run("first").next_state(1);
  builder.rule("state 1").run("look").next_state(2);
  builder.rule("state 2, r2 == 0").finish();
  builder.rule("state 2, r2 != 0").run("set").next_state(1);
  return builder.build();
}

// Arrays of up to `most` elements behind which there is a 0, each to become one more.
std::vector<Example> counts(std::size_t most, std::size_t each, bool all_equal) {
  Random random(3);
  std::vector<Example> examples;
  for (std::size_t n = 1; n <= most; ++n) {
    for (std::size_t i = 0; i < each; ++i) {
      Example example;
      const Word same = random.between(1, 30);
      for (std::size_t k = 0; k < n; ++k) {
        example.memory.push_back(all_equal ? same : random.between(1, 30));
        example.expected.emplace_back(example.memory.back() + 1);
      }
      example.memory.insert(example.memory.end(), {0, random.below(20)});
      example.expected.resize(n + 2);
      example.steps = 3 * n + 4;
      examples.push_back(example);
    }
  }
  return examples;
}

}  // namespace

TEST_CASE("variations are inputs of the task: the right program has a result on nearly all") {
  for (const std::string task : {"access", "increment", "copy", "reverse", "list-k", "merge"}) {
    CAPTURE(task);
    const std::vector<Example> examples = drawn(task, find_task(task)->min_n(), 5, 4);
    std::size_t longest = 0;
    for (const Example& example : examples) {
      longest = std::max(longest, example.memory.size());
    }
    Variations variations(examples, false);
    const auto executor = make_executor(Engine::interpreter, hand_written_program(task));
    Random random(1);
    std::size_t count = 0;
    std::size_t finished = 0;
    std::size_t longer = 0;
    while (count < 300) {
      const auto input = variations.draw(random);
      REQUIRE(input);
      ++count;
      longer += 2 * input->memory.size() >= 3 * longest ? 1 : 0;
      std::vector<Word> memory = input->memory;
      RunOptions options;
      options.step_limit = 20 * *input->steps;
      finished += executor->run(MemoryView(std::span(memory)), options).outcome == Outcome::finished
                      ? 1
                      : 0;
    }
    CHECK(finished >= count * 9 / 10);
    CHECK(longer > 0);
  }
}

TEST_CASE("further inputs of signed examples are of both signs, and no larger than these") {
  Random random(2);
  std::vector<Example> examples;
  for (std::size_t n = 2; n <= 6; ++n) {
    for (unsigned i = 0; i < 4; ++i) {
      Example example;
      for (std::size_t k = 0; k < n; ++k) {
        example.memory.push_back(random.between(1, 900) - (random.chance(0.5) ? 1000 : 0));
      }
      example.memory.push_back(0);
      example.expected.assign(example.memory.begin(), example.memory.end());
      example.has_negative = true;
      examples.push_back(std::move(example));
    }
  }
  Variations variations(examples, true);
  std::size_t negative = 0;
  std::size_t positive = 0;
  for (unsigned i = 0; i < 300; ++i) {
    auto input = variations.draw(random);
    REQUIRE(input);
    if (const auto smaller = variations.shrink(*input, random)) {
      input = smaller;
    }
    for (const Word cell : input->memory) {
      const auto value = static_cast<std::int64_t>(cell);
      CHECK(value >= -999);
      CHECK(value <= 900);
      negative += value < 0 ? 1 : 0;
      positive += value > 0 ? 1 : 0;
    }
  }
  CHECK(negative > 300);
  CHECK(positive > 300);
}

TEST_CASE("a question about signed numbers shows those below 0") {
  Question question;
  question.input.memory = {Word{0} - 3, 4};
  question.input.has_negative = true;
  question.answers.push_back({std::vector<Word>{4, Word{0} - 1}, 1, true});
  CHECK(question.text().starts_with("input       -3 4\nresult 1    4 -1   ("));
}

TEST_CASE("a program without a loop is bounded, unless the task needs none") {
  const std::vector<Example> examples = counts(6, 5, false);
  CHECK(is_bounded(increment(6), examples, true, Random(1)));
  CHECK_FALSE(is_bounded(increment(0), examples, true, Random(1)));
  // One cell at an address, whatever the length.
  CHECK_FALSE(
      is_bounded(hand_written_program("access"), drawn("access", 1, 8, 4), false, Random(1)));
  CHECK(size_of(increment(0)) < size_of(increment(6)));
}

TEST_CASE("where programs that fit differ, the smallest input is shown with all results") {
  const std::vector<Example> examples = counts(5, 3, true);
  const std::vector<Program> programs = {increment(0), first_plus_one()};
  const Comparison comparison = compare_programs(programs, examples, true, Random(1));
  CHECK(comparison.inputs > 300);
  REQUIRE(!comparison.questions.empty());
  const Question& question = comparison.questions.front();
  CHECK(question.input.memory.size() == 4);  // two elements, the 0, and a cell behind it
  REQUIRE(question.answers.size() == 2);
  CHECK(question.answers[0].is_kept);
  CHECK_FALSE(question.answers[1].is_kept);
  const std::vector<Word>& memory = question.input.memory;
  CHECK(question.answers[0].memory ==
        std::vector<Word>{memory[0] + 1, memory[1] + 1, 0, memory[3]});
  CHECK(question.text().find("result 2") != std::string::npos);

  const Example example = answered(question, *question.answers[0].memory);
  CHECK(example.memory == memory);
  CHECK(example.expected[1] == memory[1] + 1);
  CHECK_FALSE(example.expected[3]);
  CHECK_THROWS_AS(static_cast<void>(answered(question, {1})), Error);

  // The same ones agree everywhere, and the outcome is the same again.
  const std::vector<Program> same = {increment(0), increment(0)};
  CHECK(compare_programs(same, examples, true, Random(1)).questions.empty());
  CHECK(compare_programs(programs, examples, true, Random(1)).questions.front().input.memory ==
        memory);
}

TEST_CASE("the simplest program that may be right on longer inputs is kept, and graded") {
  const auto grade = [](std::vector<Example> examples, const std::vector<Fit>& fits) {
    const ExamplesTask task("file", std::move(examples));
    const Choice choice = choose(task, fits, Random(1));
    return std::pair(choice.kept, choice.assessment.grade);
  };
  using Kept = std::pair<std::size_t, Grade>;
  const Fit loop{increment(0), 5};
  const Fit unrolled{increment(8), 5};
  // Many examples speak for themselves; few do not.
  CHECK(grade(counts(8, 8, false), {unrolled, loop}) == Kept{1, Grade::generalises});
  CHECK(grade(counts(8, 3, false), {unrolled, loop}) == Kept{1, Grade::fits});
  CHECK(grade(counts(8, 8, false), {unrolled}) == Kept{0, Grade::bounded});
  // Nothing was longer than what it was learned from.
  CHECK(grade(counts(8, 8, false), {{increment(0), 10}}) == Kept{0, Grade::fits});
  CHECK(grade(counts(8, 8, true), {{first_plus_one(), 5}, loop}) == Kept{1, Grade::ambiguous});
  // Another program that does the same is evidence where examples are few.
  CHECK(grade(counts(8, 3, false), {loop, {hand_written_program("increment"), 5}}).second ==
        Grade::generalises);

  const ExamplesTask task("file", counts(8, 8, false));
  const std::vector<Fit> fits = {loop};
  const Assessment assessment = choose(task, fits, Random(1)).assessment;
  CHECK(assessment.tested_cells == 10);
  CHECK(assessment.learned_cells == 5);
  CHECK(assessment.examples == task.examples().size());
  const std::vector<Fit> of_task = {{hand_written_program("copy"), 0}};
  CHECK(choose(*find_task("copy"), of_task, Random(1)).assessment.grade == Grade::generalises);
}

TEST_CASE("a grade has a name, a text and metadata, and those of no use warn for ever") {
  for (const Grade grade :
       {Grade::not_solved, Grade::bounded, Grade::ambiguous, Grade::fits, Grade::generalises}) {
    Assessment assessment;
    assessment.grade = grade;
    assessment.learned_cells = 5;
    assessment.tested_cells = 12;
    CHECK(grade_named(name_of(grade)) == grade);
    CHECK(!assessment.text().empty());
    CHECK(assessment.metadata().at("verdict") == name_of(grade));
    CHECK(reserve_of(assessment.metadata()).has_value() ==
          (grade == Grade::not_solved || grade == Grade::bounded || grade == Grade::ambiguous));
  }
  CHECK_FALSE(grade_named("perfect"));
  CHECK_FALSE(reserve_of({}));
  Assessment bounded{.grade = Grade::bounded, .tested_cells = 7};
  CHECK(reserve_of(bounded.metadata())->find("beyond 7 cells") != std::string::npos);
}

TEST_CASE("the look for others ends by the clocks, and more of it counts no others") {
  const auto ended = [](std::uint64_t clock, std::uint64_t slot, bool solved) {
    Finalist finalist{clock, slot, {}};
    finalist.snapshot.progress.status = solved ? AttemptStatus::solved : AttemptStatus::exhausted;
    return finalist;
  };
  LookPlan look;
  look.further = 1.0;
  look.most = 3;
  Finalists finalists(look);
  finalists.add(ended(5, 0, false));
  CHECK(finalists.would_count(1000, 1));
  finalists.add(ended(20, 2, true));
  CHECK(finalists.would_count(40, 3));
  CHECK_FALSE(finalists.would_count(41, 3));
  finalists.add(ended(35, 0, true));
  finalists.add(ended(10, 1, true));  // from a slot that was behind
  CHECK(finalists.best()->clock == 10);
  CHECK_FALSE(finalists.would_count(21, 3));
  CHECK(finalists.solved().size() == 2);  // 35 is too late now
  finalists.add(ended(11, 3, true));
  CHECK(finalists.would_count(19, 3));
  CHECK_FALSE(finalists.would_count(20, 3));  // there are three before it
  CHECK(finalists.solved().size() == 3);

  Finalists first(std::nullopt);
  first.add(ended(20, 2, true));
  CHECK_FALSE(first.would_count(20, 3));
  CHECK(first.would_count(20, 1));
  look.least = 30;
  const Finalists known(look, true);
  CHECK(known.would_count(30, 0));
  CHECK_FALSE(known.would_count(31, 0));
}

TEST_CASE("advice: a sentence for every finding, and none without") {
  const auto has = [](const Findings& findings, const std::string& words) {
    const std::vector<std::string> sentences = advice_on(findings);
    return sentences.size() == 1 && sentences[0].find(words) != std::string::npos;
  };
  CHECK(advice_on({.examples = 100, .lengths = 4}).empty());
  CHECK(advice_on({}).empty());
  CHECK(has({.faults_behind_end = true}, "add a spare cell"));
  CHECK(has({.never_stops = true}, "does not stop"));
  CHECK(has({.wrong_modulo_cells = true}, "not modulo the number of cells"));
  CHECK(has({.wrong_modulo_word = true}, "only where arithmetic wraps round"));
  CHECK(has({.constant = ConstantSeen{100, "so it is"}}, "number 100 (so it is)"));
  CHECK(has({.examples = 100, .lengths = 1}, "same number of cells"));
  CHECK(has({.examples = 5, .lengths = 2}, "only 5 different inputs"));
}

TEST_CASE("findings are seen in the examples and in runs of the best program") {
  const auto findings = [](std::vector<Example> examples, const std::optional<Program>& best) {
    return findings_on(ExamplesTask("file", std::move(examples)), best);
  };
  // The array begins in the first cell.
  CHECK(findings(counts(5, 8, false), increment(0)) ==
        Findings{.examples = 40, .lengths = 5, .begins_with_data = true});
  CHECK(findings_on(*find_task("copy"), std::nullopt) == Findings{});

  // Adds one to every cell, and goes on behind the last one.
  const Machine machine = Machine::standard(1);
  const Program runaway =
      program_from_text(machine, {{"", "READ(r0) INC(READ) ADD(r0,ONE) WRITE(r0,INC) r0=ADD"}});
  std::vector<Example> all;
  std::vector<Example> kept;
  for (Word i = 0; i < 8; ++i) {
    all.push_back({{i, 9, i}, {i + 1, 10, i + 1}, {}, {}});
    kept.push_back({{i, 1, 1, 9}, {i, {}, {}, {}}, {}, {}});
  }
  CHECK(findings(all, runaway).faults_behind_end);
  CHECK_FALSE(findings(all, runaway).never_stops);
  const Program idle = program_from_text(machine, {{"", "READ(r0) WRITE(r0,READ)"}});
  CHECK(findings(kept, idle).never_stops);
  CHECK_FALSE(findings(kept, idle).faults_behind_end);

  // Without time, what is to be seen at once.
  const ExamplesTask kept_task("file", kept);
  CHECK_FALSE(findings_on(kept_task, idle, [] { return true; }).never_stops);
  CHECK(findings_on(kept_task, idle, [] { return true; }).lengths == 1);

  // Whether twice the number in cell 0 is below 2.
  const Program twice = program_from_text(
      Machine::standard(2),
      {{"r1=0", "READ(r0) r1=READ"}, {"", "ADD(r1,r1) LT(ADD,TWO) WRITE(ZERO,LT)", true}});
  const auto of_three = [](Word wanted) {
    return std::vector<Example>{{{3, 1, 1, 1, 0}, {wanted, {}, {}, {}, {}}, {}, {}},
                                {{3, 2, 1, 1, 0}, {wanted, {}, {}, {}, {}}, {}, {}}};
  };
  CHECK(findings(of_three(0), twice).wrong_modulo_cells);
  CHECK(findings(of_three(1), twice).wrong_modulo_word);

  // A step of 5.
  std::vector<Example> steps;
  for (Word i = 0; i < 10; ++i) {
    steps.push_back({{30 + i, 0, 0}, {35 + i, {}, {}}, {}, {}});
  }
  const auto without = [&](const std::vector<Word>& constants) {
    ExamplesTask::Options options;
    options.constants = constants;
    return findings_on(ExamplesTask("file", steps, options), std::nullopt).constant;
  };
  REQUIRE(without({}));
  CHECK(without({})->number == 5);
  CHECK_FALSE(without({5}));
  CHECK_FALSE(findings(steps, std::nullopt).constant);  // the machine has it
  CHECK_FALSE(findings(counts(5, 8, false), std::nullopt).constant);
}
