#include "fixtures.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

Ended curves(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "curves");
  return nram(arguments);
}

TEST_CASE("nram curves draws a panel for each arm and a line for each attempt") {
  const ScratchDirectory directory;
  write_text(directory / "log.jsonl",
             R"({"seconds":1,"attempt":0,"arm":"gradient","status":"running","cost":2.5})"
             "\n"
             R"({"seconds":1,"attempt":1,"arm":"search","status":"running","cost":0.5})"
             "\n"
             R"({"seconds":2,"attempt":0,"arm":"gradient","status":"diverged","cost":null})"
             "\n"
             R"({"seconds":2,"attempt":2,"arm":"search","status":"running","cost":0.6})"
             "\n"
             R"({"seconds":3,"attempt":1,"arm":"search","status":"solved","cost":0.0})"
             "\n");
  const Ended ended = curves({directory / "log.jsonl", "-o", directory / "x.svg"});
  INFO(ended.err);
  REQUIRE(ended.exit_code == 0);
  const std::string svg = read_text(directory / "x.svg");
  CHECK(count_of("<polyline", svg) == 3);
  CHECK(count_of("<circle", svg) == 1);  // where the solved attempt ends
  CHECK(count_of(">cost, gradient arm: 1 attempt<", svg) == 1);
  CHECK(count_of(">cost, search arm: 2 attempts<", svg) == 1);
}

TEST_CASE("nram curves says what is wrong with a log, and draws nothing") {
  const ScratchDirectory directory;
  write_text(directory / "bad.jsonl", "{\"seconds\":1}\n");
  write_text(directory / "empty.jsonl", "");
  const Ended bad = curves({directory / "bad.jsonl", "-o", directory / "x.svg"});
  CHECK(bad.exit_code == 3);
  CHECK(bad.err.find("bad.jsonl, line 1") != std::string::npos);
  const Ended empty = curves({directory / "empty.jsonl", "-o", directory / "x.svg"});
  CHECK(empty.exit_code == 3);
  CHECK(empty.err.find("empty") != std::string::npos);
  CHECK(directory.names() == std::vector<std::string>{"bad.jsonl", "empty.jsonl"});
  CHECK(curves({}).exit_code == 2);
}

TEST_CASE("nram curves draws what nram train --log writes, and shows names as they are") {
  const ScratchDirectory directory;
  REQUIRE(nram({"train", "--task", "access", "--no-minimise", "--seed", "3", "--no-checkpoint",
                "--log", directory / "log.jsonl", "-o", directory / "m.st"})
              .exit_code == 0);
  CHECK(curves({directory / "log.jsonl", "-o", "-"}).out.ends_with("</svg>\n"));
  write_text(directory / "odd.jsonl",
             R"({"seconds":1,"attempt":0,"arm":"<a&b>","status":"running","cost":2.5})"
             "\n");
  const Ended odd = curves({directory / "odd.jsonl", "-o", "-"});
  CHECK(count_of("&lt;a&amp;b&gt; arm", odd.out) == 1);
  const Ended model = curves({directory / "m.st", "-o", directory / "x.svg"});
  CHECK(model.exit_code == 3);
  CHECK(model.err.find("this is a model") != std::string::npos);
  CHECK(curves({directory / "log.jsonl", "-o", directory / "log.jsonl"}).exit_code == 2);
}

}  // namespace
}  // namespace nram::test
