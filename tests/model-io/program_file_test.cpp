#include "scratch.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <support/hand_written.hpp>
#include <support/program_text.hpp>
#include <support/random_program.hpp>

#include <nram/model-io/program_file.hpp>

using namespace nram;
using namespace nram::test;

namespace {

// Two registers; walks to the first zero cell.
constexpr std::string_view small = R"({
  "format": "nram-program",
  "version": 1,
  "registers": 2,
  "modules": ["READ", "ZERO", "INC", "ADD", "WRITE"],
  "circuits": [
    {
      "name": "walk",
      "arguments": {"READ": ["r0"], "INC": ["r0"], "WRITE": ["r0", "READ"]},
      "registers": {"r0": "INC", "r1": "READ"}
    },
    {"name": "end", "arguments": {"READ": ["r0"], "WRITE": ["r0", "READ"]}}
  ],
  "controller": [
    {"when": {"r0": "nonzero", "r1": "zero"}, "circuit": "end", "finish": true},
    {"circuit": "walk"}
  ]
}
)";

std::string program_refusal(std::string_view from, std::string_view to) {
  const std::string text = with(std::string(small), from, to);
  return message_of(ErrorKind::data, [&] { (void)parse_program(text, "p.json"); });
}

bool same(const Program& a, const Program& b) {
  return a.circuits() == b.circuits() && a.rules() == b.rules() && a.metadata() == b.metadata() &&
         a.states() == b.states() && a.machine().registers() == b.machine().registers();
}

}  // namespace

TEST_CASE("a program that a person wrote is understood") {
  const Program program = parse_program(small, "p.json");
  CHECK(program.machine().registers() == 2);
  REQUIRE(program.circuits().size() == 2);
  const Source inc = *program.machine().find_source("INC");
  const Source read = *program.machine().find_source("READ");
  CHECK(program.circuits()[0].registers == std::vector<Source>{inc, read});
  CHECK(program.circuits()[1].registers == std::vector<Source>{0, 1});  // what is not said stays
  CHECK(program.transition(0, 0b10) == Transition{1, 0, true});
  CHECK(program.transition(0, 0b00) == Transition{0, 0, false});
}

TEST_CASE("a program is written for people") {
  const Program program = parse_program(small, "p.json");
  CHECK(program_text(program) == R"({
  "format": "nram-program",
  "version": 1,
  "registers": 2,
  "modules": ["READ", "ZERO", "INC", "ADD", "WRITE"],
  "circuits": [
    {
      "name": "c0",
      "arguments": {"READ": ["r0"], "INC": ["r0"], "ADD": ["r0", "r0"], "WRITE": ["r0", "READ"]},
      "registers": {"r0": "INC", "r1": "READ"}
    },
    {
      "name": "c1",
      "arguments": {"READ": ["r0"], "INC": ["r0"], "ADD": ["r0", "r0"], "WRITE": ["r0", "READ"]},
      "registers": {"r0": "r0", "r1": "r1"}
    }
  ],
  "controller": [
    {"when": {"r0": "nonzero", "r1": "zero"}, "circuit": "c1", "finish": true},
    {"circuit": "c0"}
  ]
}
)");
}

TEST_CASE("states, indices and metadata") {
  std::string text = with(std::string(small), R"({"circuit": "walk"})",
                          R"({"circuit": 0, "next": 1}, {"state": 1, "circuit": 1})");
  text = with(text, "\n  ]\n}\n", "\n  ],\n  \"metadata\": {\"task\": \"a \\\"b\\\"\\n\"}\n}\n");
  const Program program = parse_program(text, "p.json");
  CHECK(program.states() == 2);
  CHECK(program.transition(0, 0).next_state == 1);
  CHECK(program.transition(1, 0).next_state == 1);  // stays if not said otherwise
  CHECK(program.metadata().at("task") == "a \"b\"\n");
  const std::string written = program_text(program);
  CHECK(contains(written, R"({"state": 0, "circuit": "c0", "next": 1})"));
  CHECK(same(parse_program(written, "p.json"), program));
}

TEST_CASE("constants are modules of a program file") {
  constexpr std::string_view clip = R"json({
  "format": "nram-program",
  "version": 1,
  "registers": 1,
  "modules": ["READ", "CONST(100)", "MIN", "WRITE"],
  "circuits": [
    {
      "name": "clip",
      "arguments": {"READ": ["r0"], "MIN": ["READ", "CONST(100)"], "WRITE": ["r0", "MIN"]},
      "registers": {"r0": "CONST(100)"}
    }
  ],
  "controller": [{"circuit": "clip", "finish": true}]
}
)json";
  const Program program = parse_program(clip, "clip.json");
  CHECK(program.machine().modules()[1].constant == 100);
  CHECK(program.circuits()[0].registers == std::vector<Source>{2});
  const Program again = parse_program(program_text(program), "again.json");
  CHECK(same(again, program));
  CHECK(again.machine().modules()[1].name == "CONST(100)");

  const auto refusal = [&](std::string_view constants) {
    const std::string text =
        with(std::string(clip), R"json("CONST(100)", "MIN", "W)json", constants);
    return message_of(ErrorKind::data, [&] { (void)parse_program(text, "p.json"); });
  };
  CHECK(mentions(refusal(R"json("CONST(-1)", "MIN", "W)json"), "p.json", "CONST(-1)",
                 "from 0 to 9223372036854775807"));
  CHECK(mentions(refusal(R"json("MIN", "CONST(100)", "W)json"), "CONST(100)", "has not run yet"));
  CHECK(mentions(refusal(R"json("CONST(7)", "MIN", "W)json"), "no source \"CONST(100)\""));
  CHECK(mentions(
      refusal(R"json("CONST(100)", "CONST(1)", "CONST(2)", "CONST(3)", "CONST(4)", "CONST(5)",
              "CONST(6)", "CONST(7)", "CONST(8)", "MIN", "W)json"),
      "8 different CONST(k) at most"));
}

TEST_CASE("programs survive writing and reading, byte for byte") {
  const ModuleTable table = table_with_custom_modules();
  CHECK(rc::check([&](unsigned seed) {
    std::mt19937_64 random(seed);
    const Program program = random_program({}, random);
    const std::string text = program_text(program);
    const Program again = parse_program(text, "random", table);
    RC_ASSERT(same(again, program));
    RC_ASSERT(program_text(again) == text);
  }));
  const Scratch scratch;
  for (const HandWritten& entry : hand_written_programs()) {
    const std::string path = scratch.path("program.json");
    write_program(entry.program, path);
    const Program again = read_program(path);
    CHECK(same(again, entry.program));
    CHECK(program_text(again) == slurp(path));
  }
}

TEST_CASE("lines of a program file stay readable") {
  std::mt19937_64 random(7);
  RandomShape shape;
  shape.any_modules = false;
  shape.max_registers = 6;
  for (int i = 0; i < 20; ++i) {
    const std::string text = program_text(random_program(shape, random));
    for (std::size_t start = 0; start < text.size();) {
      const std::size_t end = text.find('\n', start);
      // A rule has a line of its own, however long.
      const bool is_rule = text.compare(start, 6, "    {\"") == 0;
      CHECK((is_rule || end - start <= 100));
      start = end + 1;
    }
  }
}

TEST_CASE("what is not JSON is refused with line and column") {
  CHECK(contains(program_refusal("\"version\": 1,", "\"version\": 1,,"),
                 "p.json: line 3, column 16: "));
  CHECK(contains(program_refusal("\"zero\"}", "\"zero\", \"r1\": \"zero\"}"),
                 "controller[0].when: the key \"r1\" occurs twice"));
  CHECK(contains(program_refusal("\"registers\": 2", "\"registers\": 2, \"version\": 1"),
                 "p.json: the key \"version\" occurs twice"));
  const std::string deep = std::string(100000, '[');
  CHECK(contains(message_of(ErrorKind::data, [&] { (void)parse_program(deep, "p.json"); }),
                 "nested deeper than 8"));
  const std::string broken = program_refusal("walk", "\xff\xfe");
  CHECK(contains(broken, "line 8"));
  CHECK_FALSE(contains(broken, "\xff"));
  CHECK(contains(program_refusal("\n}\n", "\n}\n{}"), "line 19, column 1"));
}

TEST_CASE("what is not a program is refused with its place") {
  CHECK(contains(program_refusal("nram-program", "nram-model"), "format: not a program"));
  CHECK(contains(program_refusal("\"format\"", "\"fromat\""), "not a program"));
  CHECK(contains(program_refusal("\"version\": 1", "\"version\": 2"), "version: this version"));
  CHECK(contains(program_refusal("\"version\": 1", "\"version\": 1, \"colour\": 1"),
                 "unknown key \"colour\"; allowed are \"format\""));
  CHECK(contains(program_refusal("\"registers\": 2", "\"registers\": 0"), "registers: must be"));
  CHECK(contains(program_refusal("\"registers\": 2", "\"registers\": 17"), "from 1 to 16, not 17"));
  CHECK(contains(program_refusal("\"registers\": 2", "\"registers\": -1"), "not -1"));
  CHECK(contains(program_refusal("\"registers\": 2", "\"registers\": 2.5"), "registers: must be"));
  CHECK(contains(program_refusal("\"ZERO\", ", "\"ZERRO\", "),
                 "modules[1]: there is no module \"ZERRO\""));
  CHECK(contains(program_refusal("\"ZERO\", ", "\"READ\", "), "modules: module READ occurs twice"));
  CHECK(contains(program_refusal("{\"r0\": \"INC\", \"r1\": \"READ\"}", "[]"),
                 "circuits[0].registers: must be an object, not an array"));
}

TEST_CASE("mistakes in circuits are refused with their place") {
  CHECK(contains(program_refusal("\"READ\": [\"r0\"]", "\"READ\": [\"r7\"]"),
                 "p.json: circuits[0].arguments.READ[0]: there is no source \"r7\""));
  CHECK(contains(program_refusal("\"INC\": [\"r0\"]", "\"INC\": [\"ADD\"]"),
                 "circuits[0].arguments.INC[0]: ADD has not run yet"));
  CHECK(contains(program_refusal("\"INC\": [\"r0\"]", "\"INC\": [\"INC\"]"), "has not run yet"));
  CHECK(contains(program_refusal("\"INC\": [\"r0\"]", "\"INC\": [\"r0\", \"r1\"]"),
                 "circuits[0].arguments.INC: INC takes 1 argument(s), not 2"));
  CHECK(contains(program_refusal("\"INC\": [\"r0\"]", "\"SUB\": [\"r0\", \"r0\"]"),
                 "circuits[0].arguments.SUB: the machine has no module \"SUB\""));
  CHECK(contains(program_refusal(", \"INC\": [\"r0\"]", ""),
                 "circuits[0]: \"arguments\" does not say what INC gets"));
  CHECK(contains(program_refusal(", \"WRITE\": [\"r0\", \"READ\"]", ""),
                 "does not say what WRITE gets, but it runs in every step"));
  CHECK(contains(program_refusal("\"r1\": \"READ\"", "\"r2\": \"READ\""),
                 "circuits[0].registers.r2: there is no register \"r2\""));
  CHECK(contains(program_refusal("\"r1\": \"READ\"", "\"r1\": 5"),
                 "circuits[0].registers.r1: must be a text, not 5"));
  CHECK(contains(program_refusal("\"name\": \"end\"", "\"name\": \"walk\""),
                 "also that of circuits[0]"));
}

TEST_CASE("mistakes in rules are refused with their place") {
  CHECK(contains(program_refusal("\"circuit\": \"end\"", "\"circuit\": \"edn\""),
                 "controller[0].circuit: there is no circuit \"edn\""));
  CHECK(
      contains(program_refusal("\"circuit\": \"end\"", "\"circuit\": 2"), "controller[0].circuit"));
  CHECK(contains(program_refusal("\"circuit\": \"end\", ", ""),
                 "controller[0]: the key \"circuit\""));
  CHECK(contains(program_refusal("\"r1\": \"zero\"", "\"r1\": \"null\""),
                 "controller[0].when.r1: must be \"zero\" or \"nonzero\""));
  CHECK(
      contains(program_refusal("\"r1\": \"zero\"", "\"READ\": \"zero\""), "no register \"READ\""));
  CHECK(contains(program_refusal("\"finish\": true", "\"finish\": 1"),
                 "must be true or false, not 1"));
  CHECK(contains(program_refusal("\"finish\": true", "\"next\": 4096"),
                 "controller[0].next: must be"));
  CHECK(contains(program_refusal("\"finish\": true", "\"next\": 1"), "state 1 has no rule"));
  CHECK(contains(program_refusal(",\n    {\"circuit\": \"walk\"}", ""), "has no rule for"));
  CHECK(contains(
      program_refusal("{\"circuit\": \"walk\"}", "{\"circuit\": \"walk\"}, {\"circuit\": \"end\"}"),
      "rule 2 (always): never applies"));
  // Four thousand states of sixteen registers would be a table of 2^28 entries.
  const std::string wide = with(std::string(small), "\"registers\": 2", "\"registers\": 16");
  CHECK(contains(message_of(ErrorKind::data,
                            [&] {
                              (void)parse_program(with(wide, "\"finish\": true", "\"next\": 4000"),
                                                  "p.json");
                            }),
                 "transitions"));
}

TEST_CASE("damaged program files are refused, never believed to be something else") {
  const std::string text = program_text(parse_program(small, "p"));
  // Without its last line break a program is complete.
  CHECK(maltreat(text, 3000,
                 [](const std::string& bytes) { (void)parse_program(bytes, "damaged"); }) == 1);
}

TEST_CASE("files that cannot be read") {
  const Scratch scratch;
  CHECK(contains(message_of(ErrorKind::io, [&] { (void)read_program(scratch.path("none.json")); }),
                 "No such file"));
  CHECK(contains(message_of(ErrorKind::io, [&] { (void)read_program(scratch.path(".")); }),
                 "directory"));
  const std::string huge = scratch.file("huge.json", "{");
  std::filesystem::resize_file(huge, max_program_bytes + 1);  // sparse
  CHECK(contains(message_of(ErrorKind::data, [&] { (void)read_program(huge); }), "larger than"));
}
