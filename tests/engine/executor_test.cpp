// What a run promises, executor by executor.

#include <atomic>

#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <support/hand_written.hpp>
#include <support/program_text.hpp>
#include <support/random_program.hpp>
#include <support/run_record.hpp>

using namespace nram;
using namespace nram::test;

namespace {

std::vector<Engine> engines() {
  std::vector<Engine> result = {Engine::reference, Engine::interpreter};
  if (jit_available()) {
    result.push_back(Engine::jit);
  }
  return result;
}

// Runs until told otherwise: r0 counts the steps.
Program counter() {
  return program_from_text(Machine::standard(2), {{"", "READ(r1) INC(r0) WRITE(r1,READ) r0=INC"}});
}

RunCase run_case_of(std::vector<Word> memory, Modulus modulus, std::uint64_t step_limit) {
  return {.memory = std::move(memory), .options = {.modulus = modulus, .step_limit = step_limit}};
}

}  // namespace

TEST_CASE("engines have names") {
  for (const Engine engine : engines()) {
    const auto executor = make_executor(engine, counter());
    CHECK(engine_named(executor->name()) == engine);
  }
  CHECK(!engine_named("turbo"));
}

TEST_CASE("the JIT is there if this build has it, else there is a reason") {
  CHECK(jit_available() == (BUILT_WITH_JIT != 0));
  if (!jit_available()) {
    CHECK(
        mentions(message_of(ErrorKind::usage, [] { (void)make_executor(Engine::jit, counter()); }),
                 "libnram-jit.so", "llvm-19-dev"));
  }
}

TEST_CASE("a program that does not stop ends at the step limit") {
  for (const Engine engine : engines()) {
    const auto executor = make_executor(engine, counter());
    CAPTURE(executor->name());
    for (const std::uint64_t limit : {0, 1, 2, 1000}) {
      const RunRecord record = record_run(*executor, run_case_of({0, 0}, Modulus::word64(), limit));
      CHECK(record.result.outcome == Outcome::step_limit);
      CHECK(record.result.steps == limit);
      CHECK(record.result.registers == std::vector<Word>{limit, 0});
    }
  }
  CHECK(default_step_limit(1000) == 64000 + 65536);
  CHECK(default_step_limit(~std::size_t{0}) == ~std::uint64_t{0});
}

TEST_CASE("a program that finishes in the last step allowed has finished") {
  const Program program =
      program_from_text(Machine::standard(1), {{"", "READ(r0) WRITE(r0,READ)", true}});
  for (const Engine engine : engines()) {
    const auto executor = make_executor(engine, program);
    CAPTURE(executor->name());
    const RunRecord record = record_run(*executor, run_case_of({0, 0}, Modulus::word64(), 1));
    CHECK(record.result.outcome == Outcome::finished);
    CHECK(record.result.steps == 1);
    CHECK(record_run(*executor, run_case_of({0, 0}, Modulus::word64(), 0)).result.outcome ==
          Outcome::step_limit);
  }
}

TEST_CASE("progress is reported at the interval and may cancel") {
  for (const Engine engine : engines()) {
    const auto executor = make_executor(engine, counter());
    CAPTURE(executor->name());
    RunCase run_case = run_case_of({0, 0}, Modulus::word64(), 1000);
    run_case.progress = true;
    run_case.options.progress_interval = 300;
    CHECK(record_run(*executor, run_case).progress == std::vector<std::uint64_t>{300, 600, 900});

    run_case.cancel_after = 500;
    const RunRecord cancelled = record_run(*executor, run_case);
    CHECK(cancelled.result.outcome == Outcome::cancelled);
    CHECK(cancelled.result.steps == 600);
    CHECK(cancelled.result.registers[0] == 600);
    CHECK(cancelled.progress == std::vector<std::uint64_t>{300, 600});
  }
}

TEST_CASE("initial registers are used, and decide the first circuit") {
  for (const Engine engine : engines()) {
    const auto executor = make_executor(engine, hand_written_program("copy"));
    CAPTURE(executor->name());
    // As if the loop was under way: target 6, source 3, value 5.
    RunCase run_case = run_case_of({5, 1, 2, 3, 0, 0, 0, 0}, Modulus::of(8), 100);
    run_case.options.registers = {6, 3, 5};
    const RunRecord record = record_run(*executor, run_case);
    CHECK(record.result.outcome == Outcome::finished);
    CHECK(record.memory == std::vector<Word>{5, 1, 2, 3, 0, 0, 5, 3});
  }
}

TEST_CASE("a fault names step, module, address and registers, and changes nothing") {
  const Program& program = hand_written_program("copy");
  for (const Engine engine : engines()) {
    const auto executor = make_executor(engine, program);
    CAPTURE(executor->name());
    // The target lies outside; step 3 is the first that writes there.
    const RunRecord record =
        record_run(*executor, run_case_of({90, 7, 8, 9, 0}, Modulus::word64(), 100));
    CHECK(record.result.outcome == Outcome::address_fault);
    CHECK(record.result.steps == 2);
    CHECK(record.result.fault == AddressFault{13, 90});
    CHECK(record.result.registers == std::vector<Word>{90, 2, 7});
    CHECK(record.memory == std::vector<Word>{90, 7, 8, 9, 0});
    CHECK(describe_fault(program.machine(), record.result, 5) ==
          "WRITE of address 90 in step 3 (memory has 5 cells; registers r0=90 r1=2 r2=7)");
  }
  CHECK(mentions(message_of(ErrorKind::usage,
                            [&] { (void)describe_fault(program.machine(), RunResult{}, 5); }),
                 "no fault"));
}

TEST_CASE("a READ that faults after the WRITE of its step takes the WRITE back") {
  const Machine machine = Machine::standard(2, {"INC", "WRITE", "READ"});
  const Program program =
      program_from_text(machine, {{"", "INC(r0) WRITE(r0,INC) READ(r1) r0=INC r1=READ"}});
  for (const Engine engine : engines()) {
    const auto executor = make_executor(engine, program);
    CAPTURE(executor->name());
    // Step 1 writes 1 to cell 0 and reads it, step 2 writes 2 to cell 1 and reads that; then r1
    // = 9.
    const RunRecord record =
        record_run(*executor, run_case_of({0, 0, 0, 0}, Modulus::word64(), 10));
    CHECK(record.result.outcome == Outcome::address_fault);
    CHECK(record.result.fault == AddressFault{1, 4});  // WRITE runs first, so it is what faults
    RunCase run_case = run_case_of({0, 0, 50, 0}, Modulus::word64(), 10);
    run_case.options.registers = {1, 2};
    const RunRecord taken_back = record_run(*executor, run_case);
    CHECK(taken_back.result.outcome == Outcome::address_fault);
    CHECK(taken_back.result.steps == 1);
    CHECK(taken_back.result.fault == AddressFault{2, 50});
    CHECK(taken_back.result.registers == std::vector<Word>{2, 50});
    CHECK(taken_back.memory == std::vector<Word>{0, 2, 50, 0});
  }
}

TEST_CASE("a READ that nobody uses cannot fail; every WRITE counts") {
  const Machine machine = Machine::standard(2, {"READ", "WRITE"});
  RunCase run_case = run_case_of({4, 5, 6}, Modulus::word64(), 1);
  run_case.options.registers = {77, 1};
  for (const Engine engine : engines()) {
    const auto dead =
        make_executor(engine, program_from_text(machine, {{"", "READ(r0) WRITE(r1,r1)"}}));
    CAPTURE(dead->name());
    const RunRecord record = record_run(*dead, run_case);
    CHECK(record.result.outcome == Outcome::step_limit);
    CHECK(record.memory == std::vector<Word>{4, 1, 6});

    const auto idle =
        make_executor(engine, program_from_text(machine, {{"", "READ(r1) WRITE(r0,r1)"}}));
    CHECK(record_run(*idle, run_case).result.fault == AddressFault{1, 77});
  }
}

TEST_CASE("what cannot be run is refused") {
  const auto executor = make_executor(Engine::interpreter, counter());
  std::vector<std::uint32_t> narrow(4, 0);
  std::vector<std::uint64_t> empty;
  const auto refusal = [&](ErrorKind kind, MemoryView memory, const RunOptions& options) {
    return message_of(kind, [&] { (void)executor->run(memory, options); });
  };
  const MemoryView memory{std::span(narrow)};
  CHECK(mentions(refusal(ErrorKind::data, MemoryView{std::span(empty)}, {}), "no cells"));
  CHECK(mentions(refusal(ErrorKind::data, memory, {.modulus = Modulus::of(3)}), "4 cells", "3"));
  CHECK(mentions(refusal(ErrorKind::usage, memory, {.modulus = Modulus::word64()}), "2^64",
                 "64-bit"));
  const Modulus five = Modulus::of(5);
  CHECK(mentions(refusal(ErrorKind::data, memory, {.modulus = five, .registers = {1}}),
                 "1 initial registers", "has 2"));
  CHECK(mentions(refusal(ErrorKind::data, memory, {.modulus = five, .registers = {1, 5}}), "r1",
                 "holds 5"));
  CHECK(mentions(refusal(ErrorKind::usage, memory, {.modulus = five, .progress_interval = 0}),
                 "progress interval"));
}

TEST_CASE("a batch gives what single runs give, in order, and asks for progress" *
          doctest::test_suite("parallel")) {
  std::mt19937_64 random(11);
  const Program& program = hand_written_program("increment");
  const auto executor = make_executor(jit_available() ? Engine::jit : Engine::interpreter, program);
  std::vector<std::vector<Word>> memories;
  for (std::size_t i = 0; i < 500; ++i) {
    memories.push_back(random_memory(1 + i % 30, Modulus::of(40), random));
  }
  std::vector<std::vector<Word>> expected = memories;
  std::vector<MemoryView> views;
  for (std::vector<Word>& memory : memories) {
    views.emplace_back(std::span(memory));
  }
  std::atomic<std::uint64_t> calls = 0;
  const RunOptions options{.modulus = Modulus::of(40),
                           .step_limit = 100,
                           .on_progress = [&](std::uint64_t) { return ++calls > 0; },
                           .progress_interval = 1};
  const std::vector<RunResult> results = run_batch(*executor, views, options);
  REQUIRE(results.size() == memories.size());
  RunOptions quiet = options;
  quiet.on_progress = nullptr;
  for (std::size_t i = 0; i < memories.size(); ++i) {
    CHECK(results[i] == executor->run(MemoryView(std::span(expected[i])), quiet));
    CHECK(memories[i] == expected[i]);
  }
  CHECK(calls > 0);
}

TEST_CASE("auto interprets short runs and takes a long one over in native code") {
  const Program& program = hand_written_program("increment");
  const auto executor = make_executor(Engine::automatic, program);
  const auto count = [&](std::uint64_t steps) {
    std::vector<Word> memory(1000, 1);
    memory.back() = 0;
    RunOptions options{.step_limit = 2000, .speculation = Speculation::never};
    std::uint64_t done = 0;
    while (done < steps) {
      std::vector<Word> cells = memory;
      done += executor->run(MemoryView(std::span<Word>(cells)), options).steps;
    }
  };
  CHECK(executor->name() == "interpreter");
  count(10'000);
  CHECK(executor->name() == "interpreter");
  count(5'000'000);
  CHECK(executor->name() == (jit_available() ? "jit" : "interpreter"));
  CHECK(engine_named("auto") == Engine::automatic);
}
