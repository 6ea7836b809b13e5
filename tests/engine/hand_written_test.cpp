// The hand-written programs do their tasks, so that what tests and benchmarks run is meaningful.

#include <doctest/doctest.h>
#include <support/hand_written.hpp>
#include <support/run_record.hpp>
#include <support/task_case.hpp>

using namespace nram;
using namespace nram::test;

namespace {

void check_case(const Executor& executor, const TaskCase& task_case, Modulus modulus) {
  RunCase run_case{.memory = task_case.memory, .options = {.modulus = modulus}};
  run_case.options.step_limit = default_step_limit(task_case.memory.size());
  const RunRecord record = record_run(executor, run_case);
  REQUIRE(record.result.outcome == Outcome::finished);
  REQUIRE(record.memory == task_case.expected);
}

}  // namespace

TEST_CASE("the hand-written programs solve their tasks, stop and are clean") {
  std::mt19937_64 random(1);
  for (const HandWritten& written : hand_written_programs()) {
    CAPTURE(written.task);
    const auto executor =
        make_executor(jit_available() ? Engine::jit : Engine::interpreter, written.program);
    const auto reference = make_executor(Engine::reference, written.program);
    for (std::size_t i = 0; i < 600; ++i) {
      const std::size_t n = i < 500 ? 1 + i % 25 : 300;
      CAPTURE(n);
      const TaskCase task_case = random_task_case(written.task, n, random);
      check_case(*executor, task_case, Modulus::of(task_case.memory.size()));
      check_case(*executor, task_case, Modulus::word64());
      check_case(i % 10 == 0 ? *reference : *executor, task_case, Modulus::of(1000003));
    }
  }
}
