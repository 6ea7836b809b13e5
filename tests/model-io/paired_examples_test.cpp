#include "scratch.hpp"

#include <doctest/doctest.h>

#include <nram/model-io/array_file.hpp>
#include <nram/model-io/csv_file.hpp>
#include <nram/model-io/paired_examples.hpp>

using namespace nram;
using namespace nram::test;

namespace {

using Cells = std::vector<std::optional<Word>>;

std::vector<Cells> cells_of(std::string_view text) {
  std::vector<Cells> rows;
  for (const CsvRow& row : parse_csv(text, "t.csv")) {
    rows.push_back(row.cells);
  }
  return rows;
}

std::string csv_refusal(std::string_view text) {
  return message_of(ErrorKind::data, [&] { (void)parse_csv(text, "t.csv"); });
}

std::string pair_refusal(const Scratch& scratch, std::string_view before, std::string_view after,
                         const IgnoredCells& ignored = {}) {
  const std::string from = scratch.file("before.csv", before);
  const std::string to = scratch.file("after.csv", after);
  return message_of(ErrorKind::data, [&] { (void)read_paired_examples(from, to, ignored); });
}

}  // namespace

TEST_CASE("a table is numbers between separators") {
  CHECK(cells_of("1,2,3\n4,5\n") == std::vector<Cells>{{1, 2, 3}, {4, 5}});
  CHECK(cells_of("1;2\n") == std::vector<Cells>{{1, 2}});
  CHECK(cells_of("1\t2\r\n\r\n3\t4\r\n") == std::vector<Cells>{{1, 2}, {3, 4}});
  CHECK(cells_of("\"1\", 2 ,\"3\"") == std::vector<Cells>{{1, 2, 3}});
  CHECK(cells_of("7\n8\n") == std::vector<Cells>{{7}, {8}});
  CHECK(cells_of("1,,3,\n") == std::vector<Cells>{{1, std::nullopt, 3, std::nullopt}});
  CHECK(cells_of("1.0,2.000,18446744073709551615\n") == std::vector<Cells>{{1, 2, ~Word{0}}});
  CHECK(cells_of("\xef\xbb\xbf"
                 "1,2\n") == std::vector<Cells>{{1, 2}});
}

TEST_CASE("a heading is left out, a first line with a number or a gap is none") {
  CHECK(cells_of("x1,limit\n1,2\n") == std::vector<Cells>{{1, 2}});
  CHECK(cells_of("1,2\n3,4\n").size() == 2);
  CHECK(contains(csv_refusal("a,2\n3,4\n"), "t.csv: line 1: field 1 is \"a\""));
  CHECK(contains(csv_refusal("a,b\nc,d\n"), "line 2: field 1"));
}

TEST_CASE("what is no whole number is refused with what to do") {
  CHECK(contains(csv_refusal("1,2\n3,--4\n"), "line 2: field 2 is \"--4\""));
  CHECK(contains(csv_refusal("-9223372036854775809,2\n"), "from -2^63 to 2^64-1"));
  CHECK(contains(csv_refusal("1,2.5\n"), "multiply"));
  CHECK(contains(csv_refusal("1,18446744073709551616\n"), "2^64-1"));
  CHECK(contains(csv_refusal("1,2\x1b[2J\n"), "\"2\\x1b[2J\""));
  CHECK(contains(csv_refusal("\n"), "no numbers"));
  CHECK(contains(csv_refusal("a,b\n"), "no numbers"));
}

TEST_CASE("memory i before and after are example i") {
  const Scratch scratch;
  const std::string before = scratch.file("before.csv", "1,2,3\n4,5,,\n");
  const std::string after = scratch.file("after.csv", "9,,3\n7\n");
  CHECK(read_paired_examples(before, after, {}) ==
        std::vector<Example>{{{1, 2, 3}, {9, std::nullopt, 3}}, {{4, 5}, {7, std::nullopt}}});

  const std::string text = scratch.file("before.txt", "1 2 3\n4 5\n");
  const std::string result = scratch.file("after.txt", "1 0 3\n4 9\n");
  IgnoredCells ignored{parse_cell_ranges("0"), Word{9}};
  ignored.value = 3;
  CHECK(read_paired_examples(text, result, ignored) ==
        std::vector<Example>{{{1, 2, 3}, {std::nullopt, 0, std::nullopt}},
                             {{4, 5}, {std::nullopt, 9}}});

  const std::vector<std::vector<Word>> one = {{1, 2, 3}};
  write_npy(Memories::of(one, ElementType::u64), scratch.path("one.npy"));
  CHECK(read_paired_examples(scratch.path("one.npy"), scratch.path("one.npy"), {}) ==
        std::vector<Example>{{{1, 2, 3}, {1, 2, 3}}});
}

TEST_CASE("files that do not belong together are refused, with line and row") {
  const Scratch scratch;
  CHECK(contains(pair_refusal(scratch, "1,2\n", "1,2\n3,4\n"), "holds 1 memories"));
  CHECK(contains(pair_refusal(scratch, "1,2\n", "1,2,3\n"), "after.csv: line 1 has 3 cells"));
  CHECK(
      contains(pair_refusal(scratch, "1,,3\n", "1,2,3\n"), "before.csv: line 1: field 2 is empty"));
  CHECK(contains(pair_refusal(scratch, "1,2\n", "1,2\n", {parse_cell_ranges("0-"), std::nullopt}),
                 "no cell"));
  const std::string text = scratch.file("b.txt", "1 2 3\n");
  const std::string shorter = scratch.file("a.txt", "3\n");
  CHECK(
      contains(message_of(ErrorKind::data, [&] { (void)read_paired_examples(text, shorter, {}); }),
               "a program changes cells and makes none"));
  CHECK(contains(pair_refusal(scratch, "-1,2\n", "1,18446744073709551615\n"),
                 "some values are negative and others above 2^63-1"));
}

TEST_CASE("values below 0 make an example signed") {
  const Scratch scratch;
  const std::string before = scratch.file("before.csv", "1,-2\n3,4\n");
  const std::string after = scratch.file("after.csv", "-1,-9223372036854775808\n-0,4\n");
  const std::vector<Example> examples = read_paired_examples(before, after, {});
  REQUIRE(examples.size() == 2);
  CHECK(examples[0].has_negative);
  CHECK(examples[0].memory == std::vector<Word>{1, ~Word{0} - 1});
  CHECK(examples[0].expected[0] == ~Word{0});
  CHECK(examples[0].expected[1] == Word{1} << 63U);
  CHECK_FALSE(examples[1].has_negative);
  for (const ElementType type : {ElementType::i64, ElementType::i32}) {
    const Word minus_one = type == ElementType::i64 ? ~Word{0} : ~Word{0} >> 32U;
    const std::vector<std::vector<Word>> negative = {{1, minus_one}};
    write_npy(Memories::of(negative, type), scratch.path("n.npy"));
    const auto same = read_paired_examples(scratch.path("n.npy"), scratch.path("n.npy"), {});
    REQUIRE(same.size() == 1);
    CHECK(same[0].has_negative);
    CHECK(same[0].memory == std::vector<Word>{1, ~Word{0}});
  }
}

TEST_CASE("cells are named by numbers and ranges") {
  const IgnoredCells cells{parse_cell_ranges("0,3-5,8-"), std::nullopt};
  std::string ignored;
  for (std::size_t cell = 0; cell < 11; ++cell) {
    ignored += cells.contains(cell, 1) ? 'x' : '.';
  }
  CHECK(ignored == "x..xxx..xxx");
  for (const std::string_view wrong : {"", "a", "1,", "5-3", "-1", "1-2-3", "1 2"}) {
    CHECK(contains(message_of(ErrorKind::usage, [&] { (void)parse_cell_ranges(wrong); }), "cells"));
  }
}
