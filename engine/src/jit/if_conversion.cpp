#include "if_conversion.hpp"

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
  return flow::is_comparison(block.code[chooser.position()].op);
}

// How control leaves the pair after this block; nothing if not by one test at most.
std::optional<IfConvertedPair::Exit> exit_of(const Flow& flow, const Block& block,
                                             const IfConvertedPair& pair) {
  const flow::Decision& decision = flow.decisions[block.next];
  const auto chooses = [&](flow::Target target) {
    return target < 0 && pair.chosen_by(decision.tests[static_cast<std::size_t>(~target)]);
  };
  if (chooses(decision.root)) {
    return IfConvertedPair::Exit{};
  }
  if (decision.root >= 0) {
    return std::nullopt;
  }
  const flow::Test& test = decision.tests[static_cast<std::size_t>(~decision.root)];
  return chooses(test.if_nonzero)
             ? std::optional(IfConvertedPair::Exit{true, test.reg, test.if_zero})
             : std::nullopt;
}

std::optional<IfConvertedPair> pair_of(const Flow& flow, const flow::Test& test) {
  if (test.if_zero < 0 || test.if_nonzero < 0 || test.if_zero == test.if_nonzero) {
    return std::nullopt;
  }
  IfConvertedPair pair{test.reg, static_cast<std::size_t>(test.if_zero),
                       static_cast<std::size_t>(test.if_nonzero)};
  const Block& zero = flow.blocks[pair.if_zero];
  const Block& nonzero = flow.blocks[pair.if_nonzero];
  if (!do_the_same(zero, nonzero) || !compares(zero, test.reg) || !compares(nonzero, test.reg)) {
    return std::nullopt;
  }
  const auto exit_of_zero = exit_of(flow, zero, pair);
  const auto exit_of_nonzero = exit_of(flow, nonzero, pair);
  if (!exit_of_zero || !exit_of_nonzero) {
    return std::nullopt;
  }
  pair.exit_of_zero = *exit_of_zero;
  pair.exit_of_nonzero = *exit_of_nonzero;
  return pair;
}

}  // namespace

std::vector<IfConvertedPair> find_if_converted_pairs(const Flow& flow) {
  std::vector<IfConvertedPair> found;
  std::vector<bool> taken(flow.blocks.size(), false);
  for (const flow::Decision& decision : flow.decisions) {
    for (const flow::Test& test : decision.tests) {
      const auto pair = pair_of(flow, test);
      if (pair && !taken[pair->if_zero] && !taken[pair->if_nonzero]) {
        taken[pair->if_zero] = true;
        taken[pair->if_nonzero] = true;
        found.push_back(*pair);
      }
    }
  }
  return found;
}

}  // namespace nram::jit
