// What docs/formats.md and docs/program.schema.json say is so.

#include "json_schema.hpp"
#include "scratch.hpp"

#include <random>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <support/hand_written.hpp>
#include <support/program_text.hpp>
#include <support/random_program.hpp>

#include <nram/engine/executor.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/program_file.hpp>
#include <nram/model-io/text_file.hpp>

using namespace nram;
using namespace nram::test;
using Json = nlohmann::json;

namespace {

std::string document(const std::string& name) { return slurp(std::string(NRAM_DOCS) + "/" + name); }

// The first code block behind a heading.
std::string code_block(const std::string& heading) {
  const std::string text = document("formats.md");
  const std::size_t section = text.find("\n" + heading + "\n");
  REQUIRE(section != std::string::npos);
  const std::size_t begin = text.find('\n', text.find("```", section)) + 1;
  return text.substr(begin, text.find("```", begin) - begin);
}

Json schema() { return Json::parse(document("program.schema.json")); }

// The documented program with one change, seen by schema and reader.
struct Opinion {
  bool schema;
  bool reader;
};

Opinion opinion_of(const Json& program) {
  return {schema_violation(schema(), program).empty(),
          !is_refused([&] { (void)parse_program(program.dump(), "p"); })};
}

}  // namespace

TEST_CASE("the documented program is valid and does what the manual says") {
  const std::string text = code_block("## Programs");
  CHECK(schema_violation(schema(), Json::parse(text)).empty());
  const Program program = parse_program(text, "formats.md");
  std::vector<Word> memory{2, 5, 6, 7, 8};
  RunOptions options;
  options.step_limit = 10;
  const RunResult result =
      make_executor(Engine::reference, program)->run(MemoryView(memory), options);
  CHECK(result.outcome == Outcome::finished);
  CHECK(result.steps == 2);
  CHECK(memory == std::vector<Word>{7, 5, 6, 7, 8});
}

TEST_CASE("the documented examples and memories can be read") {
  CHECK(parse_examples(code_block("## Examples"), "formats.md").size() == 2);
  const Memories memories = parse_memory_text(code_block("### Text"), "formats.md");
  CHECK(memories.size() == 2);
  CHECK(memories.cells(0) == 5);
}

TEST_CASE("programs that are written fit the schema") {
  const Json rules = schema();
  const Machine with_constants =
      Machine::standard(1, {"READ", "CONST(0)", "CONST(9223372036854775807)", "ADD", "WRITE"});
  const Program constants = program_from_text(
      with_constants, {{"", "READ(r0) ADD(READ,CONST(0)) WRITE(r0,ADD) r0=CONST(0)", true}});
  CHECK(schema_violation(rules, Json::parse(program_text(constants))) == "");
  for (const char* const name : {"CONST(01)", "CONST(-1)", "CONST()", "CONST(1"}) {
    Json wrong = Json::parse(program_text(constants));
    wrong["modules"][1] = name;
    CHECK(schema_violation(rules, wrong) != "");
  }
  std::mt19937_64 random(3);
  for (int i = 0; i < 100; ++i) {
    const Json program = Json::parse(program_text(random_program({}, random)));
    CHECK(schema_violation(rules, program) == "");
  }
  for (const HandWritten& entry : hand_written_programs()) {
    CHECK(schema_violation(rules, Json::parse(program_text(entry.program))) == "");
  }
}

TEST_CASE("schema and reader agree on what is wrong") {
  const Json good = Json::parse(code_block("## Programs"));
  CHECK(opinion_of(good).schema);
  CHECK(opinion_of(good).reader);
  const Json values{nullptr, true, -1, 1.5, 99999, "x", Json::array(), {{"x", 1}}};
  unsigned changes = 0;
  // Each value of the document in turn becomes something else, gets a stranger, or disappears.
  const Json flat = good.flatten();
  for (const auto& [pointer, old] : flat.items()) {
    const Json::json_pointer at(pointer);
    for (Json::json_pointer place = at; !place.empty(); place = place.parent_pointer()) {
      for (const Json& value : values) {
        Json program = good;
        program[place] = value;
        const Opinion opinion = opinion_of(program);
        CAPTURE(place.to_string());
        CAPTURE(value.dump());
        // The schema cannot know which circuits exist, so it may be the more generous of the two.
        CHECK((opinion.schema || !opinion.reader));
        ++changes;
      }
      Json stranger = good;
      if (stranger[place].is_object() && place.back() != "metadata") {
        stranger[place]["stranger"] = "r0";
        CHECK_FALSE(opinion_of(stranger).reader);
        CHECK_FALSE(opinion_of(stranger).schema);
      }
    }
  }
  CHECK(changes > 200);
}

TEST_CASE("an optional part may be left out, a needed one may not") {
  const Json good = Json::parse(code_block("## Programs"));
  for (const char* key : {"format", "version", "registers", "modules", "circuits", "controller"}) {
    Json program = good;
    program.erase(key);
    CHECK_FALSE(opinion_of(program).schema);
    CHECK_FALSE(opinion_of(program).reader);
  }
  Json program = good;
  program.erase("metadata");
  program["$schema"] = "program.schema.json";
  program["controller"][0]["circuit"] = 0;
  program["controller"][1]["circuit"] = "c1";
  program["circuits"][1].erase("name");
  CHECK(opinion_of(program).schema);
  CHECK(opinion_of(program).reader);
}
