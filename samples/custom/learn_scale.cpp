// Learns a task of one's own with a module of one's own, and runs what was learned on a million
// elements. The task: v, A[0..n-1], 0 -> every A[i] becomes A[i] * v. The module: MUL.

#include <cstdio>
#include <vector>

#include <nram/engine/error.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/model-io/inspect.hpp>
#include <nram/trainer/train.hpp>

namespace {

using nram::Example;
using nram::Modulus;
using nram::Random;
using nram::TestCase;
using nram::Word;

// One example of n elements in a memory with `slack` cells behind them. O(n).
Example draw(std::size_t n, std::size_t slack, Modulus modulus, Random& random) {
  const auto any_value = [&] { return random.between(1, modulus.largest()); };
  Example example;
  example.memory.assign(n + 2 + slack, 0);
  example.expected.assign(example.memory.size(), std::nullopt);
  const Word factor = example.memory[0] = any_value();
  for (std::size_t i = 1; i <= n; ++i) {
    example.memory[i] = any_value();
    example.expected[i] = modulus.reduce(example.memory[i] * factor);
  }
  for (std::size_t i = n + 2; i < example.memory.size(); ++i) {
    example.memory[i] = any_value();  // must not matter
  }
  example.steps = 4 + 2 * n;
  return example;
}

class Scale final : public nram::Task {
 public:
  [[nodiscard]] std::string_view name() const override { return "scale"; }
  [[nodiscard]] std::string_view summary() const override { return "v, A, 0  ->  A[i] * v"; }
  [[nodiscard]] std::size_t levels() const override { return 4; }

  // For the soft machine: equal sizes, modulo the number of cells.
  [[nodiscard]] std::vector<Example> draw_level(std::size_t level, std::size_t count,
                                                Random& random) const override {
    const std::size_t slack = random.below(4);
    std::vector<Example> examples;
    for (std::size_t i = 0; i < count; ++i) {
      examples.push_back(draw(level + 1, slack, Modulus::of(level + 3 + slack), random));
    }
    return examples;
  }

  // For the discrete search: any size and modulus.
  [[nodiscard]] std::vector<TestCase> draw_cases(std::size_t level, std::size_t count,
                                                 Word largest_modulus,
                                                 Random& random) const override {
    std::vector<TestCase> cases;
    for (std::size_t i = 0; i < count; ++i) {
      const Modulus modulus = Modulus::of(random.between(largest_modulus / 2, largest_modulus));
      cases.push_back({draw(level + 1, random.below(4), modulus, random), modulus});
    }
    return cases;
  }

  // To judge by: longer arrays of 32-bit numbers.
  [[nodiscard]] std::vector<TestCase> draw_held_out(std::size_t count, std::size_t scale,
                                                    Random& random) const override {
    std::vector<TestCase> cases;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t n = 1 + random.below(40 * scale);
      cases.push_back({draw(n, random.below(4), Modulus::word32(), random), Modulus::word32()});
    }
    return cases;
  }
};

int learn_and_run() {
  nram::ModuleTable table = nram::ModuleTable::standard();
  // Operands are below the modulus; below 2^32 their product fits into a word.
  table.add({"MUL", nram::Opcode::custom, 2,
             [](Word a, Word b, Modulus m) { return m.reduce(a * b); }, "a * b"});
  nram::TrainOptions options;
  options.modules.clear();
  for (const char* const name : {"READ", "ZERO", "ONE", "INC", "DEC", "EQ", "MUL", "WRITE"}) {
    options.modules.push_back(*table.find(name));
  }

  const Scale task;
  nram::Settings settings;
  settings.portfolio.seed = 3;  // 1 to 6 took 1 to 5 seconds, this one least
  options.time_budget = 300;
  const nram::TrainResult result = nram::train(task, settings, options);
  if (!result.report.is_solved()) {
    std::printf("not solved within %.0f s\n", result.report.seconds);
    return 1;
  }
  const nram::Program& program = *result.program;
  std::printf("learned in %.1f s:\n%s", result.report.seconds, nram::listing(program).c_str());

  Random random(1);
  const TestCase large{draw(1000000, 0, Modulus::word32(), random), Modulus::word32()};
  const auto executor = nram::make_executor(nram::Engine::interpreter, program);
  const nram::Verdict verdict = nram::judge(*executor, large, nram::step_limit_of(large));
  std::printf("%llu of %llu cells wrong\n", static_cast<unsigned long long>(verdict.wrong_cells),
              static_cast<unsigned long long>(verdict.result_cells));
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
