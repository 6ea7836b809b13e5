#include "trial.hpp"

#include <algorithm>
#include <utility>

#include <support/random_program.hpp>
#include <support/random_run.hpp>
#include <support/walking_program.hpp>

namespace nram::test {
namespace {

using Random = std::mt19937_64;

Program draw_program(std::span<const Program> learned, Random& random) {
  const std::uint64_t kind = random() % 10;
  if (kind < 6 && !learned.empty()) {
    const Program& program = learned[random() % learned.size()];
    return random() % 16 == 0 ? program : mutated(program, random);
  }
  if (kind < 9) {
    const Program program = walking_program(random);
    return random() % 2 == 0 ? program : mutated(program, random);
  }
  RandomShape shape;
  shape.any_modules = random() % 3 != 0;
  return random_program(shape, random);
}

// Every fourth program compares signed numbers. The generator is a copy: what is drawn after this
// is the same for both orders.
Program in_some_order(Program program, Random random) {
  constexpr unsigned used_next = 40;  // the low bits decide what is drawn next
  if ((random() >> used_next) % 4 != 0) {
    return program;
  }
  return {
      Machine(program.machine().registers(), program.machine().modules(), Order::signed_numbers),
      program.circuits(), program.rules()};
}

// Values of a kind that some program was made for, or of any.
std::vector<Word> draw_memory(std::size_t cells, Modulus modulus, Random& random) {
  std::vector<Word> memory = random_memory(cells, modulus, random);
  const std::uint64_t style = random() % 6;
  for (std::size_t i = 0; i < cells; ++i) {
    if (style == 0) {  // no zero: nothing ends before the array does
      memory[i] = modulus.reduce(1 + random() % std::max<std::size_t>(cells - 1, 1));
    } else if (style == 1) {
      memory[i] = modulus.reduce(1 + random() % 3);
    } else if (style == 2) {
      memory[i] = modulus.reduce(random());
    }
  }
  if (style < 3 && random() % 2 == 0) {
    memory[random() % cells] = 0;
  }
  for (std::size_t i = 0; i < std::min<std::size_t>(cells, 3); ++i) {  // pointers, lengths
    if (random() % 3 == 0) {
      memory[i] = random() % 4 == 0 ? modulus.sub(0, modulus.reduce(random() % 5))
                                    : modulus.reduce(random() % (cells + 2));
    }
  }
  return memory;
}

std::size_t draw_size(Random& random) {
  switch (random() % 16) {
    case 0:
      return 100 + random() % 400;
    case 1:
    case 2:
    case 3:
      return 16 + random() % 60;
    default:
      return 1 + random() % 15;
  }
}

OptimisationOptions draw_passes(Random& random) {
  OptimisationOptions options = OptimisationOptions::none();
  for (const PassInfo& info : passes()) {
    if (random() % 2 == 0) {
      options.enable(info.pass);
    }
  }
  return options;
}

std::uint64_t draw_limit(std::size_t cells, Random& random) {
  return random() % 3 == 0 ? random() % (4 * cells + 20) : 40 + 6 * cells;
}

}  // namespace

Trial draw_trial(std::span<const Program> learned, Random& random) {
  constexpr std::size_t usual_cells = 1600;  // of all memories together
  constexpr std::size_t most_memories = 48;
  Program program = draw_program(learned, random);
  Trial trial{in_some_order(std::move(program), random), {}, {}, draw_passes(random)};
  const std::size_t cells = draw_size(random);
  auto [modulus, type] = random_modulus(cells, random);
  if (random() % 3 ==
      0) {  // addresses that wrap round: most of what goes wrong has to do with them
    modulus = Modulus::of(cells);
  }
  trial.how.cells = type;
  trial.how.options.modulus = modulus;
  trial.how.options.step_limit = draw_limit(cells, random);
  if (random() % 8 == 0) {
    trial.how.options.registers =
        random_memory(trial.program.machine().registers(), modulus, random);
  }
  if (random() % 6 == 0) {
    trial.how.progress = true;
    trial.how.options.progress_interval = 1 + random() % 40;
    trial.how.cancel_after = random() % 2 == 0 ? random() % 100 : 0;
    if (trial.how.cancel_after != 0 && random() % 2 == 0) {  // counters must not overflow
      trial.how.options.step_limit = ~std::uint64_t{0} - random() % 2;
    }
  }
  trial.takeover = random() % 4 == 0 ? 1 + random() % 80 : 0;
  trial.threads = static_cast<unsigned>(1 + random() % 4);
  const std::size_t count = std::clamp<std::size_t>(usual_cells / cells, 2, most_memories);
  for (std::size_t i = 0; i < count; ++i) {
    trial.memories.push_back(draw_memory(cells, modulus, random));
  }
  return trial;
}

}  // namespace nram::test
