// Memories of any sizes: which modulus they get, and that their runs are those of each alone.

#include <mutex>
#include <set>

#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <support/hand_written.hpp>
#include <support/program_text.hpp>
#include <support/task_case.hpp>

#include <nram/engine/run_memories.hpp>

using namespace nram;
using namespace nram::test;

namespace {

template <typename Cell>
std::vector<MemoryView> views_of(std::vector<std::vector<Cell>>& memories) {
  std::vector<MemoryView> views;
  for (std::vector<Cell>& memory : memories) {
    views.emplace_back(std::span(memory));
  }
  return views;
}

// Of a 64-bit memory of each of these contents.
std::vector<Modulus> moduli(std::vector<std::vector<std::uint64_t>> memories,
                            const ModulusRule& rule) {
  return choose_moduli(views_of(memories), rule);
}

const Modulus word = Modulus::word64();

}  // namespace

TEST_CASE("a rule decides whatever the values") {
  CHECK(moduli({{0, 1, 2}, {0}}, ModulusRule::word()) == std::vector{word, word});
  CHECK(moduli({{0, 1, 2}, {0}}, ModulusRule::cells()) ==
        std::vector{Modulus::of(3), Modulus::of(1)});
  CHECK(moduli({{0, 8, 2}, {0}}, ModulusRule::fixed(Modulus::of(9))) ==
        std::vector{Modulus::of(9), Modulus::of(9)});
  CHECK(moduli({}, ModulusRule::word()).empty());
  std::vector<std::vector<std::uint32_t>> narrow = {{7, 7}};
  CHECK(choose_moduli(views_of(narrow), ModulusRule::word()) == std::vector{Modulus::word32()});
}

TEST_CASE("a modulus that does not fit is refused, naming the memory") {
  CHECK(message_of(ErrorKind::usage,
                   [] {
                     (void)moduli({{0, 0, 0}}, ModulusRule::fixed(Modulus::of(2)));
                   }) ==
        "the modulus 2 is smaller than the memory's 3 cells, so that addresses would not reach all "
        "of it");
  const auto refusal = [](std::vector<std::vector<std::uint64_t>> memories) {
    return message_of(ErrorKind::data, [&] {
      (void)choose_moduli(views_of(memories), ModulusRule::cells(), "in.npy");
    });
  };
  CHECK(refusal({{0, 2}}).starts_with("in.npy: cell 1 holds 2"));
  CHECK(refusal({{0, 1}, {0, 1, 3}}).starts_with("in.npy: memory 1: cell 2 holds 3"));
}

TEST_CASE("memories of any sizes run as each would alone, in their order") {
  std::mt19937_64 random(7);
  const auto executor = make_executor(Engine::interpreter, hand_written_program("copy"));
  const auto reference = make_executor(Engine::reference, hand_written_program("copy"));
  std::vector<std::vector<Word>> memories;
  for (unsigned i = 0; i < 60; ++i) {
    memories.push_back(random_task_case("copy", 1 + random() % 7, random).memory);
  }
  auto expected = memories;
  const auto rule = ModulusRule::cells();
  const std::vector<MemoryView> views = views_of(memories);
  const MemoryRuns runs = run_memories(*executor, views, choose_moduli(views, rule));
  REQUIRE(runs.size() == memories.size());
  std::uint64_t steps = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    RunOptions options;
    options.modulus = Modulus::of(expected[i].size());
    options.step_limit = default_step_limit(expected[i].size());
    const RunResult result = reference->run(MemoryView(std::span(expected[i])), options);
    CHECK(runs.result(i) == result);
    CHECK(runs.outcome(i) == Outcome::finished);
    CHECK(runs.modulus(i) == options.modulus);
    steps += result.steps;
  }
  CHECK(memories == expected);
  CHECK(runs.steps() == steps);
  CHECK(runs.finished() == 60);
  CHECK(runs.seconds() > 0);
  CHECK_FALSE(runs.common_modulus());
}

TEST_CASE("rows of an array run as such; those that do not finish say why") {
  const auto executor = make_executor(Engine::interpreter, hand_written_program("copy"));
  std::vector<std::uint64_t> cells = {3, 7, 0, 0, 0, 90, 7, 8, 9, 0, 4, 7, 8, 9, 0};
  const MemoryRows rows(std::span<std::uint64_t>(cells), 5);
  const std::vector<MemoryView> views = {rows[0], rows[1], rows[2]};
  const auto run = [&](KeepRegisters keep) {
    MemoryRunOptions options;
    options.keep = keep;
    return run_memories(*executor, views, choose_moduli(views, ModulusRule::word()), options);
  };
  const MemoryRuns runs = run(KeepRegisters::of_unfinished);
  CHECK(runs.common_modulus() == word);
  CHECK(runs.outcome(0) == Outcome::finished);
  CHECK(runs.result(0).registers.empty());  // as of a batch
  CHECK(runs.result(1).fault == AddressFault{13, 90});
  CHECK(runs.result(2).outcome == Outcome::address_fault);
  CHECK(runs.finished() == 1);
  CHECK(runs.steps() > 3);
  CHECK(cells[3] == 7);
  CHECK(run(KeepRegisters::of_all).result(0).registers.size() == 3);
}

TEST_CASE("rows of an array with moduli of their own keep them") {
  // r0 counts down from 0: its first value is the largest of the modulus.
  const auto executor = make_executor(
      Engine::interpreter,
      program_from_text(Machine::standard(1), {{"", "DEC(r0) WRITE(ZERO,DEC)", true}}));
  std::vector<std::uint64_t> cells(4);
  const MemoryRows rows(std::span<std::uint64_t>(cells), 2);
  const std::vector<MemoryView> views = {rows[0], rows[1]};
  const MemoryRuns runs = run_memories(*executor, views, {Modulus::of(5), Modulus::of(9)});
  CHECK(cells == std::vector<std::uint64_t>{4, 0, 8, 0});
  CHECK(runs.finished() == 2);
}

TEST_CASE("options: limits, initial registers, progress") {
  const auto endless =
      make_executor(Engine::interpreter,
                    program_from_text(Machine::standard(1), {{"", "READ(r0) WRITE(r0,READ)"}}));
  std::vector<std::vector<std::uint64_t>> memories = {{0, 0}, {0, 0, 0}};
  const std::vector<MemoryView> views = views_of(memories);
  MemoryRunOptions options;
  options.speculation = Speculation::never;
  options.registers = {1};

  const MemoryRuns by_size =
      run_memories(*endless, views, choose_moduli(views, ModulusRule::word()), options);
  CHECK(by_size.result(0).steps == default_step_limit(2));
  CHECK(by_size.result(1).steps == default_step_limit(3));
  CHECK(by_size.outcome(1) == Outcome::step_limit);
  CHECK(by_size.result(1).registers == std::vector<Word>{1});
  CHECK(by_size.finished() == 0);

  options.step_limit = 100;
  options.progress_interval = 30;
  std::mutex mutex;
  std::set<std::pair<std::uint64_t, std::uint64_t>> told;
  options.on_progress = [&](std::uint64_t steps, std::uint64_t limit) {
    const std::lock_guard lock(mutex);
    told.emplace(steps, limit);
    return steps < 60;
  };
  const MemoryRuns cancelled =
      run_memories(*endless, views, choose_moduli(views, ModulusRule::word()), options);
  CHECK(cancelled.outcome(0) == Outcome::cancelled);
  CHECK(cancelled.steps() == 120);
  CHECK(told == std::set<std::pair<std::uint64_t, std::uint64_t>>{{30, 100}, {60, 100}});
}

TEST_CASE("no memories, and moduli that do not belong to them") {
  const auto executor = make_executor(Engine::interpreter, hand_written_program("copy"));
  const MemoryRuns none = run_memories(*executor, {}, {});
  CHECK(none.size() == 0);
  CHECK(none.steps() == 0);
  CHECK_FALSE(none.common_modulus());
  CHECK(mentions(
      message_of(ErrorKind::usage, [&] { (void)run_memories(*executor, {}, {Modulus::of(3)}); }),
      "0 memories need as many moduli, not 1"));
}
