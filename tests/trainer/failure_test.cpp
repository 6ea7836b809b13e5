// The smallest example that goes wrong is one that goes wrong when the user runs it.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <support/program_text.hpp>

#include <nram/engine/meaning.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/examples_task.hpp>
#include <nram/trainer/failure.hpp>

using namespace nram;
using test::program_from_text;

TEST_CASE("the smallest failure of a file is modulo what the run has, and from the whole file") {
  // Cell 1 becomes cell 0 and 7: the program adds 2.
  std::vector<Example> examples;
  for (Word i = 0; i < 30; ++i) {
    Example example{{i, 0, 0}, {i, i + 7, {}}, {}, {}};
    example.memory.resize(3 + i / 5);
    example.expected.resize(example.memory.size());
    examples.push_back(std::move(example));
  }
  const ExamplesTask task("file", examples);
  const Program program = program_from_text(Machine::standard(1),
                                            {{"", "READ(r0) ADD(READ,TWO) WRITE(ONE,ADD)", true}});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto failure = smallest_failure(program, task, seed);
    REQUIRE(failure);
    CAPTURE(*failure);
    CHECK(failure->find("modulo 2^64: cell 1 holds") != std::string::npos);
    CHECK(failure->starts_with("memory "));
    // Three cells.
    CHECK(std::count(failure->begin(), failure->begin() + failure->find(','), ' ') == 3);
  }
}

TEST_CASE("of failures, one with the modulus of a run without options is shown before others") {
  // Every element becomes 1 more: this one writes 2 more into the first.
  const Program program =
      program_from_text(Machine::standard(1), {{"", "READ(r0) ADD(READ,TWO) WRITE(r0,ADD)", true}});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto failure = smallest_failure(program, *find_task("increment"), seed);
    REQUIRE(failure);
    CAPTURE(*failure);
    CHECK(failure->find("modulo 2^64") != std::string::npos);
  }
}
