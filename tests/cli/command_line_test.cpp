// What every verb has in common: help, version, usage errors, output that cannot be written.

#include "fixtures.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

const std::vector<std::string> verbs = {"tasks",   "example", "examples",   "train",  "export",
                                        "run",     "eval",    "inspect",    "curves", "minimise",
                                        "explore", "help",    "completion", "manual"};

TEST_CASE("--version and --help answer on the standard output") {
  const Ended version = nram({"--version"});
  CHECK(version.exit_code == 0);
  CHECK(version.out.starts_with("nram 0."));
  const Ended help = nram({"--help"});
  CHECK(help.exit_code == 0);
  CHECK(help.err.empty());
  for (const std::string& verb : verbs) {
    CHECK_MESSAGE(help.out.find("\n  " + verb + " ") != std::string::npos, verb);
  }
}

TEST_CASE("the help of every verb shows an example") {
  for (const std::string& verb : verbs) {
    const Ended help = nram({verb, "--help"});
    CHECK(help.exit_code == 0);
    CHECK_MESSAGE(help.out.find("  nram " + verb) != std::string::npos, verb);
  }
}

TEST_CASE("wrong usage: one line on stderr, exit code 2") {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"no-such-verb"},
      {"tasks", "--no-such-option"},
      {"run"},
      {"run", "p.json", "in.npy"},
      {"run", "p.json", "in.npy", "-o", "out.npy", "--in-place"},
      {"run", "p.json", "in.npy", "-o", "out.npy", "--engine", "steam"},
      {"run", "p.json", "in.npy", "-o", "out.npy", "--modulus", "0"},
      {"run", "p.json", "in.npy", "-o", "out.npy", "--modulus", "-5"},
      {"run", "p.json", "in.npy", "-o", "out.npy", "--modulus", "99999999999999999999"},
      {"run", "p.json", "in.npy", "-o", "out.npy", "--threads", "-1"},
      {"run", "p.json", "in.npy", "-o", "out.npy", "--steps", "0"},
      {"run", "p.json", "in.npy", "-o", "out.npy", "--registers", "1,x"},
      {"run", "p.json", "in.npy", "--in-place", "--keep-unfinished"},
      {"run", "p.json", "-", "--in-place"},
      {"run", "p.json", "in.npy", "-o", "-", "--json"},
      {"eval", "p.json"},
      {"eval", "p.json", "--task", "copy", "--examples", "e.jsonl"},
      {"eval", "p.json", "--examples", "e.jsonl", "--length", "5"},
      {"eval", "p.json", "--task", "copy", "--length", "0"},
      {"eval", "p.json", "--task", "copy", "--length", "99999999999999"},
      {"eval", "p.json", "--task", "copy", "--count", "1.5"},
      {"example", "copy"},
      {"example", "no-such-task", "-o", "-"},
      {"example", "copy", "-o", "-", "--check", "x.npy"},
      {"example", "copy", "-o", "-", "--json"},
      {"example", "copy", "-o", "-", "--modulus", "3", "--length", "10"},
      {"export", "m.safetensors"},
      {"export", "m.safetensors", "-o", "p.json", "--task", "copy", "--examples", "e.jsonl"},
      {"export", "m.safetensors", "-o", "-", "--json"},
      {"inspect"},
      {"explore", "p.json", "-o", "p.html"},
      {"explore", "p.json", "--input", "in.npy"},
      {"inspect", "p.json", "--circuit", "x"},
      {"train", "-o", "m.safetensors"},
      {"train", "--task", "copy"},
      {"train", "--task", "no-such-task", "-o", "m.safetensors"},
      {"train", "--task", "copy", "-o", "m.safetensors", "--seed", "-1"},
  };
  const ScratchDirectory directory;
  for (const auto& arguments : wrong) {
    const Ended ended = nram(arguments, {.directory = directory.path()});
    std::string words;
    for (const std::string& argument : arguments) {
      words += argument + " ";
    }
    CAPTURE(words);
    CAPTURE(ended.err);
    CHECK(ended.exit_code == 2);
    CHECK(ended.out.empty());
    CHECK(ended.err.starts_with("nram: "));
    CHECK(directory.names().empty());
  }
}

TEST_CASE("tasks lists the ten tasks, as text and as JSON") {
  const Ended text = nram({"tasks"});
  CHECK(text.exit_code == 0);
  const auto report = report_of(nram({"tasks", "--json"}));
  REQUIRE(report.size() == 10);
  for (const auto& task : report) {
    CHECK(text.out.find(task["name"].get<std::string>()) != std::string::npos);
    CHECK(task["registers"].get<int>() > 0);
    CHECK(task["layout"].get<std::string>().find("->") != std::string::npos);
  }
}

TEST_CASE("empty names, standard input named twice and numbers that are too large are refused") {
  const std::string copy = NRAM_SOURCE_DIR "/samples/programs/copy.json";
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{"run", "", copy, "-o", "-"}, "program: the name is empty"},
      {{"export", copy, "-o", ""}, "--output: the name is empty"},
      {{"train", "--task", "copy", "--log", "", "-o", "-"}, "--log: the name is empty"},
      {{"inspect", copy, "--svg", ""}, "--svg: the name is empty"},
      {{"examples", "a.npy", "", "-o", "-"}, "the name is empty"},
      {{"run", "-", "-", "-o", "-"}, "cannot all be the standard input"},
      {{"eval", "-", "--examples", "-"}, "program and --examples cannot all be"},
      {{"examples", "-", "-", "-o", "-"}, "cannot all be the standard input"},
      {{"inspect", copy, "--circuit", "99999999999"}, "not in range 0 to 65535"},
  };
  for (const auto& [arguments, expected] : wrong) {
    const auto& what = expected;  // which Clang can capture
    CAPTURE(what);
    const Ended ended = nram(arguments);
    CAPTURE(ended.err);
    CHECK(ended.exit_code == 2);
    CHECK(ended.err.find(what) != std::string::npos);
  }
}

TEST_CASE("a standard output that takes nothing is an error") {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"tasks"},
                                                    {"--help"},
                                                    {"--version"},
                                                    {"example", "copy", "-o", "-"}}) {
    const Ended ended = nram(arguments, {.output_file = "/dev/full"});
    CAPTURE(arguments.front());
    CHECK(ended.exit_code == 3);
    CHECK(ended.err.find("No space left on device") != std::string::npos);
  }
}

}  // namespace
}  // namespace nram::test
