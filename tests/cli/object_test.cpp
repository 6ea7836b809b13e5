// nram export --to object: the object file and its header, linked into programs.

#include "fixtures.hpp"

#include <string>

#include <doctest/doctest.h>

#include <nram/engine/executor.hpp>

namespace nram::test {
namespace {

Ended compile(const ScratchDirectory& directory, const std::string& compiler,
              const std::string& source, const std::string& objects) {
  const std::string line = compiler + " -O1 -Wall -Wextra -Werror '" + source + "' " + objects +
                           " -I '" + (directory / "") + "' -o '" + (directory / "a.out") + "'";
  return shell(line);
}

TEST_CASE("a program linked into a C++ program: the sample") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "copy");
  const Ended exported = nram({"export", program, "--to", "object", "-o", directory / "copy.o"});
  if (!jit_available()) {
    CHECK(exported.exit_code == 2);
    CHECK(exported.err.find("llvm-19-dev") != std::string::npos);
    return;
  }
  CAPTURE(exported.err);
  REQUIRE(exported.exit_code == 0);
  const Ended compiled =
      compile(directory, NRAM_CXX " -std=c++11", NRAM_SOURCE_DIR "/samples/linked/copy_array.cpp",
              "'" + (directory / "copy.o") + "'");
  CAPTURE(compiled.err);
  REQUIRE(compiled.exit_code == 0);
  const Ended ran = shell("'" + (directory / "a.out") + "'");
  CHECK(ran.exit_code == 0);
  CHECK(ran.out == "1003 steps, 0 wrong\n");
}

TEST_CASE("an object uses the program's arithmetic, and ends after its steps") {
  if (!jit_available()) {
    return;  // said so in the test before
  }
  const ScratchDirectory directory;
  const std::string text = read_text(endless_program(directory));
  write_text(directory / "five.json", text.substr(0, text.rfind('}')) +
                                          R"(, "metadata": {"steps": 5, "arithmetic": "cells"}})");
  REQUIRE(nram({"export", directory / "five.json", "--to", "object", "-o", directory / "five.o"})
              .exit_code == 0);
  const std::string header = read_text(directory / "five.h");
  CHECK(header.find("modulo the number of cells") != std::string::npos);
  CHECK(header.find("after 5 steps") != std::string::npos);
  write_text(directory / "main.c", R"(
#include "five.h"
#include <stdio.h>

int main(void) {
  uint64_t cells[4] = {0, 0, 0, 0};
  struct nram_run run;
  int outcome = five(cells, 4, 1000, &run);
  printf("%d %d\n", outcome, (int)run.steps);
  outcome = five(cells, 4, 3, &run);
  printf("%d %d\n", outcome, (int)run.steps);
  printf("%d\n", five(cells, 4, 0, &run));
  return 0;
}
)");
  const Ended compiled =
      compile(directory, "cc -std=c99", directory / "main.c", "'" + (directory / "five.o") + "'");
  CAPTURE(compiled.err);
  REQUIRE(compiled.exit_code == 0);
  CHECK(shell("'" + (directory / "a.out") + "'").out == "0 5\n1 3\n1\n");
}

TEST_CASE("object files for other cells and moduli: limits, faults and refusals as documented") {
  if (!jit_available()) {
    return;  // said so in the test before
  }
  const ScratchDirectory directory;
  const std::string copy = task_program(directory, "copy");
  const std::string increment = task_program(directory, "increment");
  REQUIRE(nram({"export", copy, "--to", "object", "-o", directory / "c.o", "--name", "copy_cells",
                "--modulus", "cells", "--cell-bits", "32"})
              .exit_code == 0);
  REQUIRE(nram({"export", increment, "--to", "object", "-o", directory / "i.o", "--name", "add_one",
                "--modulus", "10"})
              .exit_code == 0);
  write_text(directory / "main.c", R"(
#include "c.h"
#include "i.h"
#include <stdio.h>

int main(void) {
  struct nram_run run;
  uint32_t a[] = {5, 7, 8, 6, 0, 1, 1, 1, 1};
  int outcome = copy_cells(a, 9, 1000, &run);
  printf("%d %d%d%d%d%d\n", outcome, (int)a[4], (int)a[5], (int)a[6], (int)a[7], (int)a[8]);
  outcome = copy_cells(a, 9, 2, &run);
  printf("%d %d\n", outcome, (int)run.steps);
  printf("%d %d\n", copy_cells(a, 2, 1000, &run), copy_cells(a, 9, 0, &run));

  uint64_t b[] = {1, 9, 3, 0};
  outcome = add_one(b, 4, 1000, &run);
  printf("%d %d%d%d%d\n", outcome, (int)b[0], (int)b[1], (int)b[2], (int)b[3]);
  uint64_t c[] = {1, 2, 3};
  outcome = add_one(c, 3, 1000, &run);
  printf("%d at %d after %d: %d%d%d\n", outcome, (int)run.fault_address, (int)run.steps, (int)c[0],
         (int)c[1], (int)c[2]);
  printf("%d\n", add_one(b, 11, 1000, &run));
  return 0;
}
)");
  const Ended compiled =
      compile(directory, NRAM_CXX " -x c", directory / "main.c",
              "-x none '" + (directory / "c.o") + "' '" + (directory / "i.o") + "'");
  CAPTURE(compiled.err);
  REQUIRE(compiled.exit_code == 0);
  CHECK(shell("'" + (directory / "a.out") + "'").out ==
        "0 07861\n1 2\n3 1\n0 2040\n2 at 3 after 3: 233\n3\n");
}

TEST_CASE("what cannot become an object file is refused with the reason") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "copy");
  const auto refusal = [&](std::vector<std::string> more) {
    std::vector<std::string> line = {"export", program, "--to", "object"};
    line.insert(line.end(), more.begin(), more.end());
    const Ended ended = nram(line);
    CHECK(ended.exit_code == 2);
    return ended.err;
  };
  CHECK(refusal({"-o", directory / "other.json"}).find("is named .o") != std::string::npos);
  CHECK(refusal({"-o", directory / "2.o"}).find("'2' is no name") != std::string::npos);
  for (const std::string word : {"int", "class", "typeof", "main", "uint32_t", "NRAM_FINISHED"}) {
    CHECK(refusal({"-o", directory / "a.o", "--name", word}).find("cannot be called '" + word) !=
          std::string::npos);
  }
  CHECK(refusal({"-o", directory / "a.o", "--modulus", "2"}).find("at least 3") !=
        std::string::npos);
  CHECK(refusal({"-o", directory / "a.o", "--modulus", "4294967297", "--cell-bits", "32"})
            .find("larger than a cell") != std::string::npos);
  CHECK(refusal({"-o", directory / "a.o", "--json"}).find("--to program") != std::string::npos);
  CHECK(nram({"export", program, "-o", directory / "a.json", "--name", "x"}).exit_code == 2);
}

}  // namespace
}  // namespace nram::test
