#include "text.hpp"

#include <fmt/format.h>

namespace nram::flow {
namespace {

std::string name(Operand operand) {
  switch (operand.kind) {
    case Operand::Kind::input:
      return fmt::format("r{}", operand.index);
    case Operand::Kind::result:
      return fmt::format("v{}", operand.index);
    case Operand::Kind::constant:
      break;
  }
  return fmt::format("{}", operand.index);
}

std::string sum(const Instruction& i) {
  return i.b.is_constant() && i.b.index < 0 ? fmt::format("{} - {}", name(i.a), -i.b.index)
                                            : fmt::format("{} + {}", name(i.a), name(i.b));
}

std::string custom(const Machine& machine, const Instruction& i) {
  const Module& module = machine.modules()[i.module];
  return module.arity == 0   ? module.name
         : module.arity == 1 ? fmt::format("{}({})", module.name, name(i.a))
                             : fmt::format("{}({}, {})", module.name, name(i.a), name(i.b));
}

std::string value(const Machine& machine, const Instruction& i) {
  const auto infix = [&](const char* op) {
    return fmt::format("{} {} {}", name(i.a), op, name(i.b));
  };
  switch (i.op) {
    case Op::load:
      return fmt::format("mem[{}]", name(i.a));
    case Op::add:
      return sum(i);
    case Op::sub:
      return infix("-");
    case Op::lt:
      return infix("<");
    case Op::le:
      return infix("<=");
    case Op::eq:
      return infix("==");
    case Op::min:
      return fmt::format("min({}, {})", name(i.a), name(i.b));
    case Op::max:
      return fmt::format("max({}, {})", name(i.a), name(i.b));
    case Op::signed_lt:
      return infix("<s");
    case Op::signed_le:
      return infix("<=s");
    case Op::signed_min:
      return fmt::format("smin({}, {})", name(i.a), name(i.b));
    case Op::signed_max:
      return fmt::format("smax({}, {})", name(i.a), name(i.b));
    case Op::check:
    case Op::store:
    case Op::custom:
      break;
  }
  return custom(machine, i);
}

std::string line(const Machine& machine, const Instruction& i, std::size_t index) {
  if (i.op == Op::check) {
    return fmt::format("  check mem[{}] exists\n", name(i.a));
  }
  if (i.op == Op::store) {
    return fmt::format("  mem[{}] := {}\n", name(i.a), name(i.b));
  }
  return fmt::format("  v{} := {}\n", index, value(machine, i));
}

std::string condition(const Flow& flow, const Block& block) {
  Rule rule;
  rule.care = block.care;
  rule.value = block.value;
  return condition_text(flow.machine, rule);
}

void write_decision(const Decision& decision, Target target, const std::string& indent,
                    std::string& text) {
  if (target >= 0) {
    text += fmt::format("{}go to block {}\n", indent, target);
    return;
  }
  const Test& test = decision.tests[static_cast<std::size_t>(~target)];
  text += fmt::format("{}if r{} = 0\n", indent, test.reg);
  write_decision(decision, test.if_zero, indent + "  ", text);
  text += fmt::format("{}else\n", indent);
  write_decision(decision, test.if_nonzero, indent + "  ", text);
}

// Large decisions are shared by many blocks, so each is written once, behind the blocks.
bool is_large(const Decision& decision) {
  constexpr std::size_t few = 64;
  return decision.tests.size() > few;
}

std::string registers(const Block& block) {
  std::string left;
  std::string right;
  for (unsigned r = 0; r < block.registers.size(); ++r) {
    if (!block.registers[r].is_input(r)) {
      left += fmt::format("{}r{}", left.empty() ? "" : ", ", r);
      right += fmt::format("{}{}", right.empty() ? "" : ", ", name(block.registers[r]));
    }
  }
  return left.empty() ? "" : fmt::format("  {} := {}\n", left, right);
}

}  // namespace

std::string listing(const Flow& flow) {
  std::string text = fmt::format("start in block {}\n", flow.entry);
  for (std::size_t b = 0; b < flow.blocks.size(); ++b) {
    const Block& block = flow.blocks[b];
    text += fmt::format("\nblock {} (state {}, {})\n", b, block.state, condition(flow, block));
    for (std::size_t i = 0; i < block.code.size(); ++i) {
      text += line(flow.machine, block.code[i], i);
    }
    text += registers(block);
    if (block.finish) {
      text += "  finish\n";
    } else {
      const Decision& next = flow.decisions[block.next];
      if (is_large(next)) {
        text += fmt::format("  go on as decision {} says\n", block.next);
      } else {
        write_decision(next, next.root, "  ", text);
      }
    }
  }
  for (std::size_t d = 0; d < flow.decisions.size(); ++d) {
    if (is_large(flow.decisions[d])) {
      text += fmt::format("\ndecision {}\n", d);
      write_decision(flow.decisions[d], flow.decisions[d].root, "  ", text);
    }
  }
  return text;
}

}  // namespace nram::flow
