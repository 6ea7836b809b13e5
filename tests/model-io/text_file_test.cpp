#include "scratch.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <nram/model-io/text_file.hpp>

using namespace nram;
using namespace nram::test;

namespace {

using Rows = std::vector<std::vector<Word>>;

Rows parse(const std::string& text) {
  const Memories memories = parse_memory_text(text, "m.txt");
  Rows rows(memories.size());
  for (std::size_t row = 0; row < memories.size(); ++row) {
    for (std::size_t cell = 0; cell < memories.cells(row); ++cell) {
      rows[row].push_back(memories.value(row, cell));
    }
  }
  return rows;
}

std::string text_refusal(const std::string& text) {
  return message_of(ErrorKind::data, [&] { (void)parse_memory_text(text, "m.txt"); });
}

}  // namespace

TEST_CASE("a line of integers is a memory") {
  CHECK(parse("1 2 3") == Rows{{1, 2, 3}});
  CHECK(parse("1 2\n3 4\n") == Rows{{1, 2}, {3, 4}});
  CHECK(parse(" 1\t2 \r\n\r\n3\r\n") == Rows{{1, 2}, {3}});
  CHECK(parse("# head\n\n 007 18446744073709551615 # the largest\n#1 2\n5#6\n") ==
        Rows{{7, ~Word{0}}, {5}});
  CHECK(parse("\xEF\xBB\xBF"
              "1 2\n3") == Rows{{1, 2}, {3}});
  CHECK(parse("1 2\r3\r\r\n4") == Rows{{1, 2}, {3}, {4}});
  CHECK(parse_memory_text("1 2", "m").one_dimensional());
  CHECK_FALSE(parse_memory_text("1 2\n3 4", "m").one_dimensional());
  CHECK(parse_memory_text("1", "m").element_type() == ElementType::u64);
}

TEST_CASE("numbers below 0 make a text one of signed numbers, and are written as such") {
  const Memories memories =
      parse_memory_text("1 -2 9223372036854775807\n-9223372036854775808", "m");
  CHECK(memories.element_type() == ElementType::i64);
  CHECK(memories.value(0, 1) == ~Word{1});
  const Scratch scratch;
  write_memory_text(memories, scratch.path("m.txt"));
  CHECK(slurp(scratch.path("m.txt")) == "1 -2 9223372036854775807\n-9223372036854775808\n");
  CHECK(parse_memory_text("-0 1", "m").element_type() == ElementType::u64);
}

TEST_CASE("what is not an integer is refused with line and column") {
  CHECK(contains(text_refusal("-9223372036854775809"), "is below -2^63"));
  CHECK(contains(text_refusal("1 9223372036854775808\n -4\n"),
                 "line 1, column 3: the number is above"));
  CHECK(contains(text_refusal("18446744073709551616"),
                 "line 1, column 1: 18446744073709551616 is above"));
  CHECK(contains(text_refusal("# c\n1,2"), "line 2, column 1: \"1,2\" is not a decimal integer"));
  for (const char* bad : {"1.5", "1e3", "0x10", "+1", "-", "--1", "-x", "one", "1_000", "1;"}) {
    CHECK(contains(text_refusal(bad), "not a decimal integer"));
  }
  CHECK(contains(text_refusal("\x93NUMPY"), "\"\\x93NUMPY\""));
  CHECK(contains(text_refusal(std::string("1\0 2", 4)), "\"1\\x00\""));
  CHECK(contains(text_refusal(std::string(1000, 'x')), "xxx...\""));
  CHECK(contains(text_refusal(""), "there is no memory"));
  CHECK(contains(text_refusal("# nothing\n\n"), "there is no memory"));
}

TEST_CASE("memories survive writing as text and reading") {
  const Scratch scratch;
  CHECK(rc::check([&](const Rows& drawn) {
    Rows rows = drawn;
    std::erase_if(rows, [](const auto& row) { return row.empty(); });
    RC_PRE(!rows.empty());
    const std::string path = scratch.path("m.txt");
    write_memory_text(Memories::of(rows, ElementType::u64), path);
    const std::string text = slurp(path);
    RC_ASSERT(parse(text) == rows);
    write_memory_text(read_memory_text(path), path);
    RC_ASSERT(slurp(path) == text);
  }));
}

TEST_CASE("long texts are written in pieces") {
  const Scratch scratch;
  Rows rows{std::vector<Word>(300000)};
  for (std::size_t i = 0; i < rows[0].size(); ++i) {
    rows[0][i] = i * i * i;
  }
  write_memory_text(Memories::of(rows, ElementType::u64), scratch.path("m.txt"));
  CHECK(slurp(scratch.path("m.txt")).size() > std::size_t{1} << 21U);
  CHECK(parse(slurp(scratch.path("m.txt"))) == rows);
}

TEST_CASE("damaged texts are refused or read") {
  const std::string text = "1 22 333\n# comment\n4444 18446744073709551615\n";
  // Any prefix with a digit is a text as well.
  CHECK(maltreat(text, 3000, [](const std::string& bytes) {
          (void)parse_memory_text(bytes, "damaged");
        }) == text.size() - 1);
}
