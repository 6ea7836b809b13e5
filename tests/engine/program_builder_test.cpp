// Programs written down by names: what they mean, what is understood, and every message.

#include "condition_parser.hpp"

#include <doctest/doctest.h>
#include <support/errors.hpp>

#include <nram/engine/executor.hpp>
#include <nram/engine/program_builder.hpp>

using namespace nram;
using namespace nram::test;

namespace {

template <typename Action>
std::string refusal(Action action) {
  return message_of(ErrorKind::data, action);
}

// What is wrong with a circuit on the standard machine of three registers.
template <typename Describe>
std::string circuit_refusal(Describe describe) {
  return refusal([&] {
    CircuitBuilder circuit(Machine::standard(3), "copy");
    describe(circuit);
    (void)circuit.build();
  });
}

std::string condition_refusal(std::string_view condition) {
  return refusal([&] { ProgramBuilder(Machine::standard(3)).rule(condition); });
}

// What is wrong with a program on the standard machine of one register.
template <typename Describe>
std::string program_refusal(Describe describe) {
  return refusal([&] {
    ProgramBuilder builder(Machine::standard(1));
    describe(builder);
    (void)builder.build();
  });
}

}  // namespace

TEST_CASE("a program written by names runs") {
  // The example of the header: adds 1 to every cell up to the first 0.
  ProgramBuilder builder(Machine::standard(2));
  builder.circuit("look").set("READ", "address", "r0").set_register("r1", "READ");
  builder.circuit("count")
      .set("INC", "a", "r1")
      .set("WRITE", {"r0", "INC"})
      .set("ADD", {"r0", "ONE"})
      .set_register("r0", "ADD");
  builder.rule("state 0").run("look").next_state(1);
  builder.rule("state 1, r1 == 0").finish();
  builder.rule("state 1, r1 != 0").run("count").next_state(0);
  builder.set_metadata("author", "nobody").set_metadata("author", "by hand");
  const Program program = builder.build();

  CHECK(program.states() == 2);
  CHECK(program.circuits().size() == 3);  // and the idle one
  CHECK(program.metadata().at("author") == "by hand");
  std::vector<std::uint64_t> cells = {4, 7, 9, 0, 5};
  RunOptions options;
  options.step_limit = 100;
  const RunResult result =
      make_executor(Engine::reference, program)->run(MemoryView(std::span(cells)), options);
  CHECK(result.outcome == Outcome::finished);
  CHECK(result.steps == 8);
  CHECK(cells == std::vector<std::uint64_t>{5, 8, 10, 0, 5});
}

TEST_CASE("circuits: modules, arguments and registers by name, in any order") {
  const Machine machine = Machine::standard(3, {"READ", "INC", "SUB", "WRITE"});  // 1 + 1 + 2 + 2
  const Circuit circuit = CircuitBuilder(machine)
                              .set_register("r1", "INC")
                              .set("WRITE", "value", "SUB")
                              .set("SUB", "b", "r2")
                              .set("READ", "address", "r0")  // replaced
                              .set("READ", "address", "r1")
                              .set("INC", {"READ"})
                              .set("SUB", "a", "INC")
                              .set("WRITE", "address", "r2")
                              .build();
  CHECK(circuit.arguments == std::vector<Source>{1, 3, 4, 2, 2, 5});
  CHECK(circuit.registers == std::vector<Source>{0, 4, 2});
}

TEST_CASE("a custom module names its arguments itself") {
  const Module scale{"SCALE",
                     Opcode::custom,
                     2,
                     [](Word a, Word b, Modulus m) { return m.reduce(a * b); },
                     "value * factor",
                     {"value", "factor"}};
  const Circuit circuit = CircuitBuilder(Machine(2, {scale}))
                              .set("SCALE", "factor", "r1")
                              .set("SCALE", "value", "r0")
                              .set_register("r0", "SCALE")
                              .build();
  CHECK(circuit.arguments == std::vector<Source>{0, 1});
}

TEST_CASE("what is not set: registers keep their values, arguments are r0, WRITE writes back") {
  const Circuit idle = CircuitBuilder(Machine::standard(2, {"READ", "ADD", "WRITE"})).build();
  CHECK(idle.arguments == std::vector<Source>{0, 0, 0, 0, 2});
  CHECK(idle.registers == std::vector<Source>{0, 1});

  const Circuit reads = CircuitBuilder(Machine::standard(2, {"INC", "READ", "WRITE"}))
                            .set("READ", "address", "INC")
                            .set("INC", "a", "r1")
                            .build();
  CHECK(reads.arguments == std::vector<Source>{1, 2, 2, 3});

  const Circuit no_memory = CircuitBuilder(Machine::standard(2, {"INC"})).build();
  CHECK(no_memory.arguments == std::vector<Source>{0});
}

TEST_CASE("errors of circuits: names that there are not") {
  CHECK(
      circuit_refusal([](auto& c) { c.set("WRIT", "value", "r0"); }) ==
      "circuit \"copy\": the machine has no module \"WRIT\"; its modules are READ, ZERO, ONE, TWO, "
      "INC, ADD, SUB, DEC, LT, LE, EQ, MIN, MAX, WRITE");
  CHECK(mentions(circuit_refusal([](auto& c) { c.set("r1", "a", "r0"); }), "no module \"r1\""));
  CHECK(mentions(circuit_refusal([](auto& c) {
                   c.set("SUBB", {"r0", "r0"});
                 }),
                 "no module \"SUBB\""));
  CHECK(circuit_refusal([](auto& c) { c.set("WRITE", "adress", "r0"); }) ==
        "circuit \"copy\": WRITE has no argument \"adress\"; its arguments are address, value");
  CHECK(mentions(circuit_refusal([](auto& c) { c.set("INC", "b", "r0"); }),
                 "INC has no argument \"b\"; its only one is a"));
  CHECK(mentions(circuit_refusal([](auto& c) { c.set("ONE", "a", "r0"); }),
                 "ONE has no argument \"a\"; it takes none"));
  CHECK(
      mentions(circuit_refusal([](auto& c) { c.set("READ", "address", "r3"); }),
               "there is no source \"r3\"; sources are the registers (r0 to r2) and the modules of "
               "the machine (READ, ZERO,"));
  CHECK(mentions(circuit_refusal([](auto& c) { c.set_register("r3", "r0"); }),
                 "there is no register \"r3\"; the machine has r0 to r2"));
  CHECK(mentions(circuit_refusal([](auto& c) { c.set_register("INC", "r0"); }),
                 "there is no register \"INC\""));
  CHECK(mentions(circuit_refusal([](auto& c) { c.set_register("r0", "inc"); }),
                 "there is no source \"inc\""));
  CHECK(refusal([] { CircuitBuilder(Machine::standard(1)).set_register("r1", "r0"); }) ==
        "there is no register \"r1\"; the machine has only r0");
}

TEST_CASE("errors of circuits: sources that come too late, too many, too few") {
  CHECK(mentions(circuit_refusal([](auto& c) { c.set("ONE", {}).set("INC", "a", "ADD"); }),
                 "ADD has not run yet when INC takes its arguments; use a register or one of READ, "
                 "ZERO, ONE, TWO"));
  CHECK(mentions(circuit_refusal([](auto& c) { c.set("INC", {"INC"}); }),
                 "INC has not run yet when INC"));
  const std::string first = circuit_refusal([](auto& c) { c.set("READ", {"INC"}); });
  CHECK(first.ends_with("use a register"));
  CHECK(mentions(circuit_refusal([](auto& c) { c.set("WRITE", {"r0"}); }),
                 "WRITE takes 2 argument(s), not 1; its arguments are address, value"));
  CHECK(mentions(circuit_refusal([](auto& c) { c.set("ZERO", {"r0"}); }),
                 "ZERO takes 0 argument(s), not 1; it takes none"));
}

TEST_CASE("errors of circuits: what is used must be set") {
  CHECK(circuit_refusal([](auto& c) { c.set_register("r0", "READ"); }) ==
        "circuit \"copy\": the output of READ is used, but its argument address is not set");
  CHECK(
      mentions(circuit_refusal([](auto& c) { c.set("ADD", "a", "r0").set_register("r0", "ADD"); }),
               "the output of ADD is used, but its argument b is not set"));
  CHECK(mentions(circuit_refusal([](auto& c) {
                   c.set("WRITE", {"r0", "DEC"});
                 }),
                 "the output of DEC is used"));
  CHECK(mentions(circuit_refusal([](auto& c) { c.set("WRITE", "value", "r0"); }),
                 "WRITE has one argument, but no address; set both, or neither"));
  CHECK(mentions(circuit_refusal([](auto& c) { c.set("WRITE", "address", "r0"); }),
                 "WRITE has one argument, but no value"));
  CHECK(mentions(refusal([] {
                   (void)CircuitBuilder(Machine::standard(1, {"WRITE", "READ"})).build();
                 }),
                 "WRITE runs in every step, and no READ runs before it",
                 "set its address and value"));
}

TEST_CASE("conditions: what is understood") {
  const Machine machine = Machine::standard(12);
  const auto is = [&](std::string_view text, const Rule& rule) {
    CAPTURE(text);
    return parse_condition(machine, text) == rule;
  };
  CHECK(is("", {}));
  CHECK(is("  ", {}));
  CHECK(is("always", {}));
  CHECK(is("r0 == 0", {0, 1, 1, {}}));
  CHECK(is("r0=0", {0, 1, 1, {}}));
  CHECK(is("r11 != 0", {0, 1U << 11U, 0, {}}));
  CHECK(is("r1≠0", {0, 2, 0, {}}));
  CHECK(is("state 3", {3, 0, 0, {}}));
  CHECK(is("state 0 r2=0", {0, 4, 4, {}}));
  CHECK(is(" r0 == 0 , r2 != 0, state 4095 ", {4095, 5, 1, {}}));
  CHECK(is("r0=0 r2≠0", {0, 5, 1, {}}));
}

TEST_CASE("conditions are understood as they are written") {
  const Machine machine = Machine::standard(4);
  for (std::uint32_t care = 0; care < machine.masks(); ++care) {
    for (std::uint32_t value = 0; value < machine.masks(); ++value) {
      const Rule rule{0, care, value & care, {}};
      CHECK(parse_condition(machine, condition_text(machine, rule)) == rule);
    }
  }
}

TEST_CASE("rules: the first that matches applies, in its state, and stays there unless told") {
  ProgramBuilder builder(Machine::standard(1));
  RuleBuilder& first = builder.rule("state 0, r0 == 0");  // described later, after others
  builder.rule("state 1").finish().next_state(0);
  builder.rule().run("up");
  builder.circuit("up").set_register("r0", "ONE");
  first.run("up").next_state(1);
  const Program program = builder.build();
  CHECK(program.transition(0, 1) == Transition{0, 1, false});
  CHECK(program.transition(0, 0) == Transition{0, 0, false});
  CHECK(program.transition(1, 0) == Transition{1, 0, true});
  CHECK(program.circuits()[1] == CircuitBuilder(Machine::standard(1)).build());
}

TEST_CASE("errors of conditions") {
  CHECK(condition_refusal("r0 > 0") ==
        "condition \"r0 > 0\": r0 must be followed by == 0 or != 0, not by \">\"");
  CHECK(mentions(condition_refusal("r0"), "must be followed by == 0 or != 0, not by \"\""));
  CHECK(mentions(condition_refusal("r0 == 1"), "compared with 0 only, r0 not with \"1\""));
  CHECK(mentions(condition_refusal("r0 == "), "compared with 0 only"));
  CHECK(mentions(condition_refusal("r0 == 00"), "compared with 0 only, r0 not with \"00\""));
  CHECK(mentions(condition_refusal("r3 == 0"),
                 "expected a register (r0 to r2), \"state\" or \"always\", not \"r3\""));
  CHECK(mentions(condition_refusal("READ == 0"), "not \"READ\""));
  CHECK(mentions(condition_refusal("!r0"), "not \"!r0\""));
  CHECK(mentions(condition_refusal("r0 == 0 and r1 == 0"), "not \"and\""));
  CHECK(mentions(condition_refusal("r0 == 0, r1 != 0, r0 != 0"), "r0 is there twice"));
  CHECK(mentions(condition_refusal("state"), "\"state\" must be followed by a number", "\"\""));
  CHECK(mentions(condition_refusal("state == 1"), "must be followed by a number", "\"==\""));
  CHECK(mentions(condition_refusal("state 4096"), "from 0 to 4095, not by \"4096\""));
  CHECK(mentions(condition_refusal("state -1"), "not by \"-1\""));
  CHECK(mentions(condition_refusal("state 1, state 2"), "only once"));
  CHECK(mentions(condition_refusal("r0 == 0,"), "comma"));
  CHECK(mentions(condition_refusal(", r0 == 0"), "not \"\""));
}

TEST_CASE("errors of programs") {
  CHECK(mentions(program_refusal([](auto&) {}), "no rules", "rule() adds one"));
  CHECK(mentions(program_refusal([](auto& b) { b.circuit(""); }), "needs a name"));
  CHECK(mentions(program_refusal([](auto& b) {
                   b.circuit("step");
                   b.circuit("step");
                 }),
                 "there is a circuit \"step\" already"));
  CHECK(program_refusal([](auto& b) {
          b.circuit("left");
          b.circuit("right");
          b.rule().run("up").finish();
        }) == "rule 0 (\"always\"): there is no circuit \"up\"; circuits are \"left\", \"right\"");
  CHECK(mentions(program_refusal([](auto& b) { b.rule("r0=0").run("up").finish(); }),
                 "rule 0 (\"r0=0\"): there is no circuit \"up\"; describe it"));
  CHECK(mentions(program_refusal([](auto& b) { b.circuit("step").set_register("r0", "INC"); }),
                 "circuit \"step\": the output of INC is used"));
  CHECK(mentions(
      program_refusal([](auto& b) {
        b.rule("r0 == 0").finish();
        b.rule("r0 != 0").next_state(2);
      }),
      "rule 1 (\"r0 != 0\") goes on in state 2, which has no rule; add rule(\"state 2\")"));
  CHECK(mentions(program_refusal([](auto& b) { b.rule().next_state(4096); }),
                 "rule 0 (\"always\"): there is no state 4096; states are 0 to 4095"));
  CHECK(mentions(program_refusal([](auto& b) { b.rule("r0 == 0"); }),
                 "state 0 has no rule for r0≠0"));
  CHECK(mentions(program_refusal([](auto& b) {
                   b.rule();
                   b.rule("r0 == 0");
                 }),
                 "rule 1 (r0=0): never applies", "move it up"));
}
