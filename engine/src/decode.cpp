#include "decode.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace nram::threaded {
namespace {

using flow::Block;
using flow::Instruction;
using flow::Operand;

using Slot = std::uint16_t;

Handler plain_handler(flow::Op op) {
  switch (op) {
    case flow::Op::check:
      return Handler::check;
    case flow::Op::load:
      return Handler::load;
    case flow::Op::store:
      return Handler::store;
    case flow::Op::add:
      return Handler::add;
    case flow::Op::sub:
      return Handler::sub;
    case flow::Op::lt:
      return Handler::lt;
    case flow::Op::le:
      return Handler::le;
    case flow::Op::eq:
      return Handler::eq;
    case flow::Op::min:
      return Handler::min;
    case flow::Op::max:
      return Handler::max;
    case flow::Op::signed_lt:
      return Handler::signed_lt;
    case flow::Op::signed_le:
      return Handler::signed_le;
    case flow::Op::signed_min:
      return Handler::signed_min;
    case flow::Op::signed_max:
      return Handler::signed_max;
    case flow::Op::custom:
      break;
  }
  return Handler::custom;
}

// The operations of one block but for its end.
class BlockDecoder {
 public:
  BlockDecoder(const Block& block, const std::map<std::int64_t, Slot>& constants,
               unsigned registers, unsigned first_result)
      : block_(block), constants_(constants), registers_(registers) {
    for (std::size_t i = 0; i < block.code.size(); ++i) {
      home_.push_back(static_cast<Slot>(first_result + i));
    }
  }

  std::vector<Operation> decode() {
    std::vector<Slot> saved(registers_);
    for (unsigned r = 0; r < registers_; ++r) {
      saved[r] = static_cast<Slot>(r);
    }
    // A register whose old value moves to another one and that changes itself is saved first.
    for (unsigned r = 0; r < registers_; ++r) {
      const Operand from = block_.registers[r];
      if (from.kind == Operand::Kind::input && !from.is_input(r) &&
          !block_.registers[from.position()].is_input(static_cast<unsigned>(from.index)) &&
          saved[from.position()] == from.position()) {
        saved[from.position()] = static_cast<Slot>(registers_ + from.position());
        ops_.push_back({Handler::move, 0, saved[from.position()], slot(from), 0});
      }
    }
    for (std::size_t i = 0; i < block_.code.size(); ++i) {
      if (const auto target = direct_target(i)) {
        home_[i] = *target;
      }
      emit(i);
    }
    for (unsigned r = 0; r < registers_; ++r) {
      const Operand from = block_.registers[r];
      const Slot source = from.kind == Operand::Kind::input ? saved[from.position()] : slot(from);
      if (source != r) {
        ops_.push_back({Handler::move, 0, static_cast<Slot>(r), source, 0});
      }
    }
    return std::move(ops_);
  }

 private:
  Slot slot(Operand operand) const {
    switch (operand.kind) {
      case Operand::Kind::input:
        return static_cast<Slot>(operand.index);
      case Operand::Kind::result:
        return home_[operand.position()];
      case Operand::Kind::constant:
        break;
    }
    return constants_.at(operand.index);
  }

  // The register that instruction i may write instead of its own slot: one that takes its value,
  // whose old value no later instruction uses, and that no later check may have to report.
  std::optional<Slot> direct_target(std::size_t i) const {
    const auto later = block_.code.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    const auto is_check = [](const Instruction& other) { return other.op == flow::Op::check; };
    if (block_.code[i].op == flow::Op::store || is_check(block_.code[i]) ||
        std::any_of(later, block_.code.end(), is_check)) {
      return std::nullopt;
    }
    for (unsigned r = 0; r < registers_; ++r) {
      if (block_.registers[r] == Operand::result(i) &&
          std::none_of(later, block_.code.end(), [&](const Instruction& other) {
            return other.a.is_input(r) || other.b.is_input(r);
          })) {
        return static_cast<Slot>(r);
      }
    }
    return std::nullopt;
  }

  void emit(std::size_t i) {
    const Instruction& instruction = block_.code[i];
    const auto state = static_cast<Slot>(block_.state);
    Operation op{plain_handler(instruction.op), instruction.module, home_[i], slot(instruction.a),
                 slot(instruction.b)};
    const bool checked = (op.handler == Handler::load || op.handler == Handler::store) &&
                         !ops_.empty() && ops_.back().handler == Handler::check &&
                         ops_.back().a == op.a;
    if (op.handler == Handler::check) {
      op.b = state;
    } else if (checked) {
      op.module = ops_.back().module;
      if (op.handler == Handler::load) {
        op.handler = Handler::read;
        op.b = state;
      } else {
        op.handler = Handler::write;
        op.dst = state;
      }
      ops_.pop_back();
    } else if (op.handler == Handler::add && instruction.b.is_constant(1)) {
      op.handler = Handler::inc;
    } else if (op.handler == Handler::add && instruction.b.is_constant(-1)) {
      op.handler = Handler::dec;
    }
    ops_.push_back(op);
  }

  const Block& block_;
  const std::map<std::int64_t, Slot>& constants_;
  unsigned registers_;
  std::vector<Slot> home_;
  std::vector<Operation> ops_;
};

class Decoder {
 public:
  explicit Decoder(const flow::Flow& flow) : flow_(flow) {}

  DecodedProgram decode() {
    const unsigned registers = flow_.machine.registers();
    assign_constants(2 * registers);
    const unsigned first_result = 2 * registers + static_cast<unsigned>(constants_.size());
    decoded_.slots = first_result;
    for (const Block& block : flow_.blocks) {
      decoded_.entry.push_back(here());
      decoded_.slots =
          std::max(decoded_.slots, first_result + static_cast<unsigned>(block.code.size()));
      for (const Operation& op :
           BlockDecoder(block, constants_, registers, first_result).decode()) {
        decoded_.code.push_back({.op = op});
      }
      append_end(block);
    }
    for (const auto& [decision, place] : far_decisions_) {
      append_tests(flow_.decisions[decision], place);
    }
    resolve();
    return std::move(decoded_);
  }

 private:
  std::uint32_t here() const { return static_cast<std::uint32_t>(decoded_.code.size()); }

  void assign_constants(unsigned first) {
    const auto use = [&](Operand operand) {
      if (operand.is_constant()) {
        constants_.emplace(operand.index, Slot{0});
      }
    };
    for (const Block& block : flow_.blocks) {
      for (const Instruction& instruction : block.code) {
        use(instruction.a);
        use(instruction.b);
      }
      std::for_each(block.registers.begin(), block.registers.end(), use);
    }
    decoded_.first_constant = first;
    for (auto& [constant, slot] : constants_) {
      slot = static_cast<Slot>(first + decoded_.constants.size());
      decoded_.constants.push_back(constant);
    }
  }

  void append_end(const Block& block) {
    if (block.finish) {
      decoded_.code.push_back(
          {.op = {Handler::finish, 0, 0, static_cast<Slot>(block.next_state), 0}});
      return;
    }
    const flow::Decision& decision = flow_.decisions[block.next];
    constexpr Handler near[] = {Handler::end0, Handler::end1, Handler::end2, Handler::end3};
    // With more of them than that it is a far one: no need to look at thousands of tests.
    std::vector<Slot> tested;
    for (const flow::Test& test : decision.tests) {
      if (tested.size() == std::size(near)) {
        break;
      }
      if (std::find(tested.begin(), tested.end(), test.reg) == tested.end()) {
        tested.push_back(test.reg);
      }
    }
    const std::size_t count = tested.size();
    const bool is_far = count >= std::size(near);
    tested.resize(std::max(count, std::size(near)), 0);
    decoded_.code.push_back(
        {.op = {is_far ? Handler::end_far : near[count], 0, tested[0], tested[1], tested[2]}});
    decoded_.code.push_back({.words = {block.next_state, 0}});
    if (is_far) {
      // Resolved when the tests of the decision have their place.
      far_decisions_[block.next].push_back(here() - 1);
      return;
    }
    const std::uint32_t none_zero = here() - 1;
    decoded_.code[none_zero].words[1] = static_cast<std::uint32_t>(flow::decide(decision, 0));
    block_words_.emplace_back(none_zero, 1);
    std::array<std::uint32_t, 2> pair{};
    for (std::uint32_t index = 0; index < 1U << count; ++index) {
      std::uint32_t mask = 0;
      for (std::size_t i = 0; i < count; ++i) {
        mask |= ((index >> i) & 1U) << tested[i];
      }
      pair[index & 1U] = static_cast<std::uint32_t>(flow::decide(decision, mask));
      if ((index & 1U) != 0 || count == 0) {
        block_words_.emplace_back(here(), 0);
        block_words_.emplace_back(here(), 1);
        decoded_.code.push_back({.words = pair});
      }
    }
  }

  // The tests of a decision, once for all blocks that end with it.
  void append_tests(const flow::Decision& decision, const std::vector<std::uint32_t>& users) {
    const std::uint32_t first = here();
    const auto place = [&](flow::Target target) {
      return target >= 0 ? static_cast<std::uint32_t>(target)
                         : first + 2 * static_cast<std::uint32_t>(~target);
    };
    for (const flow::Test& test : decision.tests) {
      decoded_.code.push_back({.op = {Handler::test, 0, test.reg, 0, 0}});
      decoded_.code.push_back({.words = {place(test.if_zero), place(test.if_nonzero)}});
      if (test.if_zero >= 0) {
        block_words_.emplace_back(here() - 1, 0);
      }
      if (test.if_nonzero >= 0) {
        block_words_.emplace_back(here() - 1, 1);
      }
    }
    for (const std::uint32_t user : users) {
      decoded_.code[user].words[1] = place(decision.root);
    }
  }

  // Block numbers become places in the code.
  void resolve() {
    for (const auto& [item, word] : block_words_) {
      std::uint32_t& target = decoded_.code[item].words[word];
      target = decoded_.entry[target];
    }
  }

  const flow::Flow& flow_;
  DecodedProgram decoded_;
  std::map<std::int64_t, Slot> constants_;
  std::map<std::size_t, std::vector<std::uint32_t>> far_decisions_;
  std::vector<std::pair<std::uint32_t, std::size_t>> block_words_;  // words that name blocks
};

}  // namespace

DecodedProgram decode(const flow::Flow& flow) { return Decoder(flow).decode(); }

}  // namespace nram::threaded
