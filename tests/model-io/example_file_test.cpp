#include "scratch.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <nram/model-io/example_file.hpp>

using namespace nram;
using namespace nram::test;

namespace {

std::string example_refusal(const std::string& text) {
  return message_of(ErrorKind::data, [&] { (void)parse_examples(text, "e.jsonl"); });
}

rc::Gen<Word> any_word() {
  return rc::gen::oneOf(rc::gen::inRange<Word>(0, 100), rc::gen::arbitrary<Word>(),
                        rc::gen::just(~Word{0}));
}

Example any_example() {
  Example example;
  example.memory = *rc::gen::nonEmpty(rc::gen::container<std::vector<Word>>(any_word()));
  for (std::size_t i = 0; i < example.memory.size(); ++i) {
    const bool counts = i == 0 || *rc::gen::arbitrary<bool>();
    example.expected.push_back(counts ? std::optional<Word>(*any_word()) : std::nullopt);
  }
  if (*rc::gen::arbitrary<bool>()) {
    example.registers = *rc::gen::container<std::vector<Word>>(3, any_word());
  }
  if (*rc::gen::arbitrary<bool>()) {
    example.steps = 1 + *any_word() / 2;
  }
  return example;
}

}  // namespace

TEST_CASE("examples are lines of JSON") {
  const std::vector<Example> examples = parse_examples(
      "{\"memory\":[2,5,6,7],\"expected\":[null,null,6,18446744073709551615]}\r\n"
      "\n"
      "  {\"steps\": 9, \"expected\": [1], \"memory\": [0], \"registers\": [3, 4]}",
      "e.jsonl");
  REQUIRE(examples.size() == 2);
  CHECK(examples[0].memory == std::vector<Word>{2, 5, 6, 7});
  CHECK(examples[0].expected ==
        std::vector<std::optional<Word>>{std::nullopt, std::nullopt, 6, ~Word{0}});
  CHECK(examples[0].registers.empty());
  CHECK_FALSE(examples[0].steps);
  CHECK(examples[1].registers == std::vector<Word>{3, 4});
  CHECK(examples[1].steps == 9);
}

TEST_CASE("examples survive writing and reading, byte for byte") {
  const Scratch scratch;
  CHECK(rc::check([&] {
    std::vector<Example> examples(*rc::gen::inRange<std::size_t>(1, 4));
    std::generate(examples.begin(), examples.end(), any_example);
    const std::string path = scratch.path("e.jsonl");
    write_examples(examples, path);
    const std::vector<Example> again = read_examples(path);
    RC_ASSERT(again == examples);
    RC_ASSERT(examples_text(again) == slurp(path));
  }));
}

TEST_CASE("examples of signed numbers, and the smallest modulus that holds them") {
  const std::string line = "{\"memory\":[-3,4,0],\"expected\":[4,null,-1]}\n";
  const std::vector<Example> examples = parse_examples(line, "e");
  CHECK(examples[0].has_negative);
  CHECK(examples[0].memory[0] == ~Word{2});
  CHECK(examples_text(examples) == line);
  CHECK(modulus_for_signed(examples[0]) == 9);  // 4 is below the half
  CHECK(modulo(examples[0], Modulus::of(9)).memory == std::vector<Word>{6, 4, 0});
  CHECK(*modulo(examples[0], Modulus::of(9)).expected[2] == 8);
  CHECK(modulo(examples[0], Modulus::word64()) == examples[0]);
  CHECK(modulus_for_signed({{~Word{19}}, {0}}) == 40);
  CHECK(modulus_for_signed({{~Word{0} / 2}, {0}}) == 0);
  const Example zero = parse_examples("{\"memory\":[-0],\"expected\":[1]}", "e")[0];
  CHECK_FALSE(zero.has_negative);
  CHECK(order_of(zero) == Order::unsigned_numbers);
  CHECK(order_of(examples[0]) == Order::signed_numbers);
  CHECK(order_of(std::vector<Example>{zero, examples[0]}) == Order::signed_numbers);
  CHECK(order_of(std::vector<Example>{}) == Order::unsigned_numbers);
}

TEST_CASE("what is not an example is refused with its line") {
  const std::string good = "{\"memory\":[1,2],\"expected\":[2,null]}\n";
  const auto second = [&](const std::string& line) { return example_refusal(good + line); };
  CHECK(contains(second("{\"memory\":[1,2}"), "e.jsonl: line 2, column 15: not valid JSON"));
  CHECK(contains(second("[1,2]"), "e.jsonl: line 2: must be an object"));
  CHECK(contains(second("{\"memory\":[1]}"), "line 2: the key \"expected\" is missing"));
  CHECK(contains(second("{\"memory\":[1],\"expected\":[1],\"Steps\":3}"),
                 "unknown key \"Steps\"; allowed are \"memory\", \"expected\", \"registers\", "
                 "\"steps\""));
  CHECK(contains(second("{\"memory\":[1],\"memory\":[2],\"expected\":[1]}"), "occurs twice"));
  CHECK(contains(second("{\"memory\":[1,-2.5],\"expected\":[1,1]}"),
                 "memory[1]: must be a whole number from -2^63 to 2^64-1, not -2.5"));
  CHECK(contains(second("{\"memory\":[9223372036854775808],\"expected\":[-1]}"),
                 "line 2: some values are negative and others above 2^63-1"));
  CHECK(contains(second("{\"memory\":[1.5],\"expected\":[1]}"), "memory[0]"));
  CHECK(contains(second("{\"memory\":[1e-2],\"expected\":[1]}"), "memory[0]"));
  CHECK(contains(second("{\"memory\":[18446744073709551616],\"expected\":[1]}"), "memory[0]"));
  CHECK(contains(second("{\"memory\":[null],\"expected\":[1]}"), "memory[0]"));
  CHECK(contains(second("{\"memory\":[1],\"expected\":[true]}"), "expected[0]"));
  CHECK(contains(second("{\"memory\":[1],\"expected\":7}"), "expected: must be an array, not 7"));
  CHECK(
      contains(second("{\"memory\":[1,2],\"expected\":[1]}"), "has 1 cells, but \"memory\" has 2"));
  CHECK(contains(second("{\"memory\":[1],\"expected\":[null]}"), "no cell of \"expected\" counts"));
  CHECK(contains(second("{\"memory\":[],\"expected\":[]}"), "no cell"));
  CHECK(contains(second("{\"memory\":[1],\"expected\":[1],\"steps\":0}"), "steps: must be"));
  CHECK(contains(second("{\"memory\":[1],\"expected\":[1],\"registers\":"
                        "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}"),
                 "has 17 values"));
  CHECK(contains(second(std::string(1000, '[')), "nested deeper than 4"));
  CHECK(contains(second("{\"memory\":[1],\"expected\":[1]} {}"), "line 2, column 31"));
  CHECK(contains(example_refusal(""), "there is no example"));
  CHECK(contains(example_refusal(" \n\n"), "there is no example"));
  CHECK(contains(second(std::string(max_example_line_bytes + 1, ' ')), "line 2: has 16777217"));
}

TEST_CASE("invalid examples are not written") {
  Example example{{1, 2}, {1}};
  CHECK(contains(message_of(ErrorKind::data,
                            [&] {
                              (void)examples_text({&example, 1});
                            }),
                 "example 1: \"expected\" has 1"));
}

TEST_CASE("damaged files of examples are refused or read") {
  const std::string text =
      "{\"memory\":[1,2],\"expected\":[2,null],\"registers\":[7],\"steps\":3}\n";
  CHECK(maltreat(text, 3000,
                 [](const std::string& bytes) { (void)parse_examples(bytes, "damaged"); }) == 1);
}
