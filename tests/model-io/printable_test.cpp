#include <string>

#include <doctest/doctest.h>

#include <nram/model-io/printable.hpp>

using namespace nram;

TEST_CASE("what a terminal would obey is shown instead") {
  CHECK(printable("plain, größer \xE2\x82\xAC \xF0\x9F\x98\x80") ==
        "plain, größer \xE2\x82\xAC \xF0\x9F\x98\x80");
  CHECK(printable("a\x1b[2J\nb\r\t\x7f") == "a\\x1b[2J\\nb\\r\\t\\x7f");
  CHECK(printable(std::string("\0", 1)) == "\\x00");
  CHECK(printable("\xC2\x9B") == "\\u009b");        // CSI in one character
  CHECK(printable("\xE2\x80\xAEx") == "\\u202ex");  // right to left from here on
  CHECK(printable("\xE2\x80\xA8") == "\\u2028");    // line separator
  CHECK(printable_lines("a\n\x1b\n") == "a\n\\x1b\n");
}

TEST_CASE("bytes that are not UTF-8 are shown one by one") {
  CHECK(printable("\x93NUMPY") == "\\x93NUMPY");
  CHECK(printable("\xC3") == "\\xc3");                             // cut off
  CHECK(printable("\xC0\x9B") == "\\xc0\\x9b");                    // longer than necessary
  CHECK(printable("\xED\xA0\x80") == "\\xed\\xa0\\x80");           // half of a surrogate pair
  CHECK(printable("\xF4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond the last character
}

TEST_CASE("long texts are cut") {
  CHECK(printable("abc", 3) == "abc");
  CHECK(printable("abcd", 3) == "abc...");
  CHECK(printable(std::string(1'000'000, 'x'), longest_quote).size() == longest_quote + 3);
}
