// nram minimise, and what nram train does of it.

#include "fixtures.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

std::string sample_program(const std::string& name) {
  return std::string(NRAM_SOURCE_DIR) + "/samples/programs/" + name;
}

}  // namespace

TEST_CASE("train minimises unless told not to") {
  const ScratchDirectory directory;
  const std::vector<std::string> train = {"train",  "--task", "increment", "--no-gradient",
                                          "--seed", "2",      "--json",    "-o"};
  const auto report_with = [&](const std::string& model, const std::string& option) {
    std::vector<std::string> arguments = train;
    arguments.push_back(directory / model);
    if (!option.empty()) {
      arguments.push_back(option);
    }
    const Ended ended = nram(arguments);
    CAPTURE(ended.err);
    REQUIRE(ended.exit_code == 0);
    return report_of(ended);
  };
  const auto kept = report_with("kept.safetensors", "--no-minimise");
  CHECK(kept["minimised"].is_null());
  const auto shorter = report_with("shorter.safetensors", "");
  CHECK(shorter["minimised"]["after"]["steps"] <= shorter["minimised"]["before"]["steps"]);
  const auto eval = [&](const std::string& model) {
    const Ended ended = nram({"eval", directory / model, "--task", "increment", "--length", "5000",
                              "--count", "3", "--json"});
    CHECK(ended.exit_code == 0);
    return report_of(ended)["steps"].get<std::uint64_t>();
  };
  CHECK(eval("shorter.safetensors") <= eval("kept.safetensors"));
}

TEST_CASE("minimise: a program in, a shorter one out") {
  const ScratchDirectory directory;
  const std::string slow = sample_program("increment.json");
  const Ended ended = nram({"minimise", slow, "--task", "increment", "--time", "8", "-o",
                            directory / "short.json", "--json"});
  CAPTURE(ended.err);
  REQUIRE(ended.exit_code == 0);
  const auto report = report_of(ended);
  CHECK(report["after"]["steps"] <= report["before"]["steps"]);
  CHECK(report["after"]["clean"] == report["before"]["clean"]);
  CHECK(report["output"] == directory / "short.json");
  CHECK(nram({"eval", directory / "short.json", "--task", "increment", "--length", "1000"})
            .exit_code == 0);
}

TEST_CASE("without examples a program is simplified only") {
  const ScratchDirectory directory;
  const std::string input = sample_program("sum.json");
  const auto simplified = [&](const std::string& program, const std::string& output) {
    const Ended ended = nram({"minimise", program, "-o", directory / output, "--json"});
    CAPTURE(ended.err);
    REQUIRE(ended.exit_code == 0);
    return report_of(ended);
  };
  const auto report = simplified(input, "simple.json");
  CHECK(report["after"]["size"] <= report["before"]["size"]);
  const auto again = simplified(directory / "simple.json", "again.json");
  CHECK(again["after"] == again["before"]);
  CHECK(again["before"] == report["after"]);
  const auto model = simplified(directory / "simple.json", "simple.safetensors");
  CHECK(model["after"] == report["after"]);
  const auto result_of = [&](const std::string& program) {
    return nram({"run", program, "-", "-o", "-"}, {.input = "5 3 9 4 1 7 0 0\n"}).out;
  };
  CHECK(result_of(directory / "simple.json") == result_of(input));
  CHECK(result_of(directory / "simple.safetensors") == result_of(input));
}

TEST_CASE("what minimise writes is what the name of the output, or else the input, says") {
  const ScratchDirectory directory;
  const std::string model = NRAM_SOURCE_DIR "/samples/models/access.safetensors";
  const std::string program = sample_program("access.json");
  const auto kind = [&](const std::string& input, const std::string& output) {
    const Ended ended =
        nram({"minimise", input, "--task", "access", "--time", "0.5", "-o", directory / output});
    CAPTURE(ended.err);
    REQUIRE(ended.exit_code == 0);
    return read_text(directory / output).front() == '{' ? "program" : "model";
  };
  CHECK(kind(model, "a.st") == std::string("model"));
  CHECK(kind(model, "a.json") == std::string("program"));
  CHECK(kind(program, "b.safetensors") == std::string("model"));
  CHECK(kind(program, "b") == std::string("program"));
}

TEST_CASE("minimise refuses what it cannot go by") {
  const ScratchDirectory directory;
  const std::string copy = sample_program("copy.json");
  const Ended wrong = nram({"minimise", copy, "--task", "reverse", "-o", directory / "x.json"});
  CHECK(wrong.exit_code == 2);
  CHECK(wrong.err.find("not right") != std::string::npos);
  CHECK(nram({"minimise", copy, "--time", "5", "-o", directory / "x.json"}).exit_code == 2);
  CHECK(nram({"minimise", copy, "--task", "copy", "-o", copy}).exit_code == 2);
  CHECK(nram({"minimise", copy, "--task", "copy", "-o", directory / "x.npy"}).exit_code == 2);
  CHECK(nram({"minimise", copy, "--task", "copy", "--time", "0", "-o", directory / "x.json"})
            .exit_code == 2);
  CHECK(nram({"minimise", copy, "--task", "copy", "-o", directory / "none/x.json"}).exit_code == 3);
  CHECK(nram({"train", "--task", "access", "--minimise", "5", "--no-minimise", "-o",
              directory / "m.safetensors"})
            .exit_code == 2);
  const Ended zero =
      nram({"train", "--task", "access", "--minimise", "0", "-o", directory / "m.safetensors"});
  CHECK(zero.exit_code == 2);
  CHECK(zero.err.find("--no-minimise") != std::string::npos);
  CHECK(directory.names().empty());
}

}  // namespace nram::test
