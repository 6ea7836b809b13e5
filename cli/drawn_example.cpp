#include "drawn_example.hpp"

#include "interrupt.hpp"

namespace nram::cli {

Example draw_example(const BuiltinTask& task, const DrawShape& shape,
                     const ModulusOption& modulus) {
  Random random(shape.seed, shape.number);
  Draw draw{shape.length, shape.slack};
  const ModulusRule rule = modulus.rule({});
  if (!rule.is_cells()) {
    // The draw bounds its values by the modulus; the number of cells is checked afterwards.
    draw.modulus = rule.modulus_for(1, CellType::u64);
    draw.small = modulus.is_default();
  }
  Example example = task.draw(draw, random);
  if (draw.modulus) {
    static_cast<void>(rule.modulus_for(example.memory.size(), CellType::u64));
  }
  stop_if_interrupted();
  return example;
}

}  // namespace nram::cli
