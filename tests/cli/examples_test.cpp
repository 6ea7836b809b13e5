// nram examples: files to learn from, made of arrays and tables.

#include "fixtures.hpp"

#include <string>

#include <doctest/doctest.h>

#include <nram/model-io/example_file.hpp>

namespace nram::test {
namespace {

TEST_CASE("examples are made of pairs of arrays and tables") {
  const ScratchDirectory directory;
  write_text(directory / "before.csv", "limit,a,b,end\n5,9,3,0\n2,1,7,0\n");
  write_text(directory / "after.csv", "5,5,3,\n2,1,2,\n");
  CHECK(nram({"example", "increment", "--length", "4", "--count", "3", "-o", directory / "in.npy"})
            .exit_code == 0);
  const Ended made = nram({"examples", directory / "before.csv", directory / "after.csv",
                           directory / "in.npy", directory / "in.npy", "--ignore", "0", "--steps",
                           "20", "-o", directory / "mine.jsonl"});
  CHECK(made.exit_code == 0);
  CHECK(made.out.find("5 examples of 4 to 5 cells") != std::string::npos);
  const std::vector<Example> examples = read_examples(directory / "mine.jsonl");
  REQUIRE(examples.size() == 5);
  CHECK(examples[0] == Example{{5, 9, 3, 0}, {std::nullopt, 5, 3, std::nullopt}, {}, 20});
  CHECK(examples[4].memory.size() == 5);
  CHECK(examples[4].expected[4] == examples[4].memory[4]);
}

TEST_CASE("the report of examples is JSON, or the examples go to the standard output") {
  const ScratchDirectory directory;
  write_text(directory / "b.txt", "1 2\n3 4 5\n");
  const std::vector<std::string> pair = {"examples", directory / "b.txt", directory / "b.txt"};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = pair;
    arguments.insert(arguments.end(), more.begin(), more.end());
    return nram(arguments);
  };
  const auto report = report_of(with({"-o", directory / "e.jsonl", "--json"}));
  CHECK(report["examples"] == 2);
  CHECK(report["shortest"] == 2);
  CHECK(report["longest"] == 3);
  CHECK(report["counted_cells"] == 5);
  CHECK(report["smallest"] == 1);
  CHECK(report["largest"] == 5);
  CHECK(with({"-o", "-", "--ignore-value", "4"}).out ==
        "{\"memory\":[1,2],\"expected\":[1,2]}\n"
        "{\"memory\":[3,4,5],\"expected\":[3,null,5]}\n");
  CHECK(with({"-o", "-", "--json"}).exit_code == 2);
}

TEST_CASE("numbers below 0 are reported, and left out, as signed ones") {
  const ScratchDirectory directory;
  write_text(directory / "b.csv", "1,-7,3\n-1,2,0\n");
  write_text(directory / "a.csv", "1,-1,5\n-1,2,0\n");
  const std::vector<std::string> made = {"examples", directory / "b.csv", directory / "a.csv"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), made.begin(), made.end());
    return nram(more);
  };
  const auto report =
      report_of(with({"--ignore-value", "-1", "-o", directory / "e.jsonl", "--json"}));
  CHECK(report["counted_cells"] == 4);
  CHECK(report["smallest"] == -7);
  CHECK(report["largest"] == 5);
  CHECK(with({"-o", directory / "e.jsonl"}).out.find("values from -7 to 5") != std::string::npos);
  CHECK(with({"--ignore-value", "-9223372036854775809", "-o", "-"}).exit_code == 2);
}

TEST_CASE("examples refuses what is no pair, and names the place") {
  const ScratchDirectory directory;
  write_text(directory / "b.csv", "1,2\n");
  write_text(directory / "a.csv", "1,x2\n");
  const Ended odd = nram({"examples", directory / "b.csv", "-o", directory / "e.jsonl"});
  CHECK(odd.exit_code == 2);
  CHECK(odd.err.find("BEFORE AFTER") != std::string::npos);
  const Ended text = nram({"examples", directory / "b.csv", directory / "a.csv", "-o", "-"});
  CHECK(text.exit_code == 3);
  CHECK(text.err.find("a.csv: line 1: field 2") != std::string::npos);
  CHECK(nram({"examples", directory / "b.csv", directory / "b.csv", "--ignore", "5-3", "-o", "-"})
            .exit_code == 2);
  CHECK(nram({"examples", directory / "b.csv", directory / "b.csv", "--steps", "0", "-o", "-"})
            .exit_code == 2);
  const Ended onto =
      nram({"examples", directory / "b.csv", directory / "b.csv", "-o", directory / "b.csv"});
  CHECK(onto.exit_code == 2);
  CHECK(onto.err.find("would destroy an input") != std::string::npos);
  CHECK(directory.names() == std::vector<std::string>{"a.csv", "b.csv"});
}

// From two arrays to a learned program in two commands, values up to 10^9.
TEST_CASE("what arrays of large values show is learned") {
  const ScratchDirectory directory;
  std::string before;
  std::string after;
  for (unsigned i = 0; i < 60; ++i) {  // x, a, b, ...: x becomes a
    const unsigned first = 1000000007U * (i + 1) % 999999937U;
    before += "0 " + std::to_string(first);
    after += std::to_string(first) + " " + std::to_string(first);
    for (unsigned k = 0; k < 2 + i % 7; ++k) {
      before += " 999999" + std::to_string(k);
      after += " 999999" + std::to_string(k);
    }
    before += "\n";
    after += "\n";
  }
  write_text(directory / "before.txt", before);
  write_text(directory / "after.txt", after);
  CHECK(nram({"examples", directory / "before.txt", directory / "after.txt", "-o",
              directory / "mine.jsonl"})
            .exit_code == 0);
  const Ended learned = nram({"train", "--examples", directory / "mine.jsonl", "--time", "120",
                              "--json", "-o", directory / "m.st"});
  CHECK(learned.exit_code == 0);
  CHECK(report_of(learned)["solved"] == true);
}

}  // namespace
}  // namespace nram::test
