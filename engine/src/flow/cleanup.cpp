// Passes on one block that remove instructions.

#include "optimise.hpp"

#include <map>
#include <tuple>

namespace nram::flow {
namespace {

bool is_pure(Op op) { return op != Op::check && op != Op::load && op != Op::store; }

template <typename Change>
void for_each_operand(Block& block, Change change) {
  for (Instruction& instruction : block.code) {
    change(instruction.a);
    change(instruction.b);
  }
  for (Operand& operand : block.registers) {
    change(operand);
  }
}

}  // namespace

void keep_only(Block& block, const std::vector<bool>& keep) {
  std::vector<Operand> renumbered;
  std::vector<Instruction> kept;
  for (std::size_t i = 0; i < block.code.size(); ++i) {
    renumbered.push_back(Operand::result(kept.size()));
    if (keep[i]) {
      kept.push_back(block.code[i]);
    }
  }
  block.code = std::move(kept);
  for_each_operand(block, [&](Operand& operand) {
    if (operand.is_result()) {
      operand = renumbered[operand.position()];
    }
  });
}

void merge_common(Block& block) {
  std::map<Instruction, Operand> known;
  std::vector<Operand> replacement;
  const auto replace = [&](Operand& operand) {
    if (operand.is_result()) {
      operand = replacement[operand.position()];
    }
  };
  for (std::size_t i = 0; i < block.code.size(); ++i) {
    Instruction& instruction = block.code[i];
    replace(instruction.a);
    replace(instruction.b);
    const Operand self = Operand::result(i);
    replacement.push_back(is_pure(instruction.op) ? known.emplace(instruction, self).first->second
                                                  : self);
  }
  for (Operand& operand : block.registers) {
    replace(operand);
  }
}

void drop_idle_writes(Block& block) {
  // There is one WRITE a step, so nothing can have changed the cell since it was loaded.
  std::vector<bool> keep;
  for (const Instruction& instruction : block.code) {
    const bool stores_load =
        instruction.op == Op::store && instruction.b.is_result() &&
        block.code[instruction.b.position()] == Instruction{Op::load, 0, instruction.a, {}};
    keep.push_back(!stores_load);
  }
  keep_only(block, keep);
}

void drop_checks(Block& block, const Entry& entry) {
  const BlockFacts facts(block, entry);
  std::vector<bool> keep;
  for (std::size_t i = 0; i < block.code.size(); ++i) {
    keep.push_back(!facts.is_idle_check(i));
  }
  keep_only(block, keep);
}

void drop_dead(Block& block) {
  std::vector<bool> used(block.code.size(), false);
  const auto use = [&](Operand operand) {
    if (operand.is_result()) {
      used[operand.position()] = true;
    }
  };
  for (const Operand operand : block.registers) {
    use(operand);
  }
  for (std::size_t i = block.code.size(); i-- > 0;) {
    const Op op = block.code[i].op;
    used[i] = used[i] || op == Op::check || op == Op::store;
    if (used[i]) {
      use(block.code[i].a);
      use(block.code[i].b);
    }
  }
  keep_only(block, used);
}

}  // namespace nram::flow
