#include <algorithm>
#include <iterator>
#include <optional>

#include <nram/engine/flow.hpp>

namespace nram::flow {
namespace {

class Lowering {
 public:
  Lowering(const Machine& machine, const Circuit& circuit, bool checked)
      : machine_(machine), circuit_(circuit), checked_(checked) {}

  // The code and new registers of one step. Loads and stores come in machine order, all their
  // checks before the first of them, because nothing may happen in a step that faults. An address
  // never depends on a load after the store, so this is possible: a Machine has one WRITE and
  // behind it one READ at most.
  void fill(Block& block) {
    const std::vector<bool> live = live_modules(machine_, circuit_);
    for (unsigned r = 0; r < machine_.registers(); ++r) {
      values_.push_back(Operand::input(r));
    }
    for (unsigned q = 0; q < machine_.modules().size(); ++q) {
      values_.push_back(live[q] ? module_value(q) : Operand::constant(0));
    }
    if (pending_store_) {
      code_.push_back(*pending_store_);
    }
    for (const Source source : circuit_.registers) {
      block.registers.push_back(values_[source]);
    }
    block.code = std::move(code_);
    access_memory_first(block);
  }

 private:
  // Accesses and what they need come before everything else: what comes after the last check may
  // write registers directly.
  static void access_memory_first(Block& block) {
    std::vector<bool> early(block.code.size(), false);
    const auto need = [&](Operand operand) {
      if (operand.is_result()) {
        early[operand.position()] = true;
      }
    };
    for (std::size_t i = block.code.size(); i-- > 0;) {
      const Op op = block.code[i].op;
      early[i] = early[i] || op == Op::check || op == Op::load || op == Op::store;
      if (early[i]) {
        need(block.code[i].a);
        need(block.code[i].b);
      }
    }
    std::vector<Operand> place(block.code.size());
    std::vector<Instruction> ordered;
    for (const bool now : {true, false}) {
      for (std::size_t i = 0; i < block.code.size(); ++i) {
        if (early[i] == now) {
          place[i] = Operand::result(ordered.size());
          ordered.push_back(block.code[i]);
        }
      }
    }
    const auto move = [&](Operand& operand) {
      operand = operand.is_result() ? place[operand.position()] : operand;
    };
    for (Instruction& instruction : ordered) {
      move(instruction.a);
      move(instruction.b);
    }
    std::for_each(block.registers.begin(), block.registers.end(), move);
    block.code = std::move(ordered);
  }

  Operand module_value(unsigned q) {
    const Module& module = machine_.modules()[q];
    const Operand a = argument(q, 0);
    const Operand b = argument(q, 1);
    switch (module.opcode) {
      case Opcode::read:
        check(q, a);
        return read(a);
      case Opcode::write:
        check(q, a);
        write(a, b);
        return Operand::constant(0);
      case Opcode::zero:
        return Operand::constant(0);
      case Opcode::one:
        return Operand::constant(1);
      case Opcode::two:
        return Operand::constant(2);
      case Opcode::constant:
        return Operand::constant(static_cast<std::int64_t>(module.constant));
      case Opcode::inc:
        return emit({Op::add, 0, a, Operand::constant(1)});
      case Opcode::dec:
        return emit({Op::add, 0, a, Operand::constant(-1)});
      case Opcode::add:
        return emit({Op::add, 0, a, b});
      case Opcode::sub:
        return emit({Op::sub, 0, a, b});
      case Opcode::lt:
        return emit({Op::lt, 0, a, b});
      case Opcode::le:
        return emit({Op::le, 0, a, b});
      case Opcode::eq:
        return emit({Op::eq, 0, a, b});
      case Opcode::min:
        return emit({Op::min, 0, a, b});
      case Opcode::max:
        return emit({Op::max, 0, a, b});
      case Opcode::signed_lt:
        return emit({Op::signed_lt, 0, a, b});
      case Opcode::signed_le:
        return emit({Op::signed_le, 0, a, b});
      case Opcode::signed_min:
        return emit({Op::signed_min, 0, a, b});
      case Opcode::signed_max:
        return emit({Op::signed_max, 0, a, b});
      case Opcode::custom:
        break;
    }
    return emit({Op::custom, static_cast<std::uint8_t>(q), a, b});
  }

  Operand argument(unsigned q, unsigned position) const {
    return position < machine_.modules()[q].arity
               ? values_[circuit_.arguments[machine_.first_argument(q) + position]]
               : Operand::constant(0);
  }

  Operand emit(const Instruction& instruction) {
    code_.push_back(instruction);
    return Operand::result(code_.size() - 1);
  }

  void check(unsigned q, Operand address) {
    if (checked_) {
      emit({Op::check, static_cast<std::uint8_t>(q), address, {}});
    }
  }

  // The load is left where it is and a store before it waits until here, when the READ's address
  // has been checked.
  Operand read(Operand address) {
    if (pending_store_) {
      code_.push_back(*pending_store_);
      pending_store_.reset();
    }
    return emit({Op::load, 0, address, {}});
  }

  void write(Operand address, Operand value) {
    pending_store_ = Instruction{Op::store, 0, address, value};
  }

  const Machine& machine_;
  const Circuit& circuit_;
  bool checked_;
  std::vector<Operand> values_;
  std::vector<Instruction> code_;
  std::optional<Instruction> pending_store_;
};

Members compatible(const std::vector<Block>& blocks, const Members& members, std::uint32_t known,
                   std::uint32_t value) {
  Members result;
  std::copy_if(members.begin(), members.end(), std::back_inserter(result), [&](std::size_t index) {
    const Block& block = blocks[index];
    return ((block.value ^ value) & block.care & known) == 0;
  });
  return result;
}

class DecisionBuilder {
 public:
  explicit DecisionBuilder(const std::vector<Block>& blocks) : blocks_(blocks) {}

  Decision build(const Members& members, std::uint32_t known, std::uint32_t value) {
    decision_.root = choose(compatible(blocks_, members, known, value), known, value);
    return std::move(decision_);
  }

 private:
  // Tests the register that most of the members ask for; masks that no member covers cannot occur.
  Target choose(const Members& members, std::uint32_t known, std::uint32_t value) {
    if (members.size() == 1) {
      return static_cast<Target>(members.front());
    }
    unsigned reg = 0;
    std::ptrdiff_t most = -1;
    for (unsigned r = 0; r < Machine::max_registers; ++r) {
      const std::uint32_t flag = 1U << r;
      const auto asking = std::count_if(members.begin(), members.end(), [&](std::size_t index) {
        return (blocks_[index].care & flag) != 0;
      });
      if ((known & flag) == 0 && asking > most) {
        reg = r;
        most = asking;
      }
    }
    const std::uint32_t flag = 1U << reg;
    const Members zero = compatible(blocks_, members, known | flag, value | flag);
    const Members nonzero = compatible(blocks_, members, known | flag, value & ~flag);
    if (zero.empty() || nonzero.empty()) {
      return zero.empty() ? choose(nonzero, known | flag, value & ~flag)
                          : choose(zero, known | flag, value | flag);
    }
    const std::size_t test = decision_.tests.size();
    decision_.tests.push_back({static_cast<std::uint8_t>(reg), 0, 0});
    const Target if_zero = choose(zero, known | flag, value | flag);
    const Target if_nonzero = choose(nonzero, known | flag, value & ~flag);
    decision_.tests[test].if_zero = if_zero;
    decision_.tests[test].if_nonzero = if_nonzero;
    return ~static_cast<Target>(test);
  }

  const std::vector<Block>& blocks_;
  Decision decision_;
};

std::vector<Transition> table_of(const Program& program) {
  std::vector<Transition> table;
  for (std::uint32_t state = 0; state < program.states(); ++state) {
    for (std::uint32_t mask = 0; mask < program.machine().masks(); ++mask) {
      table.push_back(program.transition(state, mask));
    }
  }
  return table;
}

}  // namespace

std::size_t decide(const Decision& decision, std::uint32_t mask) {
  Target target = decision.root;
  while (target < 0) {
    const Test& test = decision.tests[static_cast<std::size_t>(~target)];
    target = ((mask >> test.reg) & 1U) != 0 ? test.if_zero : test.if_nonzero;
  }
  return static_cast<std::size_t>(target);
}

Decision make_decision(const std::vector<Block>& blocks, const Members& members,
                       std::uint32_t known, std::uint32_t value) {
  return DecisionBuilder(blocks).build(members, known, value);
}

Flow lower(const Program& program, bool checked) {
  const Machine& machine = program.machine();
  Flow flow{machine};
  for (const Rule& rule : rules_from_table(machine, table_of(program))) {
    Block block;
    block.state = rule.state;
    block.care = rule.care;
    block.value = rule.value;
    block.finish = rule.transition.finish;
    block.next_state = rule.transition.next_state;
    Lowering(machine, program.circuits()[rule.transition.circuit], checked).fill(block);
    flow.blocks.push_back(std::move(block));
  }
  std::vector<Members> members(program.states());
  for (std::size_t i = 0; i < flow.blocks.size(); ++i) {
    flow.blocks[i].next = flow.blocks[i].next_state;
    members[flow.blocks[i].state].push_back(i);
  }
  for (const Members& of_state : members) {
    flow.decisions.push_back(make_decision(flow.blocks, of_state, 0, 0));
  }
  flow.entry = decide(flow.decisions.front(), machine.masks() - 1);
  return flow;
}

}  // namespace nram::flow
