// Runs that are followed step by step: they are the reference's runs, and what they show of each
// step is what happened in it.

#include <algorithm>
#include <array>
#include <vector>

#include <doctest/doctest.h>
#include <support/program_text.hpp>
#include <support/random_program.hpp>
#include <support/random_run.hpp>
#include <support/run_record.hpp>
#include <support/sanitized.hpp>

#include <nram/engine/first_difference.hpp>
#include <nram/engine/stepped_run.hpp>

namespace nram::test {
namespace {

// A stepped run as an executor. What it is told of each step is tried on a copy of the memory.
class Follower final : public Executor {
 public:
  explicit Follower(Program program) : program_(std::move(program)) {}

  RunResult run(MemoryView memory, const RunOptions& options) const override {
    std::vector<Word> copy = cells_of(memory);
    SteppedRun run(program_, memory, options);
    std::vector<Word> registers = run.result().registers;
    std::uint32_t state = 0;
    std::uint64_t steps = 0;
    while (run.advance()) {
      const FollowedStep& step = run.step();
      CHECK(step.number == ++steps);
      CHECK(step.state == state);
      CHECK(program_.rules()[step.choice.rule.value()].matches(state, zero_mask(registers)));
      CHECK(program_.circuits()[step.choice.number] == step.choice.circuit);
      CHECK(std::equal(registers.begin(), registers.end(), step.record.values.begin()));
      const auto write = step.write(machine());
      if (write) {
        CHECK(copy.at(write->address) == write->before);
      }
      apply(step, copy, write);
      state = step.fault ? state : step.choice.next_state;
      registers = run.result().registers;
    }
    CHECK(copy == cells_of(memory));
    CHECK_FALSE(run.advance());
    return run.result();
  }

  const Machine& machine() const override { return program_.machine(); }
  std::string_view name() const override { return "stepped"; }

 private:
  static std::vector<Word> cells_of(MemoryView memory) {
    std::vector<Word> cells;
    cells.reserve(memory.size());
    for (std::size_t i = 0; i < memory.size(); ++i) {
      cells.push_back(memory.load(i));
    }
    return cells;
  }

  // READs see the cell before or behind the WRITE, which is between the two there may be.
  static void apply(const FollowedStep& step, std::vector<Word>& copy,
                    const std::optional<MemoryAccess>& write, const Machine& machine) {
    for (const MemoryAccess& read : step.reads(machine)) {
      const bool behind = write && write->address == read.address && read.value == write->value;
      CHECK((copy.at(read.address) == read.value || behind));
    }
    if (write) {
      copy.at(write->address) = write->value;
    }
  }
  void apply(const FollowedStep& step, std::vector<Word>& copy,
             const std::optional<MemoryAccess>& write) const {
    apply(step, copy, write, machine());
  }

  Program program_;
};

TEST_CASE("a stepped run is the reference's run") {
  constexpr unsigned programs = is_sanitized ? 200 : 1500;
  std::mt19937_64 random(41);
  std::array<std::size_t, 4> outcomes{};
  for (unsigned i = 0; i < programs; ++i) {
    CAPTURE(i);
    RandomShape shape;
    shape.max_states = i % 40 == 0 ? 9 : 3;
    shape.any_modules = i % 3 != 0;
    shape.order = i % 4 == 3 ? Order::signed_numbers : Order::unsigned_numbers;
    const Program program = random_program(shape, random);
    const auto reference = make_executor(Engine::reference, program);
    const Follower follower(program);
    for (unsigned k = 0; k < 6; ++k) {
      const RunCase run_case = random_run(program.machine(), random);
      const RunRecord expected = record_run(*reference, run_case);
      REQUIRE(record_run(follower, run_case) == expected);
      ++outcomes[static_cast<std::size_t>(expected.result.outcome)];
    }
  }
  for (const std::size_t count : outcomes) {  // every kind of end occurs often
    CHECK(count > programs / 10);
  }
}

// Runs both on copies of the memory, for at most 50 steps.
std::optional<RunDifference> compare(const Program& a, const Program& b, std::vector<Word> memory) {
  std::vector<Word> copy = memory;
  const RunOptions options{.step_limit = 50};
  SteppedRun one(a, MemoryView(std::span(memory)), options);
  SteppedRun other(b, MemoryView(std::span(copy)), options);
  return first_difference({one}, {other});
}

TEST_CASE("the first write in which two runs differ, whatever the number of steps") {
  const Machine machine = Machine::standard(2);
  // Every cell becomes 1; every cell from the third on becomes 2.
  const Program ones = program_from_text(machine, {{"", "WRITE(r0,ONE) INC(r0) r0=INC"}});
  const Program twos =
      program_from_text(machine, {{"", "MIN(r0,TWO) MAX(MIN,ONE) WRITE(r0,MAX) INC(r0) r0=INC"}});
  const std::vector<Word> memory = {0, 1, 0, 0, 0};
  const auto difference = compare(ones, twos, memory);
  REQUIRE(difference);
  CHECK(difference->equal_writes == 1);  // cell 1 holds a 1 already
  CHECK(difference->a.step == 3);
  CHECK(difference->b.step == 3);
  REQUIRE(difference->a.write);
  REQUIRE(difference->b.write);
  CHECK(*difference->a.write == MemoryAccess{2, 1, 0});
  CHECK(*difference->b.write == MemoryAccess{2, 2, 0});
  CHECK_FALSE(compare(ones, ones, memory));

  // The same writes, in twice as many steps.
  const Program slow = program_from_text(machine, {{"r1=0", "READ(r0) WRITE(r0,READ) r1=ONE"},
                                                   {"", "WRITE(r0,ONE) INC(r0) r0=INC r1=ZERO"}});
  CHECK_FALSE(compare(ones, slow, memory));

  // One of them ends before the other one's next write.
  const Program first_only = program_from_text(machine, {{"", "WRITE(r0,ONE)", /*finish=*/true}});
  const auto ends = compare(first_only, ones, {0, 0});
  REQUIRE(ends);
  CHECK(ends->equal_writes == 1);
  CHECK_FALSE(ends->a.write);
  CHECK(ends->a.outcome == Outcome::finished);
  CHECK(ends->a.step == 1);
  CHECK(*ends->b.write == MemoryAccess{1, 1, 0});

  // The same writes, but only one of them ends by itself.
  const auto outcome = compare(first_only, ones, {0});
  REQUIRE(outcome);
  CHECK(outcome->a.outcome == Outcome::finished);
  CHECK(outcome->b.outcome == Outcome::address_fault);
  CHECK(outcome->b.step == 1);
}

}  // namespace
}  // namespace nram::test
