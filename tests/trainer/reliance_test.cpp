// What a program takes for granted, and sorting that ends with the examples: verdicts that say no
// more than is known.

#include "evidence/reliance.hpp"

#include "evidence/sorting.hpp"
#include "portfolio/choice.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/hand_written.hpp>

#include <nram/engine/program_builder.hpp>
#include <nram/trainer/examples_task.hpp>
#include <nram/trainer/grade.hpp>

using namespace nram;

namespace {

using Memory = std::vector<Word>;
using Names = std::vector<std::string>;

// x, A, 0: x becomes the sum of A. `before` is what x holds, `spare` what is behind the 0.
std::vector<Example> sums(const std::optional<Word>& before, const std::optional<Word>& spare) {
  Random random(4);
  std::vector<Example> examples;
  for (std::size_t n = 1; n <= 8; ++n) {
    for (unsigned i = 0; i < 8; ++i) {
      Example example;
      example.memory.push_back(before.value_or(random.below(50)));
      Word sum = 0;
      for (std::size_t k = 0; k < n; ++k) {
        example.memory.push_back(random.between(1, 90));
        sum += example.memory.back();
      }
      example.memory.insert(example.memory.end(), {0, spare.value_or(random.below(9))});
      example.expected.assign(example.memory.size(), std::nullopt);
      example.expected[0] = sum;
      example.steps = 4 * n + 6;
      examples.push_back(std::move(example));
    }
  }
  return examples;
}

// Adds the elements from cell 1 on, up to the first 0; `onto_x`: to what is in x, not to 0;
// `looks_behind`: it ends at a 0 behind which there is another one.
Program sum(bool onto_x, bool looks_behind) {
  ProgramBuilder builder(Machine::standard(4));
  builder.circuit("begin").set("READ", {"r0"}).set_register("r1", "ONE");
  builder.circuit("begin with x")
      .set("READ", {"r0"})
      .set_register("r1", "ONE")
      .set_register("r2", "READ");
  builder.circuit("look").set("READ", {"r1"}).set_register("r3", "READ");
  builder.circuit("add")
      .set("READ", {"r1"})
      .set("ADD", {"r2", "r3"})
      .set("INC", {"r1"})
      .set_register("r2", "ADD")
      .set_register("r1", "INC");
  builder.circuit("behind").set("INC", {"r1"}).set("READ", {"r0"}).set_register("r1", "INC");
  builder.circuit("store").set("WRITE", {"r0", "r2"});
  builder.rule("state 0").run(onto_x ? "begin with x" : "begin").next_state(1);
  builder.rule("state 1").run("look").next_state(2);
  builder.rule("state 2, r3 != 0").run("add").next_state(1);
  builder.rule("state 2, r3 == 0").run("behind").next_state(looks_behind ? 3 : 4);
  builder.rule("state 3").run("look").next_state(5);
  builder.rule("state 4").run("store").finish();
  builder.rule("state 5, r3 == 0").run("store").finish();
  builder.rule("state 5, r3 != 0").finish();
  return builder.build();
}

// Of A, 0: up to `most` elements in ascending order.
std::vector<Example> to_sort(std::size_t most, bool terminator_counts) {
  Random random(6);
  std::vector<Example> examples;
  for (std::size_t n = 1; n <= most; ++n) {
    for (unsigned i = 0; i < 12; ++i) {
      Example example;
      for (std::size_t k = 0; k < n; ++k) {
        example.memory.push_back(random.between(1, 99));
      }
      Memory sorted = example.memory;
      std::ranges::sort(sorted);
      example.memory.push_back(0);
      example.expected.assign(sorted.begin(), sorted.end());
      example.expected.emplace_back(terminator_counts ? std::optional<Word>(0) : std::nullopt);
      example.steps = 60 * (n + 1);
      examples.push_back(std::move(example));
    }
  }
  return examples;
}

// Exchanges neighbours from front to end, and that again: in so many passes, each with states of
// its own, or, with 0, until nothing was exchanged.
Program bubble_sort(unsigned passes) {
  // r0: address; r1, r2: the neighbours; r3: the larger one; r5: whether these two are exchanged;
  // r4: how often this pass has done so.
  ProgramBuilder builder(Machine::standard(6));
  builder.circuit("begin").set_register("r0", "ZERO").set_register("r4", "ZERO");
  builder.circuit("first").set("READ", {"r0"}).set_register("r1", "READ");
  builder.circuit("second").set("ADD", {"r0", "ONE"}).set_register("r0", "ADD");
  builder.circuit("look").set("READ", {"r0"}).set_register("r2", "READ");
  builder.circuit("smaller")
      .set("DEC", {"r0"})
      .set("MIN", {"r1", "r2"})
      .set("MAX", {"r1", "r2"})
      .set("LT", {"r2", "r1"})
      .set("WRITE", {"DEC", "MIN"})
      .set_register("r3", "MAX")
      .set_register("r5", "LT");
  builder.circuit("larger")
      .set("ADD", {"r4", "r5"})
      .set("WRITE", {"r0", "r3"})
      .set_register("r1", "r3")
      .set_register("r4", "ADD");
  const unsigned copies = std::max(passes, 1U);
  for (unsigned pass = 0; pass < copies; ++pass) {
    const unsigned base = 6 * pass;
    const auto state = [&](unsigned i) { return "state " + std::to_string(base + i); };
    builder.rule(state(0)).run("begin").next_state(base + 1);
    builder.rule(state(1)).run("first").next_state(base + 2);
    builder.rule(state(2)).run("second").next_state(base + 3);
    builder.rule(state(3)).run("look").next_state(base + 4);
    if (passes == 0) {
      builder.rule(state(4) + ", r2 == 0, r4 == 0").finish();
      builder.rule(state(4) + ", r2 == 0, r4 != 0").next_state(0);
    } else if (pass + 1 == copies) {
      builder.rule(state(4) + ", r2 == 0").finish();
    } else {
      builder.rule(state(4) + ", r2 == 0").next_state(base + 6);
    }
    builder.rule(state(4) + ", r2 != 0").run("smaller").next_state(base + 5);
    builder.rule(state(5)).run("larger").next_state(base + 2);
  }
  return builder.build();
}

Assessment assess(std::vector<Example> examples, const Program& program, std::size_t learned) {
  const ExamplesTask task("file", std::move(examples));
  const std::vector<Fit> fits = {{program, learned}};
  return choose(task, fits, Random(1)).assessment;
}

}  // namespace

TEST_CASE("what is the same in all examples at one place is said, if the program needs it") {
  const auto relies = [](const std::vector<Example>& examples, const Program& program) {
    return reliances_of(program, examples, true, Random(1));
  };
  const Program right = sum(false, false);
  const Program onto_x = sum(true, false);
  const Program looks_behind = sum(false, true);
  const Names on_end = {"the last cell but one being 0"};
  // x holds anything, and so does the cell behind.
  CHECK(relies(sums({}, {}), right) == on_end);
  CHECK(relies(sums(0, 0), right) == on_end);
  CHECK(relies(sums(0, {}), onto_x) == Names{"cell 0 being 0", on_end[0]});
  CHECK(relies(sums({}, 0), looks_behind) == Names{"the last cell being 0", on_end[0]});
  // A constant that matters to the task is one as well.
  CHECK(relies(sums(7, {}), right) == on_end);
}

TEST_CASE("places that hold the same in all examples are named once") {
  Names names;
  for (const ConstantPlace& place : constant_places(sums(0, 3))) {
    names.push_back(place.name);
  }
  CHECK(names ==
        Names{"cell 0", "the last cell", "the last cell but one"});  // which is behind the array
  CHECK(constant_places({}).empty());
}

TEST_CASE("a verdict says what the program relies on, and what relies on less is kept") {
  const Assessment assessment = assess(sums(0, 0), sum(true, true), 6);
  CHECK(assessment.grade == Grade::generalises);
  CHECK(assessment.text().find("it relies on cell 0 being 0 and the last cell being 0 and the last "
                               "cell but one being 0, as in all examples") != std::string::npos);
  CHECK(assessment.metadata().at("relies-on") ==
        "cell 0 being 0, the last cell being 0, the last cell but one being 0");

  const ExamplesTask task("file", sums(0, 0));
  const std::vector<Fit> fits = {
      {sum(true, true), 6}, {sum(true, false), 6}, {sum(false, false), 6}};
  const Choice choice = choose(task, fits, Random(1));
  CHECK(choice.kept == 2);
  CHECK(choice.assessment.relies_on == Names{"the last cell but one being 0"});
}

TEST_CASE("a sort in as many passes as the longest example needs is bounded") {
  for (const bool terminator_counts : {false, true}) {
    CAPTURE(terminator_counts);
    const std::vector<Example> examples = to_sort(7, terminator_counts);
    const Assessment seven = assess(examples, bubble_sort(7), 5);
    CHECK(seven.grade == Grade::bounded);
    CHECK(seven.stops_sorting);
    CHECK(seven.text().find("not right beyond 8 cells") != std::string::npos);
    CHECK(reserve_of(seven.metadata())->find("no longer inputs") != std::string::npos);

    const Assessment any = assess(examples, bubble_sort(0), 5);
    CHECK(any.grade == Grade::generalises);
    CHECK_FALSE(any.stops_sorting);
    CHECK(reserve_of(any.metadata()) == std::nullopt);

    // Of both, the one that goes on is kept.
    const ExamplesTask task("file", examples);
    const std::vector<Fit> fits = {{bubble_sort(7), 5}, {bubble_sort(0), 5}};
    CHECK(choose(task, fits, Random(1)).kept == 1);
  }
}

TEST_CASE("where time is up, a verdict says no more than that the program fits") {
  const ExamplesTask task("file", to_sort(7, false));
  const std::vector<Fit> fits = {{bubble_sort(7), 5}};
  for (const unsigned asked : {0U, 40U, 400U}) {
    unsigned count = 0;
    const Poll poll = [&] {
      if (++count > asked) {
        throw Cancelled{};
      }
    };
    const Assessment assessment = choose(task, fits, Random(1), poll).assessment;
    CHECK(assessment.grade == Grade::fits);
    CHECK(assessment.is_cut_short);
    CHECK(assessment.text().find("time was up") != std::string::npos);
  }
}

TEST_CASE("results that are no rearrangement, or were in order before, are not taken for sorted") {
  const std::vector<Example> examples = sums({}, {});
  CHECK_FALSE(sorts_examples_only(sum(false, false), examples, true, Random(1)));
  std::vector<Example> in_order = to_sort(7, false);
  for (Example& example : in_order) {
    std::sort(example.memory.begin(), example.memory.end() - 1);
  }
  CHECK_FALSE(sorts_examples_only(bubble_sort(7), in_order, true, Random(1)));
}
