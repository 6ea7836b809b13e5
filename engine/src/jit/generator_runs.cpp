#include "generator.hpp"

namespace nram::jit {

using flow::Block;
using flow::Instruction;
using flow::Operand;

void Generator::load_registers() {
  for (unsigned r = 0; r < registers_.size(); ++r) {
    b_.CreateStore(b_.CreateTrunc(load_word(register_offset(r)), cell_), registers_[r]);
  }
}

void Generator::save_registers() {
  for (unsigned r = 0; r < registers_.size(); ++r) {
    b_.CreateStore(wide(b_.CreateLoad(cell_, registers_[r])), field(register_offset(r)));
  }
}

void Generator::dispatch() {
  b_.SetInsertPoint(dispatch_);
  llvm::Value* const steps = load_word(offsetof(NativeRun, steps));
  llvm::Value* left = b_.CreateSub(load_word(offsetof(NativeRun, stop_at)), steps);
  if (extent_.batches) {
    left = b_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, left,
                                    load_word(offsetof(NativeRun, quantum)));
  }
  b_.CreateStore(left, left_);
  b_.CreateStore(b_.CreateAdd(steps, left), until_);
  load_registers();
  llvm::SwitchInst* const start =
      b_.CreateSwitch(load_field(offsetof(NativeRun, block), b_.getInt32Ty()), entries_.front(),
                      static_cast<unsigned>(entries_.size()));
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    start->addCase(b_.getInt32(static_cast<std::uint32_t>(i)), entries_[i]);
  }
}

llvm::Value* Generator::steps_so_far() {
  return b_.CreateSub(b_.CreateLoad(b_.getInt64Ty(), until_), load_left());
}

void Generator::make_exit() {
  exit_ = new_block("exit");
  b_.SetInsertPoint(exit_);
  reason_ = b_.CreatePHI(b_.getInt32Ty(), 0);
  state_ = b_.CreatePHI(b_.getInt32Ty(), 0);
  next_ = b_.CreatePHI(b_.getInt32Ty(), 0);
  llvm::Value* const steps = steps_so_far();
  b_.CreateStore(steps, field(offsetof(NativeRun, steps)));
  b_.CreateStore(state_, field(offsetof(NativeRun, state)));
  b_.CreateStore(next_, field(offsetof(NativeRun, block)));
  save_registers();
  if (extent_.batches) {
    b_.CreateStore(run(), field_of(function_->getArg(2), offsetof(NativeRun, stopped)));
  }
  b_.CreateRet(reason_);
}

void Generator::make_fault() {
  fault_ = new_block("fault");
  b_.SetInsertPoint(fault_);
  fault_address_ = b_.CreatePHI(b_.getInt64Ty(), 0);
  fault_module_ = b_.CreatePHI(b_.getInt32Ty(), 0);
  fault_state_ = b_.CreatePHI(b_.getInt32Ty(), 0);
  b_.CreateStore(fault_address_, field(offsetof(NativeRun, fault_address)));
  b_.CreateStore(fault_module_, field(offsetof(NativeRun, fault_module)));
  leave(native_fault, fault_state_, 0);
}

void Generator::make_finish() {
  finish_ = new_block("finish");
  b_.SetInsertPoint(finish_);
  finish_state_ = b_.CreatePHI(b_.getInt32Ty(), 0);
  if (extent_.batches) {
    llvm::BasicBlock* const last = new_block("last_row");
    llvm::BasicBlock* const more = new_block("next_row");
    llvm::Value* const rows_left = load_word(offsetof(NativeRun, rows_left));
    b_.CreateCondBr(b_.CreateICmpEQ(rows_left, b_.getInt64(0)), last, more);
    b_.SetInsertPoint(more);
    b_.CreateStore(b_.CreateSub(rows_left, b_.getInt64(1)), field(offsetof(NativeRun, rows_left)));
    next_row();
    b_.SetInsertPoint(last);
  }
  leave(native_finished, finish_state_, 0);
}

void Generator::next_row() {
  const auto advance = [&](llvm::Value* pointer, std::uint64_t bytes) {
    return b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), pointer, bytes);
  };
  llvm::Value* const end = load_field(offsetof(NativeRun, ends), b_.getPtrTy());
  static_assert(offsetof(RunEnd, state) == 8 && sizeof(RunEnd) == 16 &&
                Outcome::finished == Outcome{});
  b_.CreateStore(steps_so_far(), end);
  b_.CreateStore(wide(finish_state_), advance(end, offsetof(RunEnd, state)));
  b_.CreateStore(advance(end, sizeof(RunEnd)), field(offsetof(NativeRun, ends)));
  llvm::Value* const kept = load_field(offsetof(NativeRun, kept), b_.getPtrTy());
  llvm::BasicBlock* const keep = new_block("keep_registers");
  llvm::BasicBlock* const start = new_block("start_row");
  b_.CreateCondBr(b_.CreateIsNull(kept), start, keep);
  b_.SetInsertPoint(keep);
  for (unsigned r = 0; r < registers_.size(); ++r) {
    b_.CreateStore(wide(b_.CreateLoad(cell_, registers_[r])),
                   advance(kept, r * sizeof(std::uint64_t)));
  }
  b_.CreateStore(advance(kept, registers_.size() * sizeof(std::uint64_t)),
                 field(offsetof(NativeRun, kept)));
  b_.CreateBr(start);
  b_.SetInsertPoint(start);
  for (llvm::Value* const slot : registers_) {
    b_.CreateStore(number(0), slot);
  }
  llvm::Value* const stop_at = load_word(offsetof(NativeRun, stop_at));
  b_.CreateStore(stop_at, left_);
  b_.CreateStore(stop_at, until_);
  llvm::Value* const row_bytes = load_word(offsetof(NativeRun, row_bytes));
  llvm::Value* const row = b_.CreateGEP(b_.getInt8Ty(), memory(), row_bytes);
  b_.CreateStore(row, memory_);
  prefetch_rows(row, row_bytes);
  b_.CreateBr(entries_[flow_.entry]);
}

void Generator::prefetch_rows(llvm::Value* row, llvm::Value* row_bytes) {
  constexpr std::uint64_t ahead = 2048;
  constexpr std::uint64_t line = 64;
  constexpr std::uint64_t most = 512;
  llvm::BasicBlock* const before = b_.GetInsertBlock();
  llvm::BasicBlock* const loop = new_block("prefetch_row");
  llvm::BasicBlock* const done = new_block("row");
  b_.CreateCondBr(b_.CreateICmpUGT(row_bytes, b_.getInt64(most)), done, loop);
  b_.SetInsertPoint(loop);
  llvm::PHINode* const offset = b_.CreatePHI(b_.getInt64Ty(), 2);
  offset->addIncoming(b_.getInt64(0), before);
  prefetch(b_.CreateGEP(b_.getInt8Ty(), row, b_.CreateAdd(offset, b_.getInt64(ahead))),
           CacheLevel::first);
  llvm::Value* const next = b_.CreateAdd(offset, b_.getInt64(line));
  offset->addIncoming(next, loop);
  b_.CreateCondBr(b_.CreateICmpULT(next, row_bytes), loop, done);
  b_.SetInsertPoint(done);
}

void Generator::prefetch(llvm::Value* cell, CacheLevel to) {
  constexpr std::uint32_t to_read = 0;
  constexpr std::uint32_t data = 1;
  const std::uint32_t locality = to == CacheLevel::first ? 3 : 2;
  b_.CreateIntrinsic(llvm::Intrinsic::prefetch, {cell->getType()},
                     {cell, b_.getInt32(to_read), b_.getInt32(locality), b_.getInt32(data)});
}

bool Generator::prefetch_loads(const Block& block) {
  bool any = false;
  for (const Instruction& instruction : block.code) {
    if (instruction.op != flow::Op::load || instruction.a.kind != Operand::Kind::input) {
      continue;
    }
    llvm::Value* const address = b_.CreateLoad(cell_, registers_[instruction.a.position()]);
    // Not in bounds, perhaps: then nothing is fetched.
    prefetch(b_.CreateGEP(cell_, memory(), wide(address)), CacheLevel::second);
    any = true;
  }
  return any;
}

void Generator::switch_runs(std::size_t index, bool waits, llvm::BasicBlock* body) {
  llvm::BasicBlock* const check = new_block("switch_run");
  llvm::BasicBlock* const pass = new_block("pass");
  llvm::BasicBlock* const stay = new_block("leave");
  llvm::Value* const next = load_field(offsetof(NativeRun, next), b_.getPtrTy());
  b_.CreateCondBr(b_.CreateIsNull(next), stay, check);
  b_.SetInsertPoint(check);
  llvm::Value* const steps = b_.CreateLoad(b_.getInt64Ty(), until_);
  b_.CreateCondBr(b_.CreateICmpEQ(steps, load_word(offsetof(NativeRun, stop_at))), stay, pass);
  b_.SetInsertPoint(pass);
  const auto one_more = [&](llvm::Value* done) {
    b_.CreateStore(b_.getInt64(1), left_);
    b_.CreateStore(b_.CreateAdd(done, b_.getInt64(1)), until_);
    b_.CreateBr(body);
  };
  if (waits) {
    llvm::Value* const block = b_.getInt32(static_cast<std::uint32_t>(index));
    b_.CreateStore(steps, field(offsetof(NativeRun, steps)));
    b_.CreateStore(block, field(offsetof(NativeRun, block)));
    save_registers();
    b_.CreateStore(next, run_);
    b_.CreateStore(load_field(offsetof(NativeRun, cells), b_.getPtrTy()), memory_);
    llvm::BasicBlock* const same = new_block("same_block");
    b_.CreateCondBr(b_.CreateICmpEQ(load_field(offsetof(NativeRun, block), b_.getInt32Ty()), block),
                    same, dispatch_);
    b_.SetInsertPoint(same);
    load_registers();
    one_more(load_word(offsetof(NativeRun, steps)));
  } else {
    one_more(steps);
  }
  b_.SetInsertPoint(stay);
}

void Generator::leave(NativeEnd reason, llvm::Value* state, std::size_t next) {
  reason_->addIncoming(b_.getInt32(reason), b_.GetInsertBlock());
  state_->addIncoming(state, b_.GetInsertBlock());
  next_->addIncoming(b_.getInt32(static_cast<std::uint32_t>(next)), b_.GetInsertBlock());
  b_.CreateBr(exit_);
}

}  // namespace nram::jit
