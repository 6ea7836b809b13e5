// A program of somebody else's: builds a circuit by hand, runs it, looks at the result. With the
// argument `jit` it runs as native code.

#include <cstdint>
#include <cstdio>
#include <span>
#include <string_view>
#include <vector>

#include <nram/engine/executor.hpp>
#ifdef WITH_TRAINER
#include <nram/trainer/builtin_tasks.hpp>
#endif

int main(int argc, char** argv) {
  // mem[r0] = r0 + 1, r0 = r0 + 1, until r0 has come round to 0.
  const nram::Machine machine = nram::Machine::standard(1);
  nram::Circuit circuit = nram::blank_circuit(machine);
  const auto inc = *machine.find_source("INC");
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    if (machine.modules()[q].name == "WRITE") {
      circuit.arguments[machine.first_argument(q) + 1] = inc;
    }
  }
  circuit.registers[0] = inc;
  // The last step starts with r0 = 0 for the second time: two states tell the two apart.
  const nram::Rule first{0, 0, 0, {0, 1, false}};
  const nram::Rule last{1, 1, 1, {0, 1, true}};
  const nram::Rule other{1, 0, 0, {0, 1, false}};
  const nram::Program program(machine, {circuit}, {first, last, other});

  std::vector<std::uint64_t> cells(8);
  nram::RunOptions options;
  options.modulus = nram::Modulus::of(cells.size());
  options.step_limit = nram::default_step_limit(cells.size());
  const nram::Engine engine = argc > 1 && std::string_view(argv[1]) == "jit"
                                  ? nram::Engine::jit
                                  : nram::Engine::interpreter;
  const auto executor = nram::make_executor(engine, program);
  const nram::RunResult result = executor->run(nram::MemoryView(std::span(cells)), options);

  bool right = result.outcome == nram::Outcome::finished && result.steps == cells.size() + 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    right = right && cells[i] == (i + 1) % cells.size();
  }
#ifdef WITH_TRAINER
  right = right && nram::find_task("copy") != nullptr;
#endif
  std::puts(right ? "right" : "wrong");
  return right ? 0 : 1;
}
