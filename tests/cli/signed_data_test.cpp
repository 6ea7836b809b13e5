// Signed arrays, all the way: from two files to a program that is right on longer arrays.

#include "fixtures.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <nram/model-io/array_file.hpp>

namespace nram::test {
namespace {

// Elements of both signs, and a 0 behind them.
std::vector<Word> signed_elements(std::size_t count, std::mt19937_64& random) {
  std::vector<Word> elements(count + 1);
  for (std::size_t i = 0; i < count; ++i) {
    const Word size = 1 + random() % 1000;
    elements[i] = random() % 2 == 0 ? size : Word{0} - size;
  }
  return elements;
}

// Every element becomes the largest of those up to it.
std::vector<Word> with_running_maximum(std::vector<Word> memory) {
  for (std::size_t i = 1; i + 1 < memory.size(); ++i) {
    const auto before = static_cast<std::int64_t>(memory[i - 1]);
    memory[i] = static_cast<Word>(std::max(before, static_cast<std::int64_t>(memory[i])));
  }
  return memory;
}

void write_signed(const std::string& path, const std::vector<std::vector<Word>>& rows) {
  write_npy(Memories::of(rows, ElementType::i64), path);
}

TEST_CASE("signed arrays: two files, a program, and it is right on longer ones" *
          doctest::test_suite("long")) {
  const ScratchDirectory directory;
  std::mt19937_64 random(3);
  std::vector<std::string> make = {"examples"};
  for (const std::size_t length : {3U, 4U, 5U, 6U, 7U, 9U, 12U}) {
    std::vector<std::vector<Word>> before;
    std::vector<std::vector<Word>> after;
    for (unsigned i = 0; i < 8; ++i) {
      before.push_back(signed_elements(length, random));
      after.push_back(with_running_maximum(before.back()));
    }
    const std::string name = directory / std::to_string(length);
    write_signed(name + "-before.npy", before);
    write_signed(name + "-after.npy", after);
    make.insert(make.end(), {name + "-before.npy", name + "-after.npy"});
  }
  make.insert(make.end(), {"-o", directory / "mine.jsonl"});
  CHECK(nram(make).out.find("values from -") != std::string::npos);
  const Ended trained = nram({"train", "--examples", directory / "mine.jsonl", "-o",
                              directory / "m.safetensors", "--time", "240", "--json"});
  CAPTURE(trained.err);
  REQUIRE(trained.exit_code == 0);
  CHECK(report_of(trained)["order"] == "signed");
  CHECK(report_of(trained)["verdict"]["grade"] == "generalises");
  REQUIRE(nram({"export", directory / "m.safetensors", "-o", directory / "p.json"}).exit_code == 0);
  for (const std::size_t length : {50U, 3000U}) {
    const std::vector<Word> before = signed_elements(length, random);
    write_signed(directory / "in.npy", {before});
    write_signed(directory / "wanted.npy", {with_running_maximum(before)});
    CHECK(nram({"run", directory / "p.json", directory / "in.npy", "-o", directory / "out.npy"})
              .exit_code == 0);
    CHECK(read_text(directory / "out.npy") == read_text(directory / "wanted.npy"));
  }
}

}  // namespace
}  // namespace nram::test
