#include <algorithm>
#include <string>

#include <doctest/doctest.h>
#include <support/errors.hpp>

#include <nram/engine/module.hpp>

using namespace nram;
using namespace nram::test;

TEST_CASE("modules compute what the paper says, for every small modulus and argument") {
  const ModuleTable table = ModuleTable::standard();
  const auto value = [&](const char* name, Word a, Word b, Word m) {
    return table.find(name)->evaluate(a, b, Modulus::of(m));
  };
  for (Word m = 1; m <= 9; ++m) {
    CHECK(value("ZERO", 0, 0, m) == 0);
    CHECK(value("ONE", 0, 0, m) == 1 % m);
    CHECK(value("TWO", 0, 0, m) == 2 % m);
    for (Word a = 0; a < m; ++a) {
      CHECK(value("INC", a, 0, m) == (a + 1) % m);
      CHECK(value("DEC", a, 0, m) == (a + m - 1) % m);
      for (Word b = 0; b < m; ++b) {
        CHECK(value("ADD", a, b, m) == (a + b) % m);
        CHECK(value("SUB", a, b, m) == (a + m - b) % m);
        CHECK(value("LT", a, b, m) == (a < b ? 1 : 0) % m);
        CHECK(value("LE", a, b, m) == (a <= b ? 1 : 0) % m);
        CHECK(value("EQ", a, b, m) == (a == b ? 1 : 0) % m);
        CHECK(value("MIN", a, b, m) == std::min(a, b));
        CHECK(value("MAX", a, b, m) == std::max(a, b));
      }
    }
  }
}

TEST_CASE("the table has the 14 modules of the paper in the default order") {
  const ModuleTable table = ModuleTable::standard();
  std::string names;
  for (const Module& module : table.modules()) {
    names += module.name + " ";
    CHECK((module.evaluate == nullptr) == module.touches_memory());
    CHECK(!module.summary.empty());
    REQUIRE(table.find(module.name));
    CHECK(table.find(module.name)->opcode == module.opcode);
    CHECK(module.is_constant() ==
          (module.name == "ZERO" || module.name == "ONE" || module.name == "TWO"));
  }
  CHECK(names == "READ ZERO ONE TWO INC ADD SUB DEC LT LE EQ MIN MAX WRITE ");
  CHECK_FALSE(table.find("read"));
}

TEST_CASE("modules by name, in any order; a name that there is not is refused") {
  const ModuleTable table = ModuleTable::standard();
  const std::vector<Module> two = table.select({"WRITE", "READ"});
  REQUIRE(two.size() == 2);
  CHECK(two[0].opcode == Opcode::write);
  CHECK(two[1].opcode == Opcode::read);
  CHECK(table.at("INC").opcode == Opcode::inc);
  CHECK(message_of(ErrorKind::data,
                   [&] {
                     (void)table.select({"READ", "read"});
                   }) ==
        "there is no module \"read\"; known are READ ZERO ONE TWO INC ADD SUB DEC LT LE EQ MIN MAX "
        "WRITE, and CONST(k) for a number k");
}

TEST_CASE("CONST(k) is k modulo M, for every k up to 2^63 - 1 that is spelled in plain digits") {
  const ModuleTable table = ModuleTable::standard();
  for (const Word k : {Word{0}, Word{3}, Word{100}, (Word{1} << 32U) + 5, max_constant}) {
    const Module module = constant_module(k);
    CAPTURE(module.name);
    CHECK(module.name == "CONST(" + std::to_string(k) + ")");
    CHECK(module.arity == 0);
    CHECK(module.is_constant());
    CHECK(table.at(module.name).constant == k);
    for (const Word m : {Word{1}, Word{2}, Word{7}, Word{100}, Word{101}, Word{1} << 32U}) {
      CHECK(module.value(0, 0, Modulus::of(m)) == k % m);
    }
    CHECK(module.value(0, 0, Modulus::word64()) == k);
  }
  for (const char* const name : {"CONST", "CONST()", "CONST(-1)", "CONST(+1)", "CONST(01)",
                                 "CONST( 1)", "CONST(1", "CONST(x)", "CONST(9223372036854775808)",
                                 "CONST(99999999999999999999)", "CONST(1))", "const(1)"}) {
    CAPTURE(name);
    CHECK_FALSE(table.find(name));
  }
  CHECK(mentions(message_of(ErrorKind::data, [&] { (void)table.at("CONST(-1)"); }), "CONST(-1)",
                 "from 0 to 9223372036854775807"));
  CHECK(mentions(message_of(ErrorKind::usage, [] { (void)constant_module(max_constant + 1); }),
                 "CONST(9223372036854775808)", "a constant is 0 to"));
}

TEST_CASE("a user's own module must be well-formed, and the message says what is not") {
  ModuleTable table = ModuleTable::standard();
  const auto one = [](Word, Word, Modulus m) { return m.reduce(1); };
  const auto refusal = [&](const Module& module) {
    return message_of(ErrorKind::usage, [&] { table.add(module); });
  };
  CHECK(mentions(refusal({"lower", Opcode::custom, 0, one, ""}), "lower", "upper-case"));
  CHECK(mentions(refusal({"2X", Opcode::custom, 0, one, ""}), "starts with a letter"));
  CHECK(mentions(refusal({std::string(33, 'A'), Opcode::custom, 0, one, ""}), "32"));
  CHECK(mentions(refusal({"ADD", Opcode::custom, 0, one, ""}), "ADD", "taken"));
  CHECK(mentions(refusal({"XOR", Opcode::add, 2, one, ""}), "XOR", "custom"));
  CHECK(mentions(refusal({"XOR", Opcode::custom, 2, one, "", {"a", "a"}}), "XOR", "different"));
  CHECK(mentions(refusal({"NOT", Opcode::custom, 1, one, "", {"", "b"}}), "NOT",
                 "name of an argument"));
  CHECK(mentions(refusal({"NOT", Opcode::custom, 1, one, "", {"Value"}}), "lower-case"));
  CHECK(mentions(refusal({"NOT", Opcode::custom, 1, one, "", {"2nd"}}), "starts with a letter"));
  CHECK(mentions(refusal({"XOR", Opcode::custom, 3, one, ""}), "two arguments"));
  CHECK(mentions(refusal({"XOR", Opcode::custom, 2, nullptr, ""}), "no function"));

  table.add({"XOR", Opcode::custom, 2, one, "a ^ b"});
  REQUIRE(table.find("XOR"));
  CHECK(table.find("XOR")->arity == 2);
  CHECK(mentions(refusal({"XOR", Opcode::custom, 2, one, ""}), "taken"));
}
