// All small programs × all small memories: where random tests leave corners out, this does not.
// Under sanitizers, which make it twenty times slower, every seventh of them.

#include <doctest/doctest.h>
#include <support/program_text.hpp>
#include <support/run_record.hpp>
#include <support/sanitized.hpp>

using namespace nram;
using namespace nram::test;

namespace {

constexpr std::size_t program_stride = is_sanitized ? 7 : 1;

// Calls visit(digits) for every vector with digits[i] < bounds[i].
template <typename Digit, typename Visit>
void for_each_combination(const std::vector<Digit>& bounds, Visit visit) {
  std::vector<Digit> digits(bounds.size(), 0);
  while (true) {
    visit(digits);
    std::size_t i = 0;
    while (i < digits.size() && ++digits[i] == bounds[i]) {
      digits[i++] = 0;
    }
    if (i == digits.size()) {
      return;
    }
  }
}

std::vector<Circuit> all_circuits(const Machine& machine) {
  std::vector<Source> bounds;
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    bounds.insert(bounds.end(), machine.modules()[q].arity,
                  static_cast<Source>(machine.argument_candidates(q)));
  }
  bounds.insert(bounds.end(), machine.registers(),
                static_cast<Source>(machine.register_candidates()));
  std::vector<Circuit> circuits;
  for_each_combination(bounds, [&](const std::vector<Source>& sources) {
    const auto split = sources.begin() + machine.arguments();
    circuits.push_back({{sources.begin(), split}, {split, sources.end()}});
  });
  return circuits;
}

// All memories of `cells` cells with values below `modulus`.
std::vector<RunCase> all_memories(std::size_t cells, Word modulus) {
  std::vector<RunCase> cases;
  for_each_combination(std::vector<Word>(cells, modulus), [&](const std::vector<Word>& memory) {
    cases.push_back({.memory = memory,
                     .cells = CellType::u32,
                     .options = {.modulus = Modulus::of(modulus), .step_limit = 6}});
  });
  return cases;
}

void check_program(const Program& program, const std::vector<RunCase>& cases,
                   const OptimisationOptions& optimisations = {}) {
  const auto reference = make_executor(Engine::reference, program);
  const auto interpreter = make_executor(Engine::interpreter, program, optimisations);
  for (const RunCase& run_case : cases) {
    const RunRecord expected = record_run(*reference, run_case);
    RunCase vectorised = run_case;
    vectorised.options.speculation = Speculation::always;
    if (const RunRecord record = record_run(*interpreter, vectorised); record != expected) {
      CAPTURE(run_case.memory.size());
      CAPTURE(run_case.options.modulus.to_string());
      REQUIRE(record == expected);
    }
    const RunRecord record = record_run(*interpreter, run_case);
    if (record != expected) {
      CAPTURE(run_case.memory.size());
      CAPTURE(run_case.options.modulus.to_string());
      REQUIRE(record == expected);
    }
  }
}

// Every program with one state: a circuit for each mask of one register, the second may finish.
void check_all_programs(const Machine& machine, const std::vector<RunCase>& cases,
                        const OptimisationOptions& optimisations = {}) {
  const std::vector<Circuit> circuits = all_circuits(machine);
  const std::size_t programs = circuits.size() * circuits.size();
  for (std::size_t i = 0; i < programs; i += program_stride) {
    const Circuit& nonzero = circuits[i / circuits.size()];
    const Circuit& zero = circuits[i % circuits.size()];
    check_program(
        Program(machine, {nonzero, zero}, {{0, 1, 0, {0, 0, true}}, {0, 1, 1, {1, 0, false}}}),
        cases, optimisations);
  }
}

std::vector<RunCase> small_cases() {
  std::vector<RunCase> cases = all_memories(2, 2);  // every address exists
  for (const Word modulus : {3, 4}) {
    for (const RunCase& faulting : all_memories(2, modulus)) {
      cases.push_back(faulting);
    }
  }
  return cases;
}

}  // namespace

TEST_CASE("all programs of one register and READ, WRITE and one more, in every order") {
  const std::vector<RunCase> cases = small_cases();
  check_all_programs(Machine::standard(1, {"READ", "INC", "WRITE"}), cases);
  check_all_programs(Machine::standard(1, {"WRITE", "READ", "DEC"}), cases);
  check_all_programs(Machine::standard(1, {"INC", "WRITE", "READ"}), cases);
}

TEST_CASE("every pass alone, and all passes but one, on all small programs") {
  std::vector<RunCase> cases = all_memories(2, 3);
  const std::vector<RunCase> unchecked = all_memories(3, 3);
  cases.insert(cases.end(), {unchecked[5], unchecked[7], unchecked[19]});
  const Machine machine = Machine::standard(1, {"READ", "DEC", "WRITE"});
  for (const PassInfo& info : passes()) {
    CAPTURE(info.name);
    check_all_programs(machine, cases, OptimisationOptions::none().enable(info.pass));
    check_all_programs(machine, cases, OptimisationOptions().disable(info.pass));
  }
}

TEST_CASE("all circuits of two registers with every binary module") {
  for (const std::string_view name : {"ADD", "SUB", "LT", "LE", "EQ", "MIN", "MAX"}) {
    CAPTURE(name);
    const Machine machine = Machine::standard(2, {"READ", name, "WRITE"});
    std::vector<RunCase> cases = all_memories(2, 2);
    for (const Word first : {Word{0}, Word{2}}) {
      cases.push_back(
          {.memory = {first, 1},
           .cells = CellType::u64,
           .options = {.modulus = Modulus::of(3), .step_limit = 4, .registers = {1, 0}}});
    }
    const std::vector<Circuit> circuits = all_circuits(machine);
    for (std::size_t i = 0; i < circuits.size(); i += program_stride) {
      check_program(Program(machine, {circuits[i]}, {{0, 0, 0, {0, 0, false}}}), cases);
    }
  }
}
