#include <array>

#include <support/random_program.hpp>
#include <support/random_run.hpp>

namespace nram::test {
namespace {

Speculation random_speculation(std::mt19937_64& random) {
  return random() % 2 == 0   ? Speculation::always
         : random() % 2 == 0 ? Speculation::worthwhile
                             : Speculation::never;
}

}  // namespace

std::pair<Modulus, CellType> random_modulus(std::size_t cells, std::mt19937_64& random) {
  const CellType type = random() % 2 == 0 ? CellType::u32 : CellType::u64;
  switch (random() % 6) {
    case 0:
    case 1:
      return {Modulus::of(cells), type};
    case 2:
      return {word_modulus(type), type};
    case 3:
      return {Modulus::word32(), type};
    case 4:
      return {Modulus::of(cells + 1 + random() % 4), type};
    default:
      return {
          Modulus::of(std::array<Word, 4>{1000003, (Word{1} << 32U) - 1, (Word{1} << 63U) + 29,
                                          ~Word{0}}[random() % (type == CellType::u32 ? 2 : 4)]),
          type};
  }
}

RunCase random_run(const Machine& machine, std::mt19937_64& random) {
  const std::size_t cells = 1 + random() % (random() % 4 == 0 ? 40 : 8);
  const auto [modulus, type] = random_modulus(cells, random);
  RunCase run_case{random_memory(cells, modulus, random), type, {.modulus = modulus}};
  run_case.options.step_limit = random() % 200;
  if (random() % 3 == 0) {
    run_case.options.registers = random_memory(machine.registers(), modulus, random);
    for (Word& value : run_case.options.registers) {
      value = random() % 3 == 0 ? value : modulus.reduce(random() % cells);
    }
  }
  run_case.options.speculation = random_speculation(random);
  if (random() % 3 == 0) {
    run_case.progress = true;
    run_case.options.progress_interval = 1 + random() % 9;
    run_case.cancel_after = random() % 2 == 0 ? random() % 100 : 0;
  }
  return run_case;
}

}  // namespace nram::test
