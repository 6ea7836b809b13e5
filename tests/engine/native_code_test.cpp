// What only native code does: if-converted pairs of blocks, and vectorised loops with computed
// addresses within the code. On memories for which the programs were not made:
// arrays that break off at the end of the memory, addresses that do not exist, arrays that overlap.

#include <algorithm>
#include <random>
#include <string>

#include <doctest/doctest.h>
#include <support/hand_written.hpp>
#include <support/program_text.hpp>
#include <support/run_record.hpp>
#include <support/task_case.hpp>

#include <nram/engine/executor.hpp>

using namespace nram;
using namespace nram::test;

namespace {

using Random = std::mt19937_64;

RunCase spoilt_case(const std::string& task, Random& random) {
  RunCase run_case;
  run_case.cells = random() % 2 == 0 ? CellType::u32 : CellType::u64;
  run_case.memory = random_task_case(task, 1 + random() % 150, random).memory;
  if (random() % 2 == 0) {
    run_case.memory.resize(1 + random() % run_case.memory.size());
  }
  const std::size_t cells = run_case.memory.size();
  // The cases of tasks have values below their number of cells.
  const Word largest = *std::max_element(run_case.memory.begin(), run_case.memory.end());
  const unsigned kind = static_cast<unsigned>(random() % 3);
  run_case.options.modulus = kind == 0   ? word_modulus(run_case.cells)
                             : kind == 1 ? Modulus::of(std::max<Word>(cells, largest + 1))
                                         : Modulus::of(std::max<Word>(cells, largest) + 50);
  for (unsigned changes = static_cast<unsigned>(random() % 4); changes != 0; --changes) {
    const Word value = random() % 4 == 0 ? run_case.options.modulus.reduce(random())
                                         : run_case.options.modulus.reduce(random() % (cells + 9));
    const std::size_t place = random() % 2 == 0 ? random() % cells : random() % 4;
    run_case.memory[std::min(place, cells - 1)] = value;
  }
  run_case.options.step_limit = random() % 4 == 0 ? random() % 300 : 2000;
  return run_case;
}

}  // namespace

TEST_CASE("native code agrees with the reference on memories that programs were not made for") {
  if (!jit_available()) {
    return;
  }
  Random random(31);
  for (const std::string task : {"merge", "permutation", "reverse", "list-search"}) {
    CAPTURE(task);
    const Program& program = hand_written_program(task);
    const auto reference = make_executor(Engine::reference, program);
    const auto jit = make_executor(Engine::jit, program);
    std::size_t faults = 0;
    std::size_t finished = 0;
    for (unsigned i = 0; i < 3000; ++i) {
      CAPTURE(i);
      RunCase run_case = spoilt_case(task, random);
      const RunRecord expected = record_run(*reference, run_case);
      faults += expected.result.outcome == Outcome::address_fault ? 1U : 0U;
      finished += expected.result.outcome == Outcome::finished ? 1U : 0U;
      for (const Speculation speculation : {Speculation::never, Speculation::worthwhile}) {
        run_case.options.speculation = speculation;
        const RunRecord record = record_run(*jit, run_case);
        CHECK(record.result.steps == expected.result.steps);
        REQUIRE((record == expected));
      }
    }
    CHECK(faults > 200);
    CHECK(finished > 500);
  }
}

TEST_CASE("a computed value that has to be zero, and counts, is zero in one iteration only") {
  // Fills the memory with copies of cell r2 + address, which wraps round: with as many cells as the
  // modulus, the sum is zero for one address of each round.
  const Program program =
      program_from_text(machine_of(3, {"READ", "ONE", "INC", "ADD", "WRITE"}),
                        {{"", "READ(r0) INC(r0) WRITE(r0,READ) r0=INC r2=READ", false, 0, 1},
                         {"r0!=0", "READ(r0) ADD(r0,r2) WRITE(r0,READ) r1=ADD", false, 1, 2},
                         {"", "READ(r0) ADD(r0,r2) WRITE(r0,READ) r1=ADD", true, 1, 1},
                         {"r1=0", "INC(r0) WRITE(r0,ONE) r0=INC", false, 2, 1},
                         {"", "READ(r1) INC(r0) WRITE(r0,READ) r0=INC", false, 2, 1}});
  const auto reference = make_executor(Engine::reference, program);
  for (const std::size_t cells : {8U, 9U, 100U, 3001U}) {
    CAPTURE(cells);
    for (const CellType type : {CellType::u32, CellType::u64}) {
      RunCase run_case{.memory = std::vector<Word>(cells, 3), .cells = type, .options = {}};
      run_case.options.modulus = Modulus::of(cells);
      run_case.options.step_limit = 4 * cells;
      for (Word i = 0; i < cells; ++i) {
        run_case.memory[i] = i == 0 ? cells - 2 : 2 + i % 5;
      }
      const RunRecord expected = record_run(*reference, run_case);
      CHECK(expected.result.outcome == Outcome::finished);
      for (const Engine engine : {Engine::interpreter, Engine::jit}) {
        if (engine == Engine::jit && !jit_available()) {
          continue;
        }
        const auto executor = make_executor(engine, program);
        for (const Speculation speculation : {Speculation::worthwhile, Speculation::always}) {
          run_case.options.speculation = speculation;
          CHECK(record_run(*executor, run_case) == expected);
        }
      }
    }
  }
}
