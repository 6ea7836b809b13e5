#include "process.hpp"
#include "statistics.hpp"

#include <doctest/doctest.h>

namespace nram::test {
namespace {

Ended learning_plot(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), LEARNING_PLOT);
  return Process(arguments).wait();
}

TEST_CASE("Wilson's interval is as in the textbook") {
  constexpr double z2 = 1.96 * 1.96;  // for 95 %
  CHECK(bench::wilson(10, 10).low == doctest::Approx(10 / (10 + z2)).epsilon(1e-4));
  CHECK(bench::wilson(10, 10).high == doctest::Approx(1.0));
  CHECK(bench::wilson(0, 10).low == doctest::Approx(0.0));
  CHECK(bench::wilson(0, 10).high == doctest::Approx(z2 / (10 + z2)).epsilon(1e-4));
  CHECK(bench::wilson(0, 0).low == 0.0);
  CHECK(bench::wilson(0, 0).high == 1.0);
  CHECK(bench::median({3.0, 1.0, 2.0}) == 2.0);
  CHECK(bench::median({4.0, 1.0}) == 2.5);
  CHECK(bench::median({}) == 0.0);
}

TEST_CASE("learning-plot draws a dot for each run that ended right, and the rates") {
  const ScratchDirectory directory;
  write_text(directory / "a.jsonl",
             R"({"task":"copy","arm":"portfolio","seed":1,"right":true,"seconds":2.5})"
             "\n"
             R"({"task":"copy","arm":"portfolio","seed":2,"right":false,"seconds":300})"
             "\n");
  write_text(directory / "b.jsonl",
             R"({"task":"tasks/fill.jsonl","arm":"search","seed":1,"right":true,"seconds":9})"
             "\n");
  const Ended ended =
      learning_plot({directory / "a.jsonl", directory / "b.jsonl", directory / "x.svg"});
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
  const std::string svg = read_text(directory / "x.svg");
  CHECK(svg.rfind("<svg", 0) == 0);
  CHECK(count_of("<circle", svg) == 2);
  CHECK(count_of(">copy<", svg) == 1);
  CHECK(count_of(">fill (search)<", svg) == 1);
  CHECK(count_of(">1 of 2 (9 to 91 %)<", svg) == 1);
  CHECK(count_of(">1 of 1 (21 to 100 %)<", svg) == 1);
}

TEST_CASE("learning-plot says which line of which file is not a run, and draws nothing") {
  const ScratchDirectory directory;
  write_text(directory / "runs.jsonl",
             R"({"task":"copy","arm":"portfolio","seed":1,"right":true,"seconds":2.5})"
             "\n{\"task\":3}\n");
  const Ended ended = learning_plot({directory / "runs.jsonl", directory / "x.svg"});
  CHECK(ended.exit_code == 1);
  CHECK(ended.err.find("runs.jsonl, line 2") != std::string::npos);
  CHECK(directory.names() == std::vector<std::string>{"runs.jsonl"});
  CHECK(learning_plot({directory / "none.jsonl", directory / "x.svg"}).exit_code == 1);
  CHECK(learning_plot({}).exit_code == 2);
}

}  // namespace
}  // namespace nram::test
