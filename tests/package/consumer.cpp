// A program of somebody else's: writes a program for the machine by hand, runs it, looks at the
// result. With the argument `jit` it runs as native code.

#include <cstdint>
#include <cstdio>
#include <span>
#include <string_view>
#include <vector>

#include <nram/engine/executor.hpp>
#include <nram/engine/program_builder.hpp>
#ifdef WITH_TRAINER
#include <nram/trainer/builtin_tasks.hpp>
#endif

int main(int argc, char** argv) {
  // mem[r0] = r0 + 1, r0 = r0 + 1, until r0 has come round to 0. The last step starts with r0 = 0
  // for the second time: two states tell the two apart.
  nram::ProgramBuilder builder(nram::Machine::standard(1));
  builder.circuit("count")
      .set("INC", "a", "r0")
      .set("WRITE", {"r0", "INC"})
      .set_register("r0", "INC");
  builder.rule("state 0").run("count").next_state(1);
  builder.rule("state 1, r0 == 0").run("count").finish();
  builder.rule("state 1, r0 != 0").run("count");
  const nram::Program program = builder.build();

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
