// Learns a task of one's own with a module of one's own, and runs what was learned on a million
// elements. The task: v, A[0..n-1], 0 -> every A[i] becomes A[i] * v. The module: MUL.

#include <cstdio>

#include <nram/nram.hpp>

namespace {

nram::Example draw(const nram::Draw& draw, nram::Random& random) {
  nram::Example example;
  example.memory.assign(1 + draw.n + 1 + draw.slack, 0);
  example.expected.assign(example.memory.size(), std::nullopt);
  const nram::Modulus modulus = draw.modulus_for(example.memory.size());
  const nram::Word factor = example.memory[0] = random.between(1, modulus.largest());
  for (std::size_t i = 1; i <= draw.n; ++i) {
    example.memory[i] = random.between(1, modulus.largest());
    example.expected[i] = modulus.reduce(example.memory[i] * factor);
  }
  return example;
}

int learn_and_run() {
  nram::ModuleTable table = nram::ModuleTable::standard();
  // Operands are below the modulus; below 2^32 their product fits into a word.
  table.add({"MUL", nram::Opcode::custom, 2,
             [](nram::Word a, nram::Word b, nram::Modulus m) { return m.reduce(a * b); }, "a * b"});
  nram::TrainOptions options;
  options.modules = table.select({"READ", "ZERO", "ONE", "INC", "DEC", "EQ", "MUL", "WRITE"});
  options.time_budget = 300;
  const nram::FunctionTask task("scale", draw);
  const nram::TrainResult learned = nram::train(task, {}, options);
  if (!learned.report.is_solved()) {
    std::printf("not solved within %.0f s\n", learned.report.seconds);
    return 1;
  }
  std::printf("learned in %.1f s:\n%s", learned.report.seconds,
              nram::listing(*learned.program).c_str());

  nram::Random random(1);
  const nram::TestCase large{task.draw_random(1000000, nram::Modulus::word32(), random),
                             nram::Modulus::word32()};
  const auto executor = nram::make_executor(nram::Engine::interpreter, *learned.program);
  const nram::Verdict verdict = nram::judge(*executor, large, nram::step_limit_of(large));
  std::printf("%ju of %ju cells wrong\n", std::uintmax_t{verdict.wrong_cells},
              std::uintmax_t{verdict.result_cells});
  return verdict.right() && verdict.stopped ? 0 : 1;
}

}  // namespace

int main() {
  try {
    return learn_and_run();
  } catch (const nram::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
}
