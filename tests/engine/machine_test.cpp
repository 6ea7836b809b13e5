#include <doctest/doctest.h>
#include <support/errors.hpp>

#include <nram/engine/machine.hpp>

using namespace nram;
using namespace nram::test;

TEST_CASE("a standard machine counts its arguments and candidates") {
  const Machine machine = Machine::standard(3);
  CHECK(machine.registers() == 3);
  CHECK(machine.modules().size() == 14);
  CHECK(machine.arguments() == 1 + 1 + 1 + 2 * 8);
  CHECK(machine.first_argument(0) == 0);    // READ
  CHECK(machine.first_argument(4) == 1);    // INC, after three constants
  CHECK(machine.first_argument(13) == 17);  // WRITE
  CHECK(machine.argument_candidates(13) == 16);
  CHECK(machine.register_candidates() == 17);
  CHECK(machine.masks() == 8);
}

TEST_CASE("a machine of some of the standard modules, in another order") {
  const Machine machine = Machine::standard(2, {"WRITE", "READ"});
  CHECK(machine.registers() == 2);
  CHECK(machine.source_name(2) == "WRITE");
  CHECK(machine.first_argument(1) == 2);
  CHECK(mentions(message_of(ErrorKind::data, [] { (void)Machine::standard(2, {"MUL"}); }),
                 "no module \"MUL\""));
}

TEST_CASE("sources have names, and names are sources") {
  const Machine machine = Machine::standard(12);
  for (Source source = 0; source < machine.register_candidates(); ++source) {
    CHECK(machine.find_source(machine.source_name(source)) == source);
  }
  CHECK(machine.source_name(11) == "r11");
  CHECK(machine.source_name(machine.output_of(0)) == "READ");
  for (const char* name : {"", "r", "r12", "r01", "r1x", "R1", "r-1", "r+1", " r1", "read", "NOPE",
                           "r18446744073709551616"}) {
    CAPTURE(name);
    CHECK(!machine.find_source(name));
  }
}

TEST_CASE("machines that cannot be are refused") {
  const Module add = *ModuleTable::standard().find("ADD");
  const auto refusal = [](ErrorKind kind, unsigned registers, std::vector<Module> modules) {
    return message_of(kind, [&] { (void)Machine(registers, std::move(modules)); });
  };
  CHECK(mentions(refusal(ErrorKind::data, 0, {add}), "1 to 16 registers, not 0"));
  CHECK(mentions(refusal(ErrorKind::data, 17, {add}), "not 17"));
  CHECK(mentions(refusal(ErrorKind::data, 1, {}), "1 to 64 modules, not 0"));
  CHECK(mentions(refusal(ErrorKind::data, 1, {add, add}), "ADD occurs twice"));

  std::vector<Module> many;
  for (unsigned i = 0; i < 65; ++i) {
    many.push_back(
        {std::string("M").append(std::to_string(i)), Opcode::custom, 2, add.evaluate, ""});
  }
  CHECK(mentions(refusal(ErrorKind::data, 1, many), "not 65"));
  many.pop_back();
  CHECK(Machine(16, many).modules().size() == 64);

  // A second one of a kind has a prime, and nothing else that is different.
  CHECK(Machine(1, {add, {"ADD'", Opcode::add, 2, add.evaluate, ""}}).find_source("ADD'") == 2);
  CHECK(mentions(refusal(ErrorKind::usage, 1, {{"ADD''", Opcode::add, 2, add.evaluate, ""}}),
                 "ADD'", "letters"));
  CHECK(
      mentions(refusal(ErrorKind::usage, 1, {{"ADD'", Opcode::sub, 2, add.evaluate, ""}}), "ADD"));

  // An executor would take these for the table's own.
  const Module read = *ModuleTable::standard().find("READ");
  CHECK(mentions(refusal(ErrorKind::usage, 1, {read, {"READ2", Opcode::read, 1, nullptr, ""}}),
                 "READ2", "custom"));
  CHECK(mentions(refusal(ErrorKind::usage, 1, {{"ADD", Opcode::add, 1, add.evaluate, ""}}), "ADD"));
}

TEST_CASE("a machine has a few constants, of different numbers") {
  std::vector<Module> modules;
  for (Word k = 0; k < Machine::max_constants; ++k) {
    modules.push_back(constant_module(10 * k));
  }
  const Machine machine(2, modules, Order::signed_numbers);
  CHECK(machine.find_source("CONST(30)") == 2 + 3);
  CHECK(machine.source_name(2 + 3) == "CONST(30)");
  CHECK_FALSE(machine.find_source("CONST(5)"));
  CHECK(machine.argument_candidates(8) == 10);
  CHECK(machine.arguments() == 0);

  const auto refusal = [](ErrorKind kind, std::vector<Module> all) {
    return message_of(kind, [&] { (void)Machine(1, std::move(all)); });
  };
  modules.push_back(constant_module(5));
  CHECK(mentions(refusal(ErrorKind::data, modules), "8 different CONST(k) at most, not 9"));
  CHECK(mentions(refusal(ErrorKind::data, {constant_module(5), constant_module(5)}),
                 "CONST(5) occurs twice"));
  // A second one of a kind, as machines of two rounds have it, is no other constant.
  modules.back() = constant_module(70);
  modules.back().name += "'";
  CHECK(Machine(1, modules).modules().size() == 9);
  // What it is called is what it is.
  Module other = constant_module(5);
  other.constant = 6;
  CHECK(mentions(refusal(ErrorKind::usage, {other}), "CONST(5)"));
}

TEST_CASE("a step has one WRITE, so that what faults can be taken back") {
  const ModuleTable table = ModuleTable::standard();
  const auto primed = [&](std::string_view name) {
    Module module = *table.find(name);
    module.name += '\'';
    return module;
  };
  const Module read = *table.find("READ");
  const Module write = *table.find("WRITE");
  const auto refusal = [&](std::vector<Module> modules) {
    return message_of(ErrorKind::data, [&] { (void)Machine(1, std::move(modules)); });
  };
  CHECK(mentions(refusal({primed("WRITE"), write}), "one WRITE at most", "WRITE' and WRITE",
                 "step of its own"));
  CHECK(mentions(refusal({write, *table.find("INC"), primed("WRITE")}), "WRITE and WRITE'"));
  CHECK(mentions(refusal({write, read, primed("READ")}), "one READ behind its WRITE",
                 "READ and READ'", "before WRITE"));
  CHECK(Machine(1, {read, primed("READ"), write}).modules().size() == 3);
  CHECK(Machine(1, {read, write, primed("READ")}).modules().size() == 3);
}
