// nram example: inputs to run on, examples to learn from, checks of what came out.

#include "fixtures.hpp"

#include <string>

#include <doctest/doctest.h>

#include <nram/model-io/array_file.hpp>
#include <nram/model-io/example_file.hpp>

namespace nram::test {
namespace {

TEST_CASE("what a program makes of a drawn input passes --check; a changed cell does not") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "permutation");
  const std::vector<std::string> shape = {"example", "permutation", "--length", "50",
                                          "--count", "3",           "--seed",   "4"};
  const auto with = [&](const std::string& option, const std::string& file) {
    std::vector<std::string> arguments = shape;
    arguments.insert(arguments.end(), {option, directory / file});
    return nram(arguments);
  };
  for (const std::string extension : {".npy", ".txt"}) {
    CHECK(with("-o", "in" + extension).exit_code == 0);
    CHECK(nram({"run", program, directory / ("in" + extension), "-o",
                directory / ("out" + extension)})
              .exit_code == 0);
    const Ended checked = with("--check", "out" + extension);
    CHECK(checked.exit_code == 0);
    CHECK(checked.out.find(": 0 of 150 result cells wrong; 0 other cells changed") !=
          std::string::npos);
    const Ended unchanged = with("--check", "in" + extension);
    CHECK(unchanged.exit_code == 1);
    CHECK(unchanged.err.find("instead of") != std::string::npos);
  }
}

TEST_CASE("--check refuses files of another shape") {
  const ScratchDirectory directory;
  CHECK(nram({"example", "copy", "--length", "5", "-o", directory / "in.npy"}).exit_code == 0);
  const Ended longer = nram({"example", "copy", "--length", "6", "--check", directory / "in.npy"});
  CHECK(longer.exit_code == 3);
  CHECK(longer.err.find("12 cells") != std::string::npos);
  const Ended more =
      nram({"example", "copy", "--length", "5", "--count", "2", "--check", directory / "in.npy"});
  CHECK(more.exit_code == 3);
}

TEST_CASE("equal options give equal bytes, another seed gives others") {
  const auto draw = [](const std::string& seed) {
    return nram({"example", "list-k", "--length", "9", "--seed", seed, "-o", "-"}).out;
  };
  CHECK(draw("1") == draw("1"));
  CHECK(draw("1") != draw("2"));
}

TEST_CASE("all tasks, with slack and a modulus") {
  const auto tasks = report_of(nram({"tasks", "--json"}));
  for (const auto& task : tasks) {
    const std::string name = task["name"];
    const Ended ended = nram({"example", name, "--slack", "3", "--modulus", "1000000", "--length",
                              "8", "--count", "4", "-o", "-"});
    CAPTURE(name);
    CHECK(ended.exit_code == 0);
    CHECK(parse_examples(ended.out, name).size() == 4);
  }
}

}  // namespace
}  // namespace nram::test
