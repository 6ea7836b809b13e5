// What programs say about how they are run: arithmetic, steps, order.

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <support/program_text.hpp>
#include <support/random_program.hpp>
#include <support/random_run.hpp>

#include <nram/engine/meaning.hpp>
#include <nram/engine/modulus_rule.hpp>
#include <nram/engine/order.hpp>
#include <nram/engine/program_builder.hpp>
#include <nram/engine/run_memories.hpp>

using namespace nram;
using namespace nram::test;

namespace {

// A, 0: every A[i] becomes the largest of A[0] to A[i].
Program running_maximum(Order order) {
  ProgramBuilder builder(Machine::standard(3, order));
  builder.circuit("first").set("READ", "address", "r0").set_register("r1", "READ");
  builder.circuit("look").set("READ", "address", "r0").set_register("r2", "READ");
  builder.circuit("keep")
      .set("MAX", {"r1", "r2"})
      .set("WRITE", {"r0", "MAX"})
      .set("INC", "a", "r0")
      .set_register("r1", "MAX")
      .set_register("r0", "INC");
  builder.rule("state 0").run("first").next_state(1);
  builder.rule("state 1").run("look").next_state(2);
  builder.rule("state 2, r2 == 0").finish();
  builder.rule("state 2, r2 != 0").run("keep").next_state(1);
  return builder.build();
}

template <typename Cell>
std::vector<Cell> largest_so_far(const std::vector<Cell>& values) {
  using Signed = std::make_signed_t<Cell>;
  std::vector<Cell> result = values;
  for (std::size_t i = 1; i + 1 < result.size(); ++i) {
    result[i] = static_cast<Cell>(
        std::max(static_cast<Signed>(result[i - 1]), static_cast<Signed>(result[i])));
  }
  return result;
}

template <typename Cell>
void check_running_maximum(std::size_t length) {
  std::mt19937_64 random(length);
  std::vector<Cell> cells(length + 1, 0);
  for (std::size_t i = 0; i < length; ++i) {
    cells[i] = static_cast<Cell>(random() | 1U);
  }
  const std::vector<Cell> expected = largest_so_far(cells);
  const Program program = running_maximum(Order::signed_numbers);
  for (const Engine engine : {Engine::reference, Engine::interpreter, Engine::jit}) {
    if (engine == Engine::jit && !jit_available()) {
      continue;
    }
    for (const Speculation speculation : {Speculation::always, Speculation::never}) {
      std::vector<Cell> memory = cells;
      RunOptions options{.modulus = word_modulus(MemoryView(std::span(memory)).type()),
                         .step_limit = 3 * length + 9};
      options.speculation = speculation;
      const auto executor = make_executor(engine, program);
      const RunResult result = executor->run(MemoryView(std::span(memory)), options);
      CHECK(result.outcome == Outcome::finished);
      CHECK(memory == expected);
    }
  }
}

}  // namespace

TEST_CASE("signed numbers of every modulus compare as two's complement") {
  for (Word m = 1; m < 40; ++m) {
    const Modulus modulus = Modulus::of(m);
    const auto number = [m](Word value) {
      const auto signed_value = static_cast<int>(value);
      return value < (m + 1) / 2 ? signed_value : signed_value - static_cast<int>(m);
    };
    for (Word a = 0; a < m; ++a) {
      CHECK(is_negative(a, modulus) == (number(a) < 0));
      CHECK(number_text(a, modulus, Order::signed_numbers) == std::to_string(number(a)));
      for (Word b = 0; b < m; ++b) {
        CHECK((signed_place(a, modulus) < signed_place(b, modulus)) == (number(a) < number(b)));
      }
    }
  }
  for (const Order order : {Order::unsigned_numbers, Order::signed_numbers}) {
    CHECK(place_in(order, place_in(order, 5)) == 5);
    CHECK(place_in(order, 5) < place_in(order, 6));
  }
  CHECK(place_in(Order::signed_numbers, ~Word{0}) < place_in(Order::signed_numbers, 0));
  CHECK(place_in(Order::unsigned_numbers, ~Word{0}) == ~Word{0});
  CHECK(number_text(~Word{0}, Modulus::word64(), Order::signed_numbers) == "-1");
  CHECK(number_text(~Word{0} / 2, Modulus::word64(), Order::signed_numbers) ==
        "9223372036854775807");
  CHECK(number_text(~Word{0}, Modulus::word64(), Order::unsigned_numbers) ==
        "18446744073709551615");
}

TEST_CASE("the order belongs to the machine; modules of one do not pass for the other's") {
  const Machine with_sign = Machine::standard(2, Order::signed_numbers);
  CHECK(with_sign.order() == Order::signed_numbers);
  CHECK(Machine::standard(2).order() == Order::unsigned_numbers);
  CHECK(with_sign.modules()[8].name == "LT");
  CHECK(with_sign.modules()[8].evaluate(~Word{0}, 1, Modulus::word64()) == 1);
  CHECK(Machine(2, with_sign.modules(), Order::signed_numbers).modules()[8].opcode ==
        Opcode::signed_lt);
  CHECK(
      mentions(message_of(ErrorKind::usage, [&] { (void)Machine(2, with_sign.modules()); }), "LT"));
}

TEST_CASE("a running maximum of signed numbers, in every executor") {
  std::vector<std::uint64_t> memory = {2, static_cast<std::uint64_t>(-3), 1, 0};
  (void)make_executor(Engine::automatic, running_maximum(Order::signed_numbers))
      ->run(MemoryView(std::span(memory)), {.step_limit = 100});
  CHECK(memory == std::vector<std::uint64_t>{2, 2, 2, 0});
  check_running_maximum<std::uint64_t>(5000);
  check_running_maximum<std::uint32_t>(5000);
}

TEST_CASE("metadata says what a program is for, and nothing else passes") {
  CHECK(meaning_of({}) == Meaning{});
  CHECK(meaning_of({{"arithmetic", "cells"}, {"steps", "7"}}) == Meaning{Arithmetic::cells, 7});
  const auto refusal = [](const char* key, const char* value) {
    return message_of(ErrorKind::data, [&] { (void)meaning_of({{key, value}}); });
  };
  CHECK(mentions(refusal("arithmetic", "words"), "metadata.arithmetic", "words"));
  for (const char* const steps : {"0", "-1", "7 ", "", "1e3", "18446744073709551616"}) {
    CHECK(mentions(refusal("steps", steps), "metadata.steps"));
  }
  ProgramBuilder builder(Machine::standard(1));
  builder.rule().finish();
  builder.set_metadata("arithmetic", "everything");
  CHECK(mentions(message_of(ErrorKind::data, [&] { (void)builder.build(); }), "everything"));
}

TEST_CASE("the rule for moduli follows what a program was tested for, never the data") {
  const auto rule = [](const char* arithmetic) {
    return ModulusRule::of(meaning_of({{"arithmetic", arithmetic}}));
  };
  CHECK(ModulusRule::of({}) == ModulusRule::word());
  CHECK(rule("word") == ModulusRule::word());
  CHECK(rule("both") == ModulusRule::word());
  CHECK(rule("cells") == ModulusRule::cells());
}

TEST_CASE("a fixed number of steps can be a normal end") {
  // Adds 1 to cell 0 in every second step, for ever.
  const Program program =
      program_from_text(Machine::standard(1), {{"", "READ(r0) INC(READ) WRITE(r0,INC)"}});
  const auto executor = make_executor(Engine::interpreter, program);
  for (const bool is_end : {false, true}) {
    std::vector<std::uint64_t> cells(6);
    const MemoryRows rows(std::span<std::uint64_t>(cells), 3);
    const std::vector<MemoryView> both = {rows[0], rows[1]};
    std::vector<std::uint64_t> other(4);
    const std::vector<std::vector<MemoryView>> kinds = {both, {MemoryView(std::span(other))}};
    for (const std::vector<MemoryView>& memories : kinds) {
      MemoryRunOptions options;
      options.step_limit = 5;
      options.step_limit_is_end = is_end;
      const MemoryRuns runs =
          run_memories(*executor, memories, choose_moduli(memories, ModulusRule::word()), options);
      CHECK(runs.finished() == (is_end ? memories.size() : 0));
      CHECK(runs.outcome(0) == (is_end ? Outcome::finished : Outcome::step_limit));
      CHECK(runs.result(0).outcome == runs.outcome(0));
      CHECK(runs.result(0).steps == 5);
      CHECK(memories[0].load(0) == 5);
    }
  }
}
