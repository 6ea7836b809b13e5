// Loops with reductions, vectorised and in parallel, against the reference: sums, minima and
// maxima, what is done with them on the way, and every way in which such loops end.

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <support/program_text.hpp>
#include <support/run_record.hpp>

#include <nram/engine/executor.hpp>

using namespace nram;
using namespace nram::test;

namespace {

using Random = std::mt19937_64;

// Walks through the memory from cell 2 on until it finds a zero; then cell 0 becomes r2. r0: the
// cell after the current one, r1: the current value, r2: the reduction, from 0 on (of least,
// from M - 1 on), r4: what cell 1 holds. Also stops when r6 is zero.
struct Loop {
  std::string_view name;
  std::string_view first;        // what an iteration does besides
  std::string_view second = "";  // its second step, if it has two
};

constexpr std::array<Loop, 15> reduction_loops = {{
    {"sum", "ADD(r1,r2) WRITE(r0,READ) r2=ADD"},
    {"difference", "SUB(r2,r1) WRITE(r0,READ) r2=SUB"},
    {"largest", "MAX(r1,r2) WRITE(r0,READ) r2=MAX"},
    {"least", "MIN(r1,r5) WRITE(r0,READ) r2=MIN r5=MIN"},
    {"sum and largest", "ADD(r1,r2) MAX(r1,r3) WRITE(r0,READ) r2=ADD r3=MAX"},
    {"how many were less", "LT(r1,r4) ADD(r2,r3) WRITE(r0,READ) r2=ADD r3=LT"},
    {"sum of sums", "ADD(r1,r2) SUB(r3,r2) WRITE(r0,READ) r2=ADD r3=SUB"},
    {"sum before", "ADD(r1,r2) WRITE(r0,READ) r2=ADD r3=r2"},
    {"prefix sums", "ADD(r1,r2) DEC(r0) WRITE(DEC,ADD) r2=ADD"},
    {"sum so far in one cell", "ADD(r1,r2) WRITE(ZERO,ADD) r2=ADD"},
    {"last value in one cell", "WRITE(ONE,r1)"},
    {"sum so far anywhere", "ADD(r1,r2) WRITE(r4,r2) r2=ADD"},
    {"prefix sums and sum so far", "ADD(r1,r2) DEC(r0) WRITE(DEC,ADD) r2=ADD", "WRITE(ZERO,r2)"},
    {"sum up to a limit", "ADD(r1,r2) LT(r2,r4) WRITE(r0,READ) r2=ADD r6=LT"},
    {"largest up to a limit", "MAX(r1,r2) LT(r2,r4) DEC(r0) WRITE(DEC,MAX) r2=MAX r6=LT"},
}};

// These load in every iteration, or in some, what an iteration before has stored.
constexpr std::array<Loop, 8> loops_of_native_code = {{
    {"sum in a cell", "WRITE(r0,READ)", "READ(r6) ADD(READ,r1) WRITE(r6,ADD)"},
    {"largest in a cell", "WRITE(r0,READ)", "READ(r6) MAX(r1,READ) WRITE(r6,MAX)"},
    {"least in a cell", "WRITE(r0,READ)", "READ(r3) MIN(r1,READ) WRITE(r3,MIN)"},
    {"difference in a cell", "WRITE(r0,READ)", "READ(r6) SUB(READ,r1) WRITE(r6,SUB)"},
    {"sum in a cell, tested", "WRITE(r0,READ)", "READ(r4) ADD(READ,r1) WRITE(r4,ADD) r6=ADD"},
    {"sum in any cell", "WRITE(r0,READ)", "READ(r4) ADD(READ,r1) WRITE(r4,ADD)"},
    {"sum so far in any cell", "ADD(r1,r2) WRITE(r4,ADD) r2=ADD"},
    {"sum of what is pointed at", "WRITE(r0,READ)", "READ(r1) ADD(READ,r2) WRITE(r6,ADD) r2=ADD"},
}};

Program program_of(const Loop& loop) {
  const std::string body = "READ(r0) INC(r0) r0=INC r1=READ " + std::string(loop.first);
  const TextRule start = {"", "READ(r0) WRITE(r0,READ) r0=ONE r6=ONE", false, 0, 1};
  const TextRule limit = {"", "READ(r0) DEC(ZERO) WRITE(r0,READ) r0=TWO r4=READ r5=DEC", false, 1,
                          2};
  const TextRule first = {"", "READ(r0) INC(r0) WRITE(r0,READ) r0=INC r1=READ", false, 2, 3};
  const TextRule end = {"r1=0", "WRITE(ZERO,r2)", true, 3, 3};
  const TextRule other_end = {"r6=0", "WRITE(ZERO,r2)", true, 3, 3};
  if (loop.second.empty()) {
    return program_from_text(Machine::standard(7),
                             {start, limit, first, end, other_end, {"", body, false, 3, 3}});
  }
  return program_from_text(Machine::standard(7), {start,
                                                  limit,
                                                  first,
                                                  end,
                                                  other_end,
                                                  {"", body, false, 3, 4},
                                                  {"", loop.second, false, 4, 3}});
}

// n values, the first zero among them at `end`, if there is one.
RunCase input(std::size_t n, std::size_t end, Random& random) {
  RunCase run_case;
  run_case.cells = random() % 2 == 0 ? CellType::u32 : CellType::u64;
  const unsigned kind = static_cast<unsigned>(random() % 3);
  run_case.options.modulus = kind == 0   ? word_modulus(run_case.cells)
                             : kind == 1 ? Modulus::of(n + 2 + random() % 3)
                                         : Modulus::of((Word{1} << 31U) + 11);
  run_case.memory.resize(n + 2);
  const Word largest = random() % 2 == 0 ? 9 : run_case.options.modulus.largest();
  for (Word& cell : run_case.memory) {
    cell = 1 + random() % largest;
  }
  run_case.memory[1] = run_case.options.modulus.reduce(random() % (5 * n));
  if (end < n) {
    run_case.memory[2 + end] = 0;
  }
  run_case.options.step_limit = random() % 4 == 0 ? random() % n : 2 * n + 10;
  return run_case;
}

void require_same(const Executor& engine, RunCase run_case, const RunRecord& expected) {
  for (const Speculation speculation : {Speculation::always, Speculation::worthwhile}) {
    run_case.options.speculation = speculation;
    const RunRecord record = record_run(engine, run_case);
    CAPTURE(engine.name());
    CAPTURE(static_cast<int>(speculation));
    CAPTURE(run_case.options.modulus.to_string());
    CHECK(record.result.steps == expected.result.steps);
    CHECK(record.result.registers == expected.result.registers);
    REQUIRE((record == expected));
  }
}

}  // namespace

TEST_CASE("loops with reductions agree with the reference" * doctest::test_suite("parallel")) {
  Random random(17);
  std::vector<Loop> all(reduction_loops.begin(), reduction_loops.end());
  all.insert(all.end(), loops_of_native_code.begin(), loops_of_native_code.end());
  for (const Loop& loop : all) {
    CAPTURE(loop.name);
    const Program program = program_of(loop);
    const auto reference = make_executor(Engine::reference, program);
    std::vector<std::unique_ptr<Executor>> engines;
    engines.push_back(make_executor(Engine::interpreter, program));
    if (jit_available()) {
      engines.push_back(make_executor(Engine::jit, program));
    }
    for (unsigned i = 0; i < 60; ++i) {
      CAPTURE(i);
      const std::size_t n = 1 + random() % 4000;
      const RunCase run_case = input(n, random() % (2 * n), random);
      const RunRecord expected = record_run(*reference, run_case);
      for (const auto& engine : engines) {
        require_same(*engine, run_case, expected);
      }
    }
  }
}

TEST_CASE("large loops with reductions: as step by step" * doctest::test_suite("parallel")) {
  Random random(23);
  for (const Loop& loop : reduction_loops) {
    CAPTURE(loop.name);
    const auto engine = make_executor(Engine::interpreter, program_of(loop));
    constexpr std::size_t n = 600000;
    for (const std::size_t end : {n, n - 1, random() % n}) {
      CAPTURE(end);
      RunCase run_case = input(n, end, random);
      run_case.memory[1] = run_case.options.modulus.largest();  // no limit, as a rule
      run_case.options.step_limit = 2 * n + 10;
      run_case.options.speculation = Speculation::never;
      const RunRecord expected = record_run(*engine, run_case);
      run_case.options.speculation = Speculation::worthwhile;
      const RunRecord record = record_run(*engine, run_case);
      CHECK(record.result.vectorised_steps + 2000 > record.result.steps / 10 * 9);
      CHECK(record.result.registers == expected.result.registers);
      REQUIRE((record == expected));
    }
  }
}
