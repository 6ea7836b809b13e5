#include "twin_blocks.hpp"

#include <algorithm>
#include <optional>

namespace nram::jit {
namespace {

using flow::Block;
using flow::Flow;
using flow::Instruction;
using flow::Op;

// More instructions than this take longer, done in vain, than a wrong prediction.
constexpr std::size_t most_instructions = 12;

bool do_the_same(const Block& a, const Block& b) {
  return !a.finish && !b.finish && a.state == b.state && a.code.size() <= most_instructions &&
         std::equal(a.code.begin(), a.code.end(), b.code.begin(), b.code.end(),
                    [](const Instruction& x, const Instruction& y) {
                      return x.op == y.op && x.module == y.module && x.op != Op::custom;
                    });
}

// Whether a comparison decides which of the two comes after this block.
bool compares(const Block& block, std::uint8_t reg) {
  const flow::Operand chooser = block.registers[reg];
  if (!chooser.is_result()) {
    return false;
  }
  const Op op = block.code[chooser.position()].op;
  return op == Op::lt || op == Op::le || op == Op::eq;
}

// How control leaves the pair after this block; nothing if not by one test at most.
std::optional<TwinBlocks::Exit> exit_of(const Flow& flow, const Block& block,
                                        const TwinBlocks& twins) {
  const flow::Decision& decision = flow.decisions[block.next];
  const auto chooses = [&](flow::Target target) {
    return target < 0 && twins.chosen_by(decision.tests[static_cast<std::size_t>(~target)]);
  };
  if (chooses(decision.root)) {
    return TwinBlocks::Exit{};
  }
  if (decision.root >= 0) {
    return std::nullopt;
  }
  const flow::Test& test = decision.tests[static_cast<std::size_t>(~decision.root)];
  return chooses(test.if_nonzero) ? std::optional(TwinBlocks::Exit{true, test.reg, test.if_zero})
                                  : std::nullopt;
}

std::optional<TwinBlocks> twins_of(const Flow& flow, const flow::Test& test) {
  if (test.if_zero < 0 || test.if_nonzero < 0 || test.if_zero == test.if_nonzero) {
    return std::nullopt;
  }
  TwinBlocks twins{test.reg, static_cast<std::size_t>(test.if_zero),
                   static_cast<std::size_t>(test.if_nonzero)};
  const Block& zero = flow.blocks[twins.if_zero];
  const Block& nonzero = flow.blocks[twins.if_nonzero];
  if (!do_the_same(zero, nonzero) || !compares(zero, test.reg) || !compares(nonzero, test.reg)) {
    return std::nullopt;
  }
  const auto exit_of_zero = exit_of(flow, zero, twins);
  const auto exit_of_nonzero = exit_of(flow, nonzero, twins);
  if (!exit_of_zero || !exit_of_nonzero) {
    return std::nullopt;
  }
  twins.exit_of_zero = *exit_of_zero;
  twins.exit_of_nonzero = *exit_of_nonzero;
  return twins;
}

}  // namespace

std::vector<TwinBlocks> find_twin_blocks(const Flow& flow) {
  std::vector<TwinBlocks> found;
  std::vector<bool> taken(flow.blocks.size(), false);
  for (const flow::Decision& decision : flow.decisions) {
    for (const flow::Test& test : decision.tests) {
      const auto twins = twins_of(flow, test);
      if (twins && !taken[twins->if_zero] && !taken[twins->if_nonzero]) {
        taken[twins->if_zero] = true;
        taken[twins->if_nonzero] = true;
        found.push_back(*twins);
      }
    }
  }
  return found;
}

}  // namespace nram::jit
