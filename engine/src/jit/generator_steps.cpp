#include "generator.hpp"
#include "vector_loop.hpp"

#include <llvm/IR/MDBuilder.h>

namespace nram::jit {

using flow::Block;
using flow::Instruction;
using flow::Operand;

void Generator::block(std::size_t index) {
  const Block& block = flow_.blocks[index];
  b_.SetInsertPoint(headers_[index]);
  llvm::BasicBlock* const stop = new_block("stop");
  unless(b_.CreateICmpEQ(load_left(), b_.getInt64(0)), stop);
  llvm::BasicBlock* const body = b_.GetInsertBlock();
  b_.SetInsertPoint(stop);
  const bool waits = prefetch_loads(block);
  if (extent_.batches) {
    switch_runs(index, waits, body);
  }
  leave(native_steps_done, b_.getInt32(block.state), index);
  b_.SetInsertPoint(body);

  begin_step();
  for (const Instruction& instruction : block.code) {
    results_.push_back(instruction_value(instruction, value(instruction.a), value(instruction.b),
                                         block.state, constant_of(instruction.b)));
  }
  for (unsigned r = 0; r < registers_.size(); ++r) {
    b_.CreateStore(value(block.registers[r]), registers_[r]);
  }
  b_.CreateStore(b_.CreateSub(load_left(), b_.getInt64(1)), left_);
  if (block.finish) {
    finish_state_->addIncoming(b_.getInt32(block.next_state), b_.GetInsertBlock());
    b_.CreateBr(finish_);
  } else {
    const flow::Decision& decision = flow_.decisions[block.next];
    branch(index, decision, decision.root);
  }
}

void Generator::begin_step() {
  inputs_.clear();
  results_.clear();
  for (llvm::Value* const slot : registers_) {
    inputs_.push_back(b_.CreateLoad(cell_, slot));
  }
}

void Generator::if_converted_pair(const IfConvertedPair& pair, llvm::BasicBlock* header) {
  const Block& zero = flow_.blocks[pair.if_zero];
  const Block& nonzero = flow_.blocks[pair.if_nonzero];
  b_.SetInsertPoint(header);
  llvm::Value* const is_zero = arithmetic_->is_zero(b_.CreateLoad(cell_, registers_[pair.reg]));
  llvm::BasicBlock* const stop = new_block("stop");
  unless(b_.CreateICmpEQ(load_left(), b_.getInt64(0)), stop);
  // Registers that are addresses for one of the two must be addresses for both, or else each goes
  // its own way.
  const auto addresses_both = [&](std::size_t i) {
    const Instruction& one = zero.code[i];
    const Operand other = nonzero.code[i].a;
    return (one.op == flow::Op::check || one.op == flow::Op::load) && one.a != other &&
           one.a.kind == Operand::Kind::input && other.kind == Operand::Kind::input;
  };
  begin_step();
  for (std::size_t i = 0; i < zero.code.size(); ++i) {
    if (addresses_both(i) && !specialisation_.every_address_exists) {
      for (const Operand address : {zero.code[i].a, nonzero.code[i].a}) {
        unless(b_.CreateICmpUGE(wide(value(address)), size_), stop);
      }
    }
  }
  llvm::BasicBlock* const body = b_.GetInsertBlock();
  b_.SetInsertPoint(stop);
  b_.CreateCondBr(is_zero, headers_[pair.if_zero], headers_[pair.if_nonzero]);
  b_.SetInsertPoint(body);

  for (std::size_t i = 0; i < zero.code.size(); ++i) {
    const Instruction& one = zero.code[i];
    const Instruction& other = nonzero.code[i];
    if (addresses_both(i)) {
      results_.push_back(one.op == flow::Op::check ? nullptr
                                                   : choose(is_zero, load_early(value(one.a)),
                                                            load_early(value(other.a))));
      continue;
    }
    llvm::Value* const b = choose(is_zero, value(one.b), value(other.b));
    llvm::Value* const a = choose(is_zero, value(one.a), value(other.a));
    results_.push_back(
        instruction_value(one, a, b, zero.state, one.b == other.b ? constant_of(one.b) : 0));
  }
  for (unsigned r = 0; r < registers_.size(); ++r) {
    b_.CreateStore(choose(is_zero, value(zero.registers[r]), value(nonzero.registers[r])),
                   registers_[r]);
  }
  b_.CreateStore(b_.CreateSub(load_left(), b_.getInt64(1)), left_);
  leave_pair(pair, is_zero, header);
}

llvm::Value* Generator::choose(llvm::Value* is_zero, llvm::Value* if_zero,
                               llvm::Value* if_nonzero) {
  if (if_zero == if_nonzero) {
    return if_zero;
  }
  llvm::Value* const chosen = b_.CreateSelect(is_zero, if_zero, if_nonzero);
  if (auto* const select = llvm::dyn_cast<llvm::Instruction>(chosen)) {
    // Or else LLVM might make it a branch again.
    select->setMetadata(llvm::LLVMContext::MD_unpredictable, llvm::MDNode::get(context_, {}));
  }
  return chosen;
}

void Generator::leave_pair(const IfConvertedPair& pair, llvm::Value* is_zero,
                           llvm::BasicBlock* header) {
  const auto tested = [&](const IfConvertedPair::Exit& exit, std::size_t block) {
    return exit.exists ? value(flow_.blocks[block].registers[exit.reg]) : number(1);
  };
  llvm::BasicBlock* const out = new_block("leave_pair");
  llvm::Value* const goes_on = choose(is_zero, tested(pair.exit_of_zero, pair.if_zero),
                                      tested(pair.exit_of_nonzero, pair.if_nonzero));
  b_.CreateCondBr(arithmetic_->is_zero(goes_on), out, header);
  b_.SetInsertPoint(out);
  llvm::BasicBlock* const after_zero = new_block("after_zero");
  llvm::BasicBlock* const after_nonzero = new_block("after_nonzero");
  b_.CreateCondBr(is_zero, after_zero, after_nonzero);
  const auto go_on = [&](llvm::BasicBlock* from, const IfConvertedPair::Exit& exit,
                         std::size_t block) {
    b_.SetInsertPoint(from);
    if (exit.exists) {
      branch(block, flow_.decisions[flow_.blocks[block].next], exit.target);
    } else {
      b_.CreateBr(header);
    }
  };
  go_on(after_zero, pair.exit_of_zero, pair.if_zero);
  go_on(after_nonzero, pair.exit_of_nonzero, pair.if_nonzero);
}

llvm::Value* Generator::load_early(llvm::Value* address) {
  constexpr bool is_volatile = true;
  return b_.CreateLoad(cell_, cell_at(address), is_volatile);
}

void Generator::branch(std::size_t from, const flow::Decision& decision, flow::Target target) {
  if (target >= 0) {
    const auto to = static_cast<std::size_t>(target);
    // A loop that has been entered step by step goes on like this, unless it could not be entered
    // otherwise.
    const bool is_within = loops_[to] && loops_[to]->plan->passes(from);
    b_.CreateBr(is_within && (to == from || loops_[from]) ? headers_[to] : entries_[to]);
    return;
  }
  const flow::Test& test = decision.tests[static_cast<std::size_t>(~target)];
  for (std::size_t t = 0; t < pairs_.size(); ++t) {
    if (pairs_[t].chosen_by(test)) {
      b_.CreateBr(pair_headers_[t]);
      return;
    }
  }
  llvm::BasicBlock* const zero = new_block("zero");
  llvm::BasicBlock* const nonzero = new_block("nonzero");
  b_.CreateCondBr(arithmetic_->is_zero(b_.CreateLoad(cell_, registers_[test.reg])), zero, nonzero);
  b_.SetInsertPoint(zero);
  branch(from, decision, test.if_zero);
  b_.SetInsertPoint(nonzero);
  branch(from, decision, test.if_nonzero);
}

void Generator::vector_loop(std::size_t index) {
  if (!loops_[index]) {
    return;
  }
  b_.SetInsertPoint(entries_[index]);
  llvm::BasicBlock* const loop = new_block("vector_loop");
  llvm::Value* const credit =
      field(offsetof(NativeRun, credit) + vector_loops_++ * sizeof(std::uint64_t));
  b_.CreateCondBr(b_.CreateICmpEQ(b_.CreateLoad(b_.getInt64Ty(), credit), b_.getInt64(0)),
                  headers_[index], loop);
  b_.SetInsertPoint(loop);
  const LoopSite site{.function = function_,
                      .arithmetic = &*arithmetic_,
                      .cell = cell_,
                      .lanes = extent_.vector_bits / cell_->getBitWidth(),
                      .gathers_fast = specialisation_.gathers_fast,
                      .memory = memory(),
                      .size = size_,
                      .left = left_,
                      .credit = credit,
                      .vectorised_steps = field(offsetof(NativeRun, vectorised_steps)),
                      .registers = registers_,
                      .otherwise = headers_[index]};
  VectorLoop(*loops_[index], site, b_).generate();
}

llvm::Value* Generator::value(Operand operand) {
  return flow::value_of(operand, inputs_, results_,
                        [&](std::int64_t k) { return constants_.at(k); });
}

llvm::Value* Generator::instruction_value(const Instruction& instruction, llvm::Value* a,
                                          llvm::Value* b, std::uint32_t state,
                                          std::int64_t constant_b) {
  switch (instruction.op) {
    case flow::Op::check:
      check(a, instruction.module, state);
      return nullptr;
    case flow::Op::load:
      return b_.CreateLoad(cell_, cell_at(a));
    case flow::Op::store:
      b_.CreateStore(b, cell_at(a));
      return nullptr;
    case flow::Op::custom:
      return custom(flow_.machine.modules()[instruction.module], a, b);
    default:
      break;
  }
  return arithmetic_->apply(instruction.op, a, b, constant_b);
}

void Generator::check(llvm::Value* address, unsigned module, std::uint32_t state) {
  llvm::Value* const wide_address = wide(address);
  fault_address_->addIncoming(wide_address, b_.GetInsertBlock());
  fault_module_->addIncoming(b_.getInt32(module), b_.GetInsertBlock());
  fault_state_->addIncoming(b_.getInt32(state), b_.GetInsertBlock());
  unless(b_.CreateICmpUGE(wide_address, size_), fault_);
}

llvm::Value* Generator::custom(const Module& module, llvm::Value* a, llvm::Value* b) {
  llvm::Type* const word = b_.getInt64Ty();
  llvm::FunctionType* const type = llvm::FunctionType::get(word, {word, word, word}, false);
  llvm::Value* const address = b_.CreateIntToPtr(
      b_.getInt64(reinterpret_cast<std::uintptr_t>(module.evaluate)), b_.getPtrTy());
  llvm::Value* const modulus = load_word(offsetof(NativeRun, modulus));
  return b_.CreateTrunc(b_.CreateCall(type, address, {wide(a), wide(b), modulus}), cell_);
}

void Generator::unless(llvm::Value* condition, llvm::BasicBlock* unlikely) {
  llvm::BasicBlock* const likely = new_block("");
  llvm::MDNode* const weights = llvm::MDBuilder(context_).createBranchWeights(1, 1U << 20U);
  b_.CreateCondBr(condition, unlikely, likely, weights);
  b_.SetInsertPoint(likely);
}

}  // namespace nram::jit
