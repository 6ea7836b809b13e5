#include "scratch.hpp"

#include <algorithm>
#include <cstdlib>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <support/hand_written.hpp>
#include <support/program_text.hpp>
#include <support/random_program.hpp>

#include <nram/model-io/graph_data.hpp>
#include <nram/model-io/graphviz.hpp>
#include <nram/model-io/inspect.hpp>

using namespace nram;
using namespace nram::test;

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(std::string_view circuit) {
  const Machine machine = Machine::standard(2);
  return statements(machine, circuit_from_text(machine, circuit));
}

}  // namespace

TEST_CASE("statements show what matters and nothing else") {
  CHECK(lines_of("READ(r0) WRITE(r0,READ)") == Lines{"mem[r0] := mem[r0]  (idle)"});
  CHECK(lines_of("READ(r0) WRITE(r0,READ) r1=READ") ==
        Lines{"READ <- mem[r0]", "mem[r0] := mem[r0]  (idle)", "r1 := READ"});
  CHECK(lines_of("READ(r1) INC(READ) WRITE(r1,INC) r1=ADD ADD(r1,ONE)") ==
        Lines{"READ <- mem[r1]", "mem[r1] := INC(READ)", "r1 := ADD(r1, 1)"});
  CHECK(lines_of("READ(r1) WRITE(r0,READ)") == Lines{"READ <- mem[r1]", "mem[r0] := READ"});
  CHECK(lines_of("WRITE(r0,r1) r1=WRITE") == Lines{"mem[r0] := r1", "r1 := 0"});
  // INC is used twice, so it is named; DEC is not used at all.
  CHECK(lines_of("INC(r0) DEC(r1) READ(r1) WRITE(INC,ZERO) r0=INC") ==
        Lines{"INC <- INC(r0)", "mem[INC] := 0", "r0 := INC"});
  CHECK(lines_of("READ(r0) INC(r0) ADD(INC,INC) SUB(ADD,ADD) WRITE(r1,SUB)") ==
        Lines{"INC <- INC(r0)", "ADD <- ADD(INC, INC)", "mem[r1] := SUB(ADD, ADD)"});
}

TEST_CASE("constants are shown as numbers") {
  const Machine machine = Machine::standard(1, {"READ", "CONST(100)", "MIN", "WRITE"});
  const Circuit circuit =
      circuit_from_text(machine, "READ(r0) MIN(READ,CONST(100)) WRITE(r0,MIN) r0=CONST(100)");
  CHECK(statements(machine, circuit) ==
        Lines{"READ <- mem[r0]", "mem[r0] := MIN(READ, 100)", "r0 := 100"});
}

TEST_CASE("what a write that follows its read puts back is idle, nothing else is") {
  const Machine machine = Machine::standard(2);
  const auto idle = [&](std::string_view text) {
    return write_is_idle(machine, circuit_from_text(machine, text));
  };
  CHECK(idle("READ(r0) WRITE(r0,READ)"));
  CHECK_FALSE(idle("READ(r0) WRITE(r1,READ)"));
  CHECK_FALSE(idle("READ(r0) WRITE(r0,r1)"));
  const Machine no_read = Machine::standard(1, {"WRITE"});
  CHECK_FALSE(write_is_idle(no_read, blank_circuit(no_read)));
  CHECK(statements(no_read, blank_circuit(no_read)) == Lines{"mem[r0] := r0"});
}

TEST_CASE("a raw listing shows rule by rule what circuits do") {
  const Machine machine = Machine::standard(2);
  const Program program =
      program_from_text(machine, {{"r0=0", "READ(r0) WRITE(r0,READ) r0=INC INC(r0)", true},
                                  {"", "READ(r0) WRITE(r0,READ) r1=READ"}});
  CHECK(raw_listing(program) ==
        "# registers: 2\n"
        "# modules: READ ZERO ONE TWO INC ADD SUB DEC LT LE EQ MIN MAX WRITE\n"
        "# circuits: 2, rules: 2, states: 1\n"
        "\n"
        "when r0=0 (c0)\n"
        "  mem[r0] := mem[r0]  (idle)\n"
        "  r0 := INC(r0)\n"
        "  stop\n"
        "\n"
        "otherwise (c1)\n"
        "  READ <- mem[r0]\n"
        "  mem[r0] := mem[r0]  (idle)\n"
        "  r1 := READ\n");
  const Program states =
      program_from_text(machine, {{"", "r0=ONE", false, 0, 1}, {"", "r0=TWO", true, 1, 0}});
  CHECK(contains(raw_listing(states), "state 0:\n\nalways (c0)\n"));
  CHECK(contains(raw_listing(states), "  go to state 1\n\nstate 1:\n"));
}

TEST_CASE("graphs show modules, arguments and registers") {
  const Machine machine = Machine::standard(2);
  const Program program = program_from_text(
      machine, {{"", "READ(r1) SUB(READ,r0) ADD(r0,r1) WRITE(r0,SUB) r1=ADD", false, 0, 1},
                {"", "READ(r0) WRITE(r0,READ)", true, 1, 0}});
  const std::string pruned = circuit_dot(program, 0, CircuitView::pruned);
  CHECK(contains(pruned, "digraph circuit {"));
  CHECK(contains(pruned, "rankdir=LR"));
  CHECK(contains(pruned, "|SUB}"));
  CHECK(contains(pruned, ":a1\n"));
  CHECK(contains(pruned, "<a0> address|<a1> value"));
  CHECK(contains(pruned, "<a0> a|<a1> b"));
  CHECK(contains(pruned, "label=\"r1'\""));
  CHECK_FALSE(contains(pruned, "label=\"r0'\""));  // keeps its value
  CHECK_FALSE(contains(pruned, "label=\"MAX\""));
  const std::string whole = circuit_dot(program, 0, CircuitView::whole);
  CHECK(
      contains(whole, "label=\"MAX\", shape=box, style=\"rounded,filled\", fillcolor=\"#fcfcfc\""));
  CHECK_FALSE(contains(pruned, "#fcfcfc"));
  CHECK(contains(circuit_dot(program, 1, CircuitView::pruned), "(idle)"));
  const std::string all = program_dot(program, CircuitView::pruned);
  CHECK(contains(all, "subgraph cluster_c1"));
  CHECK(contains(all, "c1_v0"));
  CHECK(contains(all, "subgraph cluster_controller"));
  CHECK(contains(all, "s0 -> s1"));
  const std::string automaton = automaton_dot(program);
  CHECK(contains(automaton, "s0 -> s1 [label=\"always: c0\\l\"]"));
  CHECK(contains(automaton, "s1 -> stop"));
}

TEST_CASE("graphs for other tools have the same vertices and edges as the pictures") {
  const Machine machine = Machine::standard(2);
  const Program program = program_from_text(
      machine, {{"", "READ(r1) SUB(READ,r0) ADD(r0,r1) WRITE(r0,SUB) r1=ADD", false, 0, 1},
                {"", "READ(r0) WRITE(r0,READ)", true, 1, 0}});
  const DataGraph pruned = circuit_data(program, 0, CircuitView::pruned);
  const DataGraph whole = circuit_data(program, 0, CircuitView::whole);
  CHECK(num_vertices(pruned) < num_vertices(whole));
  CHECK(num_vertices(whole) == 2 + machine.modules().size() + 2);
  const nlohmann::json json = graph_json(whole);
  const auto vertex = [&](const std::string& name) -> nlohmann::json {
    for (const nlohmann::json& one : json["vertices"]) {
      if (one["name"] == name) {
        return one;
      }
    }
    return nullptr;
  };
  CHECK(vertex("c0.SUB")["live"] == true);
  CHECK(vertex("c0.SUB")["kind"] == "module");
  CHECK(vertex("c0.MAX")["live"] == false);
  CHECK(vertex("c0.r0'")["live"] == false);  // keeps its value
  CHECK(vertex("c0.r1'")["kind"] == "new-register");
  const nlohmann::json wire = {{"from", "c0.READ"}, {"to", "c0.SUB"}, {"label", "a"}};
  CHECK(std::count(json["edges"].begin(), json["edges"].end(), wire) == 1);

  const nlohmann::json controller = graph_json(automaton_data(program));
  CHECK(controller["vertices"].size() == 4);  // start, two states, stop
  const nlohmann::json arrow = {{"from", "s1"}, {"to", "stop"}, {"label", "always: c1"}};
  CHECK(std::count(controller["edges"].begin(), controller["edges"].end(), arrow) == 1);
  CHECK(num_vertices(program_data(program, CircuitView::pruned)) ==
        4 + num_vertices(pruned) + num_vertices(circuit_data(program, 1, CircuitView::pruned)));

  const std::string xml = graphml(whole);
  CHECK(contains(xml, "<graphml"));
  CHECK(contains(xml, "attr.name=\"kind\""));
  CHECK(contains(xml, ">c0.r1&apos;<"));
  std::size_t nodes = 0;
  for (std::size_t at = xml.find("<node"); at != std::string::npos;
       at = xml.find("<node", at + 1)) {
    ++nodes;
  }
  CHECK(nodes == num_vertices(whole));
}

TEST_CASE("listings and graphs exist for every program") {
  std::mt19937_64 random(11);
  for (int i = 0; i < 50; ++i) {
    const Program program = random_program({}, random);
    CHECK(contains(raw_listing(program), "# registers"));
    CHECK(contains(program_dot(program, CircuitView::whole), "digraph"));
    CHECK(contains(program_dot(program, CircuitView::pruned), "digraph"));
    CHECK(contains(automaton_dot(program), "digraph"));
  }
}

TEST_CASE("graphs are drawn by Graphviz") {
  const Scratch scratch;
  const std::string path = scratch.path("a.svg");
  const std::string old = std::getenv("PATH");  // NOLINT: the tests have one thread
  const Program& program = hand_written_programs().front().program;
  const std::string dot = program_dot(program, CircuitView::pruned);
  ::setenv("PATH", scratch.path("").c_str(), 1);
  const std::string missing = message_of(ErrorKind::io, [&] { draw_dot(dot, "svg", path); });
  ::setenv("PATH", old.c_str(), 1);
  CHECK(contains(missing, "not installed; install Graphviz"));
  CHECK(scratch.files() == 0);
  if (std::system("command -v dot >/dev/null") != 0) {  // NOLINT: a fixed command
    MESSAGE("Graphviz is not installed; nothing is drawn");
    return;
  }
  draw_dot(dot, "svg", path);
  CHECK(contains(slurp(path), "<svg"));
  draw_dot(automaton_dot(program), "svg", path);
  CHECK(contains(slurp(path), "stop"));
  draw_dot(automaton_dot(program), "png", path);
  CHECK(slurp(path).substr(1, 3) == "PNG");
  CHECK(contains(message_of(ErrorKind::io, [&] { draw_dot("digraph {", "svg", path); }), "syntax"));
}
