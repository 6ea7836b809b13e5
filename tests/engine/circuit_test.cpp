#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <support/program_text.hpp>
#include <support/random_program.hpp>

#include <nram/engine/circuit_graph.hpp>

using namespace nram;
using namespace nram::test;

TEST_CASE("a circuit must fit its machine, and the message says what does not, and where") {
  const Machine machine = Machine::standard(2);
  const Circuit good = blank_circuit(machine);
  CHECK_NOTHROW(validate(machine, good, "circuit 3"));
  const auto refusal = [&](auto change) {
    Circuit bad = good;
    change(bad);
    return message_of(ErrorKind::data, [&] { validate(machine, bad, "circuit 3"); });
  };
  CHECK(mentions(refusal([](Circuit& c) { c.arguments.pop_back(); }), "circuit 3",
                 "18 module arguments", "19"));
  CHECK(mentions(refusal([](Circuit& c) { c.registers.push_back(0); }), "sets 3 registers"));
  CHECK(mentions(refusal([](Circuit& c) { c.registers[1] = 16; }), "r1", "source 16"));
  CHECK(mentions(refusal([](Circuit& c) { c.arguments[0] = 2; }), "circuit 3",
                 "argument 0 of READ is READ", "does not run before"));
  CHECK(mentions(refusal([](Circuit& c) { c.arguments[3] = 7; }), "argument 1 of ADD is ADD"));
  CHECK(mentions(refusal([](Circuit& c) { c.arguments[3] = 99; }), "source 99"));
}

TEST_CASE("live modules are those that reach a register or WRITE") {
  const Machine machine = Machine::standard(2);
  const auto live_names = [&](std::string_view text) {
    const std::vector<bool> live = live_modules(machine, circuit_from_text(machine, text));
    std::string names;
    for (unsigned q = 0; q < live.size(); ++q) {
      names += live[q] ? machine.modules()[q].name + " " : "";
    }
    return names;
  };
  CHECK(live_names("WRITE(r0,r1)") == "WRITE ");
  CHECK(live_names("READ(r1) WRITE(r0,READ)") == "READ WRITE ");
  CHECK(live_names("INC(r0) WRITE(r0,r1) r0=INC") == "INC WRITE ");
  CHECK(live_names("READ(r1) INC(READ) WRITE(r0,r1) r0=INC") == "READ INC WRITE ");
  CHECK(live_names("INC(r0) ADD(INC,TWO) MIN(ADD,r0) WRITE(MIN,r1)") == "TWO INC ADD MIN WRITE ");
}

TEST_CASE("the whole graph has every vertex in topological order and every edge") {
  std::mt19937_64 random(3);
  for (unsigned i = 0; i < 200; ++i) {
    const Machine machine = random_machine({}, random);
    const Circuit circuit = random_circuit(machine, random);
    const CircuitGraph graph = graph_of(machine, circuit);
    const auto modules = static_cast<unsigned>(machine.modules().size());
    REQUIRE(num_vertices(graph) == 2 * machine.registers() + modules);
    REQUIRE(num_edges(graph) == machine.arguments() + machine.registers());
    for (const auto edge : boost::make_iterator_range(edges(graph))) {
      REQUIRE(source(edge, graph) < target(edge, graph));
      const CircuitVertex to = graph[target(edge, graph)];
      const Source expected =
          to.kind == VertexKind::module
              ? circuit.arguments[machine.first_argument(to.index) + graph[edge].position]
              : circuit.registers[to.index];
      // Inputs and modules come first, so vertex numbers are source numbers.
      REQUIRE(source(edge, graph) == expected);
    }
  }
}

TEST_CASE("the pruned graph has what matters only") {
  const Machine machine = Machine::standard(3);
  const CircuitGraph graph = pruned_graph_of(
      machine, circuit_from_text(machine, "INC(r1) DEC(r2) ADD(INC,ONE) r0=ADD WRITE(r0,r0)"));
  std::string vertices;
  for (const auto vertex : boost::make_iterator_range(boost::vertices(graph))) {
    const CircuitVertex& v = graph[vertex];
    vertices += v.kind == VertexKind::module           ? machine.modules()[v.index].name
                : v.kind == VertexKind::register_input ? "in" + std::to_string(v.index)
                                                       : "out" + std::to_string(v.index);
    vertices += " ";
  }
  CHECK(vertices == "in0 in1 ONE INC ADD WRITE out0 ");
  CHECK(num_edges(graph) == 6);
}
