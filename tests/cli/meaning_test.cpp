// A program means the same on every input: arithmetic, order and end are written in it.

#include "fixtures.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/errors.hpp>

#include <nram/model-io/array_file.hpp>

namespace nram::test {
namespace {

const std::string shipped_samples = std::string(NRAM_SOURCE_DIR) + "/samples/";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

void write_numbers(const std::string& path, const std::vector<Word>& numbers, ElementType type) {
  write_npy(Memories::of(std::vector<std::vector<Word>>{numbers}, type), path);
}

std::vector<Word> numbers_in(const std::string& path) {
  const Memories memories = read_npy(path);
  std::vector<Word> numbers(memories.cells(0));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = memories.value(0, i);
  }
  return numbers;
}

/// A, 0: every A[i] becomes the largest of A[0] to A[i], of signed or unsigned numbers.
std::string running_maximum(const ScratchDirectory& directory, const std::string& order) {
  const std::string path = directory / (order + ".json");
  write_text(path, R"({"format": "nram-program", "version": 1, "registers": 3,
    "modules": ["READ", "INC", "MAX", "WRITE"], "order": ")" +
                       order + R"(",
    "circuits": [
      {"name": "first", "arguments": {"READ": ["r0"], "WRITE": ["r0", "READ"]},
       "registers": {"r1": "READ"}},
      {"name": "look", "arguments": {"READ": ["r0"], "WRITE": ["r0", "READ"]},
       "registers": {"r2": "READ"}},
      {"name": "keep", "arguments": {"INC": ["r0"], "MAX": ["r1", "r2"], "WRITE": ["r0", "MAX"]},
       "registers": {"r0": "INC", "r1": "MAX"}},
      {"name": "end", "arguments": {"READ": ["r0"], "WRITE": ["r0", "READ"]}}],
    "controller": [
      {"state": 0, "circuit": "first", "next": 1},
      {"state": 1, "circuit": "look", "next": 2},
      {"state": 2, "when": {"r2": "zero"}, "circuit": "end", "finish": true},
      {"state": 2, "circuit": "keep", "next": 1}],
    "metadata": {"arithmetic": "word"}})");
  return path;
}

}  // namespace

TEST_CASE("a row means the same whatever the rows beside it hold") {
  const std::string program = shipped_samples + "programs/prefix-sums.json";
  CHECK(nram({"run", program, "-", "-o", "-"}, {.input = "3 3 3 0\n"}).out == "3 6 9 0\n");
  CHECK(nram({"run", program, "-", "-o", "-"}, {.input = "3 3 3 0\n9 1 0\n"}).out ==
        "3 6 9 0\n9 10 0\n");
  const Ended other =
      nram({"run", program, "-", "-o", "-", "--modulus", "cells"}, {.input = "3 3 3 0\n"});
  CHECK(other.exit_code == 0);
  CHECK(other.out == "3 2 1 0\n");
  CHECK(mentions(other.err, "tested for --modulus word only", "cells has not been tested"));
}

TEST_CASE("a program for the number of cells runs so; one that does not say, with words") {
  const ScratchDirectory directory;
  const std::string text = read_text(shipped_samples + "programs/prefix-sums.json");
  write_text(directory / "cells.json",
             replaced(text, R"("arithmetic": "word")", R"("arithmetic": "cells")"));
  write_text(directory / "old.json", replaced(text, R"("arithmetic": "word",)", ""));
  const auto run = [&](const std::string& program) {
    return nram({"run", directory / program, "-", "-o", "-"}, {.input = "3 3 3 0\n"});
  };
  CHECK(run("cells.json").out == "3 2 1 0\n");
  CHECK(run("old.json").out == "3 6 9 0\n");
  const Ended word = nram({"run", directory / "cells.json", "-", "-o", "-", "--modulus", "word"},
                          {.input = "3 3 3 0\n"});
  CHECK(word.out == "3 6 9 0\n");
  CHECK(mentions(word.err, "cells only"));

  write_text(directory / "bad.json",
             replaced(text, R"("arithmetic": "word")", R"("arithmetic": "some")"));
  const Ended bad = run("bad.json");
  CHECK(bad.exit_code == 3);
  CHECK(mentions(bad.err, "bad.json: metadata.arithmetic"));

  // Examples, too: a sum that wraps round is right for one of them.
  write_text(directory / "e.jsonl", "{\"memory\":[3,3,3,0],\"expected\":[3,2,1,null]}\n");
  CHECK(nram({"eval", directory / "cells.json", "--examples", directory / "e.jsonl"}).exit_code ==
        0);
  CHECK(nram({"eval", directory / "old.json", "--examples", directory / "e.jsonl"}).exit_code == 1);
}

TEST_CASE("signed data: right with a signed program, refused by an unsigned one") {
  const ScratchDirectory directory;
  const std::string with_sign = running_maximum(directory, "signed");
  const std::string plain = running_maximum(directory, "unsigned");
  for (const ElementType type :
       {ElementType::i64, ElementType::i32, ElementType::i16, ElementType::i8}) {
    write_numbers(directory / "in.npy", {2, static_cast<Word>(-3), 1, 0}, type);
    const Ended ended = nram({"run", with_sign, directory / "in.npy", "-o", directory / "out.npy"});
    CAPTURE(ended.err);
    REQUIRE(ended.exit_code == 0);
    CHECK(numbers_in(directory / "out.npy") == std::vector<Word>{2, 2, 2, 0});

    const Ended refused = nram({"run", plain, directory / "in.npy", "-o", directory / "none.npy"});
    CHECK(refused.exit_code == 3);
    CHECK(mentions(refused.err, "in.npy: cell 1 holds -3", "--order signed", "--reinterpret"));
    CHECK(nram({"run", plain, directory / "in.npy", "-o", directory / "o.npy", "--reinterpret"})
              .exit_code == 0);
  }
  CHECK(nram({"run", with_sign, "-", "-o", "-"}, {.input = "-5 -7 -2 0\n"}).out == "-5 -5 -2 0\n");
  CHECK(nram({"run", plain, "-", "-o", "-"}, {.input = "-5 -7 -2 0\n"}).exit_code == 3);
  const Ended large =
      nram({"run", with_sign, "-", "-o", "-"}, {.input = "18446744073709551613 0\n"});
  CHECK(large.exit_code == 3);
  CHECK(mentions(large.err, "largest is 9223372036854775807", "--reinterpret"));
  // Where nothing is compared, there is no sign to get wrong.
  const std::string copy = NRAM_SOURCE_DIR "/samples/programs/copy.json";
  CHECK(nram({"run", copy, "-", "-o", "-"}, {.input = "4 -7 -2 0 0 0 0\n"}).out ==
        "4 -7 -2 0 -7 -2 0\n");
  write_text(directory / "copied.jsonl",
             "{\"memory\":[3,-7,0,0,0],\"expected\":[null,null,null,-7,null]}\n");
  CHECK(nram({"eval", copy, "--examples", directory / "copied.jsonl"}).exit_code == 0);
}

TEST_CASE("a program keeps its order, its arithmetic and its steps through every verb") {
  const ScratchDirectory directory;
  const std::string program = running_maximum(directory, "signed");
  const Ended listing = nram({"inspect", program});
  CHECK(mentions(listing.out, "# order: signed", "# arithmetic: word"));
  const Ended report = nram({"inspect", program, "--json"});
  CHECK(report_of(report)["order"] == "signed");
  REQUIRE(nram({"inspect", program, "--dot", directory / "dot"}).exit_code == 0);
  CHECK(mentions(read_text(directory / "dot/automaton.dot"), "// order: signed",
                 "// arithmetic: word"));
}

TEST_CASE("a fixed number of steps is a normal end, if asked for or written in the program") {
  const ScratchDirectory directory;
  const std::string endless = endless_program(directory);
  const std::vector<std::string> run = {"run", endless, "-", "-o", "-", "--steps", "3"};
  CHECK(nram(run, {.input = "1 2\n"}).exit_code == 1);
  std::vector<std::string> until = run;
  until.emplace_back("--until-steps");
  CHECK(nram(until, {.input = "1 2\n"}).exit_code == 0);
  CHECK(nram({"run", endless, "-", "-o", "-", "--until-steps"}, {.input = "1\n"}).exit_code == 2);

  std::string text = read_text(endless);
  const auto end = text.rfind('}');
  for (const std::string steps : {"5", "\"5\""}) {
    write_text(directory / "five.json",
               text.substr(0, end) + ", \"metadata\": {\"steps\": " + steps + "}}");
    const Ended ended =
        nram({"run", directory / "five.json", "-", "-o", directory / "o.txt", "--json"},
             {.input = "1 2\n7 7 7\n"});
    CAPTURE(ended.err);
    CHECK(ended.exit_code == 0);
    CHECK(report_of(ended)["finished"] == true);
    CHECK(report_of(ended)["steps"] == 10);
    // A lower limit cuts it short.
    CHECK(nram({"run", directory / "five.json", "-", "-o", "-", "--steps", "4"}, {.input = "1 2\n"})
              .exit_code == 1);
  }
}

TEST_CASE("training says which arithmetic the examples are for, and why") {
  const ScratchDirectory directory;
  // Prefix sums of 1 to 5 numbers modulo the number of cells.
  std::string lines;
  for (int i = 0; i < 60; ++i) {
    const int n = 1 + i % 5;
    std::string memory;
    std::string expected;
    int sum = 0;
    for (int k = 0; k < n; ++k) {
      const int value = 1 + (i * 7 + k * 5 + i * k) % n;
      sum = (sum + value) % (n + 1);
      memory += std::to_string(value) + ",";
      expected += std::to_string(sum) + ",";
    }
    lines += "{\"memory\":[" + memory + "0],\"expected\":[" + expected + "null]}\n";
  }
  write_text(directory / "e.jsonl", lines);
  const auto train = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "train",  "--examples",      directory / "e.jsonl", "-o", directory / "m.st",
        "--json", "--no-checkpoint", "--attempts",          "1",  "--candidates",
        "1000",   "--no-gradient"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return nram(arguments);
  };
  const Ended found = train({});
  CAPTURE(found.err);
  CHECK(report_of(found)["arithmetic"] == "cells");
  CHECK(mentions(found.err, "modulus: cells", "modulo its"));
  CHECK(mentions(report_of(found)["arithmetic_reason"].get<std::string>(), "the sum of the cells"));
  CHECK(report_of(found)["order"] == "unsigned");
  CHECK(mentions(nram({"inspect", directory / "m.st"}).out, "# arithmetic: cells"));
  CHECK(report_of(train({"--modulus", "both"}))["arithmetic"] == "both");

  write_text(directory / "e.jsonl", replaced(lines, "[1,0]", "[-1,0]"));
  const Ended negative = train({});
  CHECK(report_of(negative)["order"] == "signed");
  CHECK(report_of(negative)["arithmetic"] == "word");
  const Ended refused = train({"--order", "unsigned"});
  CHECK(refused.exit_code == 3);
  CHECK(mentions(refused.err, "below 0"));
  CHECK(train({"--modulus", "cells"}).exit_code == 3);
}

}  // namespace nram::test
