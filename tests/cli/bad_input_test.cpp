// Every kind of bad file gives one clear paragraph, exit code 3, and nothing written.

#include "fixtures.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

using Arguments = std::vector<std::string>;

void check_refused(const Arguments& arguments, const ScratchDirectory& directory,
                   const std::string& hint, const Launch& launch = {}) {
  const auto before = directory.names();
  const Ended ended = nram(arguments, launch);
  CAPTURE(arguments.front());
  CAPTURE(hint);
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 3);
  CHECK(ended.out.empty());
  CHECK(ended.err.starts_with("nram: "));
  CHECK(ended.err.find('\n') == ended.err.size() - 1);
  CHECK(ended.err.size() < 1000);
  CHECK(ended.err.find(hint) != std::string::npos);
  CHECK(directory.names() == before);
}

std::string npy(const std::string& header, const std::string& data) {
  std::string padded = header;
  while ((10 + padded.size() + 1) % 64 != 0) {
    padded += ' ';
  }
  padded += '\n';
  const auto size = padded.size();
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(size % 256) +
         static_cast<char>(size / 256) + padded + data;
}

TEST_CASE("memories that are not memories") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "increment");
  const std::string whole = "{'descr': '<u8', 'fortran_order': False, 'shape': (2,), }";
  const std::vector<std::pair<std::string, std::string>> arrays = {
      {"no .npy at all", "no.npy"},
      {std::string("\x93NUMPY", 6), ""},
      {npy(whole, std::string(15, '\0')), ""},  // truncated data
      {npy(whole, std::string(17, '\0')), ""},  // trailing data
      {npy(whole, "").substr(0, 40), ""},       // truncated header
      {npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", ""), "|O"},
      {npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", std::string(16, '\0')), ""},
      {npy("{'descr': '<c16', 'fortran_order': False, 'shape': (2,), }", std::string(32, '\0')),
       ""},
      {npy("{'descr': '<u8', 'fortran_order': 1, 'shape': (1, 2), }", std::string(16, '\0')), ""},
      {npy("{'descr': '<u8', 'fortran_order': False, 'shape': (0,), }", ""), ""},
      {npy("{'descr': '<u8', 'fortran_order': False, 'shape': (1, 1, 2), }", std::string(16, '\0')),
       ""},
      {npy("{'descr': '<u8', 'fortran_order': False, 'shape': (4611686018427387904, 8), }",
           std::string(16, '\0')),
       ""},
      {npy("{'descr': '<u8', 'fortran_order': False, 'shape': (1152921504606846975,), }",
           std::string(16, '\0')),
       ""},
  };
  for (const auto& [content, hint] : arrays) {
    write_text(directory / "bad.npy", content);
    check_refused({"run", program, directory / "bad.npy", "-o", directory / "out.npy"}, directory,
                  "bad.npy");
    check_refused({"run", program, directory / "bad.npy", "--in-place"}, directory, "bad.npy");
  }
  for (const std::string& text :
       {std::string(), std::string("\n\n# nothing\n"), std::string("1 2 x\n"),
        std::string("1 - 0\n"), std::string("1 2.5 0\n"), std::string("18446744073709551616 0\n"),
        std::string("1 2\0 3\n", 7)}) {
    check_refused({"run", program, "-", "-o", directory / "out.txt"}, directory, "standard input",
                  {.input = text});
  }
  check_refused({"run", task_program(directory, "merge"), "-", "-o", directory / "out.txt"},
                directory, "standard input", {.input = "1 -2 0\n"});
  check_refused({"run", program, directory / "absent.npy", "-o", directory / "out.npy"}, directory,
                "absent.npy");
  check_refused({"run", program, directory.path(), "-o", directory / "out.npy"}, directory,
                directory.path());
}

TEST_CASE("memories that do not fit the modulus or the program") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "increment");
  const Launch large{.input = "1 2 3 9\n"};
  check_refused({"run", program, "-", "-o", "-", "--modulus", "cells"}, directory,
                "cell 3 holds 9, which is not below the modulus 4", large);
  check_refused({"run", program, "-", "-o", "-", "--modulus", "9"}, directory, "modulus 9", large);
  check_refused({"run", program, "-", "-o", "-", "--registers", "1"}, directory,
                "1 initial registers", large);
  check_refused({"run", program, "-", "-o", "-", "--modulus", "10", "--registers", "10,0,0"},
                directory, "r0 holds 10", large);
}

TEST_CASE("programs that are not programs") {
  const ScratchDirectory directory;
  const std::string good = read_text(task_program(directory, "access"));
  const auto edited = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  const std::vector<std::string> programs = {
      "",
      "{",
      "[]",
      "null",
      "not json",
      good.substr(0, good.size() / 2),
      good + "x",
      std::string(100'000, '['),
      edited("\"registers\"", "\"register\""),
      edited("\"READ\"", "\"REED\""),
      edited("\"r1\"", "\"r7\""),
      edited("\"version\"", "\"version\": 99, \"version\""),
  };
  for (const std::string& text : programs) {
    write_text(directory / "bad.json", text);
    CAPTURE(text.substr(0, 200));
    check_refused({"run", directory / "bad.json", "-", "-o", "-"}, directory, "bad.json",
                  {.input = "1 2 0\n"});
    check_refused({"inspect", directory / "bad.json"}, directory, "bad.json");
    check_refused({"eval", directory / "bad.json", "--task", "access"}, directory, "bad.json");
  }
}

TEST_CASE("models that are not models") {
  const ScratchDirectory directory;
  const std::string good = read_text(random_model(directory));
  const auto with_header_size = [&](unsigned char first) {
    std::string bytes = good;
    for (std::size_t i = 0; i < 8; ++i) {
      bytes[i] = static_cast<char>(first);
    }
    return bytes;
  };
  std::string flipped = good;
  flipped[40] = '\x01';
  for (const std::string& bytes :
       {std::string(), good.substr(0, 7), good.substr(0, 100), good.substr(0, good.size() - 1),
        good + "x", with_header_size(0), with_header_size(0xff), with_header_size(0x7f), flipped}) {
    write_text(directory / "bad.safetensors", bytes);
    check_refused({"export", directory / "bad.safetensors", "-o", directory / "p.json"}, directory,
                  "bad.safetensors");
    CHECK(nram({"inspect", directory / "bad.safetensors"}).exit_code == 3);
  }
}

TEST_CASE("examples that are not examples name their line") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "access");
  const std::string good = R"({"memory":[1,5],"expected":[5,null]})"
                           "\n";
  for (const std::string line :
       {"{", "[1,2]", R"({"memory":[1,5]})", R"({"memory":[1,5],"expected":[5]})",
        R"({"memory":[1,-9223372036854775809],"expected":[5,null]})",
        R"({"memory":[1,5.5],"expected":[5,null]})", R"({"memory":[1,5],"expected":[null,null]})",
        R"({"memory":[],"expected":[]})", R"({"memory":[1,5],"memory":[1,5],"expected":[5,null]})",
        R"({"memory":[1,5],"expected":[5,null],"steps":0})",
        R"({"memory":[1,NaN],"expected":[5,null]})",
        R"({"memory":[1,5],"expected":[5,null],"colour":1})"}) {
    write_text(directory / "bad.jsonl", good + line + "\n");
    CAPTURE(line);
    check_refused({"eval", program, "--examples", directory / "bad.jsonl"}, directory, "2");
    check_refused(
        {"train", "--examples", directory / "bad.jsonl", "-o", directory / "m.safetensors"},
        directory, "2");
  }
  write_text(directory / "large.jsonl", good + R"({"memory":[1,7],"expected":[5,null]})"
                                               "\n");
  check_refused({"eval", program, "--examples", directory / "large.jsonl", "--modulus", "cells"},
                directory, "large.jsonl: line 1: ");
}

TEST_CASE("what cannot be written") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "increment");
  const Launch input{.input = "1 2 0\n"};
  check_refused({"run", program, "-", "-o", directory / "absent/out.npy"}, directory, "absent",
                input);
  check_refused({"run", program, "-", "-o", directory.path()}, directory, directory.path(), input);
  check_refused({"inspect", program, "--dot", program}, directory, program);
  check_refused({"export", random_model(directory), "-o", directory / "absent/p.json"}, directory,
                "absent");
}

}  // namespace
}  // namespace nram::test
