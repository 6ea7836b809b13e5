// nram run: formats, moduli, batches, outcomes.

#include "fixtures.hpp"

#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include <nram/model-io/array_file.hpp>

namespace nram::test {
namespace {

using Rows = std::vector<std::vector<Word>>;

void write_array(const std::string& path, const Rows& rows, ElementType type = ElementType::u64) {
  write_npy(Memories::of(rows, type), path);
}

Rows read_array(const std::string& path) {
  const Memories memories = read_npy(path);
  Rows rows(memories.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t cell = 0; cell < memories.cells(r); ++cell) {
      rows[r].push_back(memories.value(r, cell));
    }
  }
  return rows;
}

TEST_CASE("text from stdin to stdout") {
  const ScratchDirectory directory;
  const Ended ended = nram({"run", task_program(directory, "copy"), "-", "-o", "-"},
                           {.input = "5 7 8 6 0 1 1 1 1\n"});
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(ended.out == "5 7 8 6 0 7 8 6 1\n");
  CHECK(ended.err.find("modulus 2^64\n") != std::string::npos);
}

TEST_CASE("a batch: one memory a line, of any length, each with its own modulus") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "increment");
  const Launch input{.input = "1 2 3 0\n# a comment\n4 4 4 4 0 9 9 9 9 9\n1 0\n"};
  const Ended ended = nram({"run", program, "-", "-o", "-", "--modulus", "cells"}, input);
  CHECK(ended.exit_code == 0);
  CHECK(ended.out == "2 3 0 0\n5 5 5 5 0 9 9 9 9 9\n0 0\n");
  // What a program means does not depend on what the memories hold.
  const Ended usual = nram({"run", program, "-", "-o", "-"}, input);
  CHECK(usual.exit_code == 0);
  CHECK(usual.out == "2 3 4 0\n5 5 5 5 0 9 9 9 9 9\n2 0\n");
}

TEST_CASE("arrays keep their type and shape; both engines agree") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "reverse");
  const Rows input = {{5, 7, 8, 6, 0, 1, 1, 1, 1}, {4, 2, 3, 0, 5, 5, 5, 5, 5}};
  const Rows expected = {{5, 7, 8, 6, 0, 6, 8, 7, 1}, {4, 2, 3, 0, 3, 2, 5, 5, 5}};
  for (const ElementType type :
       {ElementType::u8, ElementType::u16, ElementType::u32, ElementType::u64, ElementType::i64}) {
    for (const std::string engine : {"interpreter", "reference"}) {
      write_array(directory / "in.npy", input, type);
      const Ended ended =
          nram({"run", program, directory / "in.npy", "-o", directory / "out.npy", "--engine",
                engine, "--modulus", "cells", "--json", "--threads", "2"});
      CAPTURE(ended.err);
      REQUIRE(ended.exit_code == 0);
      CHECK(read_array(directory / "out.npy") == expected);
      CHECK(read_npy_header(directory / "out.npy").type == type);
      const auto report = report_of(ended);
      CHECK(report["finished"] == true);
      CHECK(report["engine"] == engine);
      CHECK(report["threads"] == 2);
      CHECK(report["modulus"] == 9);
      CHECK(report["rows"] == 2);
      CHECK(report["cells"] == 18);
      CHECK(report["steps"].get<int>() > 10);
      CHECK(report["seconds"].get<double>() > 0);
    }
  }
}

TEST_CASE("auto interprets what is short and takes over what is long in native code") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "increment");
  const std::string in = directory / "in.npy";
  const std::string out = directory / "out.npy";
  const auto engine_for = [&](const std::string& length) {
    REQUIRE(nram({"example", "increment", "--length", length, "-o", in}).exit_code == 0);
    const Ended ended = nram({"run", program, in, "-o", out, "--json", "--no-speculate"});
    CAPTURE(ended.err);
    REQUIRE(ended.exit_code == 0);
    CHECK(nram({"example", "increment", "--length", length, "--check", out}).exit_code == 0);
    return report_of(ended)["engine"].get<std::string>();
  };
  const bool has_jit =
      nram({"run", program, "-", "-o", "-", "--engine", "jit"}, {.input = "1 2 0\n"}).exit_code ==
      0;
  CHECK(engine_for("1000") == "interpreter");
  CHECK(engine_for("5000000") == (has_jit ? "jit" : "interpreter"));
}

TEST_CASE("rows of an array: those that fault are named, the others are done") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "copy");
  Rows rows(300, {3, 7, 0, 0, 0});
  Rows expected(300, {3, 7, 0, 7, 0});
  rows[5] = {90, 7, 8, 9, 0};
  rows[299] = {4, 7, 8, 9, 0};
  expected[5] = rows[5];
  expected[299] = {4, 7, 8, 9, 7};
  write_array(directory / "in.npy", rows);
  const Ended ended = nram({"run", program, directory / "in.npy", "-o", directory / "out.npy",
                            "--modulus", "word", "--keep-unfinished", "--json"});
  CHECK(ended.exit_code == 1);
  CHECK((read_array(directory / "out.npy") == expected));
  const auto failures = report_of(ended)["failures"];
  REQUIRE(failures.size() == 2);
  CHECK(failures[0]["memory"] == 5);
  CHECK(failures[0]["reason"] ==
        "WRITE of address 90 in step 3 (memory has 5 cells; registers r0=90 r1=2 r2=7)");
  CHECK(failures[1]["memory"] == 299);
}

TEST_CASE("the modulus: word, whatever the values; or as told") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "increment");
  const auto modulus_of = [&](const Rows& rows, ElementType type, std::vector<std::string> more) {
    write_array(directory / "in.npy", rows, type);
    std::vector<std::string> arguments = {
        "run", program, directory / "in.npy", "-o", directory / "out.npy", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = nram(arguments);
    CAPTURE(ended.err);
    REQUIRE(ended.exit_code == 0);
    return report_of(ended)["modulus"].get<double>();
  };
  CHECK(modulus_of({{1, 2, 0}}, ElementType::u64, {}) == 0x1p64);
  CHECK(modulus_of({{1, 2, 0}}, ElementType::u64, {"--modulus", "cells"}) == 3);
  CHECK(modulus_of({{1, 3, 0}}, ElementType::u64, {}) == 0x1p64);
  CHECK(modulus_of({{1, 3, 0}}, ElementType::u32, {}) == 0x1p32);
  CHECK(modulus_of({{1, 2, 0}}, ElementType::u32, {"--modulus", "word"}) == 0x1p32);
  CHECK(modulus_of({{1, 9, 0}}, ElementType::u64, {"--modulus", "10"}) == 10);
  CHECK(read_array(directory / "out.npy") == Rows{{2, 0, 0}});
  CHECK(modulus_of({{~Word{0}, 7, 0}}, ElementType::u64, {}) == 0x1p64);
  CHECK(read_array(directory / "out.npy") == Rows{{0, 8, 0}});
}

TEST_CASE("initial registers") {
  const ScratchDirectory directory;
  const Ended ended = nram({"run", runaway_program(directory), "-", "-o", "-", "--modulus", "word",
                            "--registers", "2", "--steps", "1"},
                           {.input = "0 0 0 0\n"});
  CHECK(ended.exit_code == 1);
  const Ended kept = nram({"run", runaway_program(directory), "-", "-o", "-", "--modulus", "word",
                           "--registers", "2", "--steps", "1", "--keep-unfinished"},
                          {.input = "0 0 0 0\n"});
  CHECK(kept.exit_code == 1);
  CHECK(kept.out == "0 0 1 0\n");
}

TEST_CASE("a program that does not stop: exit code 1, the number of steps, nothing written") {
  const ScratchDirectory directory;
  const std::string program = endless_program(directory);
  write_array(directory / "in.npy", {{0, 0}});
  const std::vector<std::string> command = {
      "run",  program, directory / "in.npy", "-o", directory / "out.npy", "--steps",
      "1000", "--json"};
  const Ended ended = nram(command);
  CHECK(ended.exit_code == 1);
  CHECK(ended.err.find("did not finish after 1000 steps") != std::string::npos);
  const auto report = report_of(ended);
  CHECK(report["finished"] == false);
  CHECK(report["steps"] == 1000);
  CHECK(directory.names() == std::vector<std::string>{"endless.json", "in.npy"});
}

TEST_CASE("an address out of range: step, module, address, registers and memory are named") {
  const ScratchDirectory directory;
  const Ended ended = nram(
      {"run", runaway_program(directory), "-", "-o", "-", "--modulus", "word", "--registers", "0"},
      {.input = "0 0 0\n0 0 0 0 0\n"});
  CHECK(ended.exit_code == 1);
  CHECK(ended.out.empty());
  CHECK(ended.err.find("memory 0: WRITE of address 3 in step 4") != std::string::npos);
  CHECK(ended.err.find("memory 1: WRITE of address 5 in step 6") != std::string::npos);
  CHECK(ended.err.find("r0=5") != std::string::npos);
}

TEST_CASE("in place: the file itself, whatever its size") {
  const ScratchDirectory directory;
  write_array(directory / "in.npy", {{1, 2, 0}, {2, 2, 2}});
  const std::string program = task_program(directory, "increment");
  const Ended ended = nram(
      {"run", program, directory / "in.npy", "--in-place", "--modulus", "word", "--steps", "9"});
  // The second memory has no end mark: the program runs out of the memory.
  CHECK(ended.exit_code == 1);
  CHECK(ended.err.find("holds what the program had left there") != std::string::npos);
  CHECK(read_array(directory / "in.npy")[0] == std::vector<Word>{2, 3, 0});
  write_array(directory / "narrow.npy", {{1, 2, 0}}, ElementType::u8);
  CHECK(nram({"run", program, directory / "narrow.npy", "--in-place"}).exit_code == 3);
}

TEST_CASE("many memories in parallel" * doctest::test_suite("parallel")) {
  const ScratchDirectory directory;
  std::string input;
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    input += std::to_string(1 + i % 7) + " 3 9 1 0 1 1 1 1 1\n";
    expected += std::to_string(2 + i % 7) + " 4 0 2 0 1 1 1 1 1\n";
  }
  const std::string program = task_program(directory, "increment");
  for (const std::string threads : {"1", "4"}) {
    const Ended ended =
        nram({"run", program, "-", "-o", "-", "--modulus", "cells", "--threads", threads},
             {.input = input});
    CHECK(ended.exit_code == 0);
    CHECK(ended.out == expected);
  }
}

TEST_CASE("loops are vectorised unless told otherwise, and the result is the same") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "reverse");
  const std::string in = directory / "in.npy";
  REQUIRE(nram({"example", "reverse", "--length", "20000", "-o", in}).exit_code == 0);
  const auto vectorised = nram({"run", program, in, "-o", directory / "a.npy", "--json"});
  const auto plain =
      nram({"run", program, in, "-o", directory / "b.npy", "--json", "--no-speculate"});
  CHECK(report_of(vectorised)["vectorised_steps"].get<int>() > 30000);
  CHECK(report_of(plain)["vectorised_steps"] == 0);
  CHECK(report_of(vectorised)["steps"] == report_of(plain)["steps"]);
  CHECK(report_of(vectorised)["registers"] == report_of(plain)["registers"]);
  CHECK(read_text(directory / "a.npy") == read_text(directory / "b.npy"));
}

}  // namespace
}  // namespace nram::test
