#include "decode.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

namespace nram {
namespace {

bool is_constant(const Module& module) {
  // WRITE's output is 0; its slot is a constant even though the module itself acts.
  return module.arity == 0 || module.opcode == Opcode::write;
}

OpCode op_code(Opcode opcode) {
  switch (opcode) {
    case Opcode::read:
      return OpCode::read;
    case Opcode::write:
      return OpCode::write;
    case Opcode::inc:
      return OpCode::inc;
    case Opcode::add:
      return OpCode::add;
    case Opcode::sub:
      return OpCode::sub;
    case Opcode::dec:
      return OpCode::dec;
    case Opcode::lt:
      return OpCode::lt;
    case Opcode::le:
      return OpCode::le;
    case Opcode::eq:
      return OpCode::eq;
    case Opcode::min:
      return OpCode::min;
    case Opcode::max:
      return OpCode::max;
    case Opcode::zero:
    case Opcode::one:
    case Opcode::two:
    case Opcode::custom:
      break;
  }
  return OpCode::custom;
}

// Decodes the circuits of one machine into blocks.
class BlockDecoder {
 public:
  BlockDecoder(const Machine& machine, bool may_fault)
      : machine_(machine),
        registers_(machine.registers()),
        scratch_(machine.register_candidates()),
        may_fault_(may_fault),
        write_precedes_read_(write_precedes_read(machine.modules())) {}

  std::vector<Op> decode(const Circuit& circuit) const {
    const std::vector<unsigned> order = schedule(circuit);
    std::vector<Op> ops;
    // A register whose old value moves to another register and that changes itself is saved first.
    std::vector<std::uint16_t> home(machine_.register_candidates());
    for (unsigned s = 0; s < home.size(); ++s) {
      home[s] = static_cast<std::uint16_t>(s);
    }
    std::vector<std::uint16_t> move_from(registers_);
    for (unsigned r = 0; r < registers_; ++r) {
      const Source source = circuit.registers[r];
      move_from[r] = source;
      if (machine_.is_register(source) && source != r && circuit.registers[source] != source) {
        move_from[r] = static_cast<std::uint16_t>(scratch_ + r);
        ops.push_back({OpCode::move, 0, move_from[r], source, 0});
      }
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      const unsigned q = order[i];
      if (const auto target = direct_target(circuit, order, i)) {
        home[machine_.output_of(q)] = *target;
      }
      ops.push_back(operation(circuit, q, home));
    }
    for (unsigned r = 0; r < registers_; ++r) {
      const std::uint16_t from =
          machine_.is_register(circuit.registers[r]) ? move_from[r] : home[circuit.registers[r]];
      if (from != r) {
        ops.push_back({OpCode::move, 0, static_cast<std::uint16_t>(r), from, 0});
      }
    }
    return ops;
  }

 private:
  const Module& module(unsigned q) const { return machine_.modules()[q]; }

  template <typename Visit>
  void for_each_argument(const Circuit& circuit, unsigned q, Visit visit) const {
    for (unsigned position = 0; position < module(q).arity; ++position) {
      visit(position, circuit.arguments[machine_.first_argument(q) + position]);
    }
  }

  // Live, acting modules: memory accesses and what they need first, then the rest, each in machine
  // order. Later operations may write registers directly even if an access can fault.
  std::vector<unsigned> schedule(const Circuit& circuit) const {
    const std::vector<bool> live = live_modules(machine_, circuit);
    const auto modules = static_cast<unsigned>(machine_.modules().size());
    std::vector<bool> early(modules, false);
    for (unsigned q = modules; q-- > 0;) {
      early[q] = early[q] || (live[q] && module(q).touches_memory());
      if (early[q]) {
        for_each_argument(circuit, q, [&](unsigned, Source source) {
          if (!machine_.is_register(source)) {
            early[source - registers_] = true;
          }
        });
      }
    }
    std::vector<unsigned> order;
    for (const bool now : {true, false}) {
      for (unsigned q = 0; q < modules; ++q) {
        const bool acts = module(q).opcode == Opcode::write || !is_constant(module(q));
        if (live[q] && acts && early[q] == now) {
          order.push_back(q);
        }
      }
    }
    return order;
  }

  // The register that the i-th module of the order may write instead of its own slot: one that
  // takes its value and whose old value nothing later in the block needs.
  std::optional<std::uint16_t> direct_target(const Circuit& circuit,
                                             const std::vector<unsigned>& order,
                                             std::size_t i) const {
    if (module(order[i]).opcode == Opcode::write) {
      return std::nullopt;
    }
    const auto later_access = [&](unsigned q) { return module(q).touches_memory(); };
    const auto next = order.begin() + static_cast<std::ptrdiff_t>(i);
    // The access itself counts: a READ that faults must not have changed its register, and does
    // not, because it faults before it stores.
    if (may_fault_ && std::any_of(next + 1, order.end(), later_access)) {
      return std::nullopt;
    }
    for (unsigned r = 0; r < registers_; ++r) {
      if (circuit.registers[r] != machine_.output_of(order[i])) {
        continue;
      }
      const bool read_later = std::any_of(next + 1, order.end(), [&](unsigned q) {
        bool reads = false;
        for_each_argument(circuit, q, [&](unsigned, Source source) { reads |= source == r; });
        return reads;
      });
      if (!read_later) {
        return static_cast<std::uint16_t>(r);
      }
    }
    return std::nullopt;
  }

  Op operation(const Circuit& circuit, unsigned q, const std::vector<std::uint16_t>& home) const {
    Op op{op_code(module(q).opcode), static_cast<std::uint8_t>(q), home[machine_.output_of(q)], 0,
          0};
    for_each_argument(circuit, q, [&](unsigned position, Source source) {
      (position == 0 ? op.a : op.b) = home[source];
    });
    if (write_precedes_read_) {
      op.code = op.code == OpCode::write  ? OpCode::write_saved
                : op.code == OpCode::read ? OpCode::read_undo
                                          : op.code;
    }
    return op;
  }

  static bool write_precedes_read(const std::vector<Module>& modules) {
    const auto first_access = std::find_if(modules.begin(), modules.end(),
                                           [](const Module& m) { return m.touches_memory(); });
    return first_access != modules.end() && first_access->opcode == Opcode::write;
  }

  const Machine& machine_;
  unsigned registers_;
  unsigned scratch_;
  bool may_fault_;
  bool write_precedes_read_;
};

// Appends what ends the block of a transition that is not the last.
void append_end(const Machine& machine, const Circuit& circuit, const Transition& transition,
                std::vector<CodeItem>& code) {
  std::vector<std::uint16_t> changed;
  EndData data{transition.next_state << machine.registers(), 0};
  for (unsigned r = 0; r < machine.registers(); ++r) {
    if (circuit.registers[r] == r) {
      data.keep |= 1U << r;
    } else {
      changed.push_back(static_cast<std::uint16_t>(r));
    }
  }
  constexpr OpCode codes[] = {OpCode::end0, OpCode::end1, OpCode::end2, OpCode::end3};
  Op op{changed.size() < std::size(codes) ? codes[changed.size()] : OpCode::end_all};
  changed.resize(std::size(codes) - 1);
  op.dst = changed[0];
  op.a = changed[1];
  op.b = changed[2];
  code.push_back({.op = op});
  code.push_back({.end = data});
}

}  // namespace

DecodedProgram decode(const Program& program, bool may_fault) {
  const Machine& machine = program.machine();
  const BlockDecoder decoder(machine, may_fault);
  DecodedProgram decoded;
  decoded.slots = machine.register_candidates() + machine.registers();
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    if (is_constant(machine.modules()[q])) {
      decoded.constants.push_back(static_cast<std::uint16_t>(q));
    }
  }

  using Key = std::tuple<std::uint32_t, std::uint32_t, bool>;
  std::map<Key, std::uint32_t> block_of;
  for (std::uint32_t state = 0; state < program.states(); ++state) {
    for (std::uint32_t mask = 0; mask < machine.masks(); ++mask) {
      const Transition& transition = program.transition(state, mask);
      const Key key{transition.circuit, transition.next_state, transition.finish};
      const auto [block, is_new] =
          block_of.emplace(key, static_cast<std::uint32_t>(decoded.code.size()));
      if (is_new) {
        const Circuit& circuit = program.circuits()[transition.circuit];
        for (const Op& op : decoder.decode(circuit)) {
          decoded.code.push_back({.op = op});
        }
        if (transition.finish) {
          const auto next = static_cast<std::uint16_t>(transition.next_state);
          decoded.code.push_back({.op = {OpCode::finish, 0, 0, next, 0}});
        } else {
          append_end(machine, circuit, transition, decoded.code);
        }
      }
      decoded.entry.push_back(block->second);
    }
  }
  return decoded;
}

}  // namespace nram
