// The programs that ship are right.

#include "fixtures.hpp"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

namespace fs = std::filesystem;

const fs::path samples = fs::path(NRAM_SOURCE_DIR) / "samples";

void check_right(const std::vector<std::string>& arguments) {
  const Ended ended = nram(arguments);
  CAPTURE(ended.out);
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 0);
}

TEST_CASE("every program in samples/programs solves its task, and is what its model exports to") {
  const ScratchDirectory directory;
  unsigned programs = 0;
  for (const auto& entry : fs::directory_iterator(samples / "programs")) {
    const std::string program = entry.path();
    const std::string task = entry.path().stem();
    CAPTURE(task);
    const fs::path examples = samples / "tasks" / (task + ".jsonl");
    if (fs::exists(examples)) {
      check_right({"eval", program, "--examples", examples});
    } else {
      for (const std::string modulus : {"cells", "word"}) {
        for (const std::string length : {"1", "300", "10000"}) {
          check_right({"eval", program, "--task", task, "--length", length, "--count", "50",
                       "--modulus", modulus});
        }
      }
    }
    const std::string exported = directory / (task + ".json");
    check_right({"export", samples / "models" / (task + ".safetensors"), "-o", exported});
    CHECK(read_text(exported) == read_text(program));
    ++programs;
  }
  CHECK(programs > 0);
}

TEST_CASE("samples/tasks/generate.sh makes the files of examples") {
  unsigned files = 0;
  for (const auto& entry : fs::directory_iterator(samples / "tasks")) {
    if (entry.path().extension() == ".jsonl") {
      const std::string generator = samples / "tasks" / "generate.sh";
      const Ended ended = shell(generator + " " + entry.path().stem().string());
      REQUIRE(ended.exit_code == 0);
      CHECK(ended.out == read_text(entry.path()));
      ++files;
    }
  }
  CHECK(files == 8);
}

}  // namespace
}  // namespace nram::test
