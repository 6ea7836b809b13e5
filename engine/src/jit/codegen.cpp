#include "codegen.hpp"

#include "arithmetic.hpp"
#include "native_run.hpp"
#include "twin_blocks.hpp"
#include "vector_loop.hpp"
#include "vector_plan.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Passes/PassBuilder.h>

namespace nram::jit {
namespace {

using flow::Block;
using flow::Instruction;
using flow::Operand;

// Generates one function. The stack slots of registers change at the end of a step only, so that a
// fault in the middle of a step leaves with what they held at its start; LLVM turns the slots into
// SSA values.
class Generator {
 public:
  Generator(const flow::Flow& flow, const Specialisation& specialisation, const Extent& extent,
            llvm::Module& module)
      : flow_(flow),
        specialisation_(specialisation),
        extent_(extent),
        context_(module.getContext()),
        b_(context_),
        cell_(b_.getIntNTy(specialisation.cells == CellType::u32 ? 32 : 64)) {}

  void run(llvm::Function* function) {
    function_ = function;
    function->setDoesNotThrow();
    if (extent_.vector_bits != 0) {
      function->addFnAttr("min-legal-vector-width", std::to_string(extent_.vector_bits));
    }
    size_ = function->getArg(1);

    b_.SetInsertPoint(new_block("entry"));
    make_slots();
    make_constants();
    dispatch_ = new_block("dispatch");
    b_.CreateBr(dispatch_);
    twins_ = find_twin_blocks(flow_);
    loops_.resize(flow_.blocks.size());
    if (extent_.vector_bits != 0) {
      // Of twins none comes many times in a row.
      std::vector<bool> are_twins(flow_.blocks.size(), false);
      for (const TwinBlocks& twins : twins_) {
        are_twins[twins.if_zero] = true;
        are_twins[twins.if_nonzero] = true;
      }
      loops_ = choose_vector_plans(*extent_.plans, are_twins);
    }
    for (std::size_t i = 0; i < flow_.blocks.size(); ++i) {
      headers_.push_back(new_block("block"));
      entries_.push_back(loops_[i] ? new_block("vector_loop") : headers_.back());
    }
    for (std::size_t t = 0; t < twins_.size(); ++t) {
      twin_headers_.push_back(new_block("twins"));
    }
    make_exit();
    make_fault();
    make_finish();
    dispatch();
    for (std::size_t t = 0; t < twins_.size(); ++t) {
      twins(twins_[t], twin_headers_[t]);
    }
    for (std::size_t i = 0; i < flow_.blocks.size(); ++i) {
      block(i);
      vector_loop(i);
    }
  }

 private:
  llvm::BasicBlock* new_block(const char* name) {
    return llvm::BasicBlock::Create(context_, name, function_);
  }

  llvm::Value* memory() { return b_.CreateLoad(b_.getPtrTy(), memory_); }
  llvm::Value* run() { return b_.CreateLoad(b_.getPtrTy(), run_); }
  llvm::Value* load_left() { return b_.CreateLoad(b_.getInt64Ty(), left_); }
  llvm::Value* field_of(llvm::Value* run, std::size_t offset) {
    return b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), run, offset);
  }
  llvm::Value* field(std::size_t offset) { return field_of(run(), offset); }
  llvm::Value* load_field(std::size_t offset, llvm::Type* type) {
    return b_.CreateLoad(type, field(offset));
  }
  llvm::Value* load_word(std::size_t offset) { return load_field(offset, b_.getInt64Ty()); }
  static std::size_t register_offset(std::size_t r) {
    return offsetof(NativeRun, registers) + r * sizeof(std::uint64_t);
  }

  void make_slots() {
    memory_ = b_.CreateAlloca(b_.getPtrTy());
    run_ = b_.CreateAlloca(b_.getPtrTy());
    left_ = b_.CreateAlloca(b_.getInt64Ty());
    until_ = b_.CreateAlloca(b_.getInt64Ty());
    for (unsigned r = 0; r < flow_.machine.registers(); ++r) {
      registers_.push_back(b_.CreateAlloca(cell_));
    }
    b_.CreateStore(function_->getArg(0), memory_);
    b_.CreateStore(function_->getArg(2), run_);
    llvm::Value* const modulus =
        specialisation_.word_arithmetic
            ? nullptr
            : b_.CreateTrunc(load_word(offsetof(NativeRun, modulus)), cell_);
    arithmetic_.emplace(b_, cell_, modulus);
  }

  void load_registers() {
    for (unsigned r = 0; r < registers_.size(); ++r) {
      b_.CreateStore(b_.CreateTrunc(load_word(register_offset(r)), cell_), registers_[r]);
    }
  }
  void save_registers() {
    for (unsigned r = 0; r < registers_.size(); ++r) {
      b_.CreateStore(wide(b_.CreateLoad(cell_, registers_[r])), field(register_offset(r)));
    }
  }

  // Goes on with a run where it stands.
  void dispatch() {
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

  // Constants other than 0, 1 and 2 depend on the modulus.
  void make_constants() {
    const auto use = [&](Operand operand) {
      if (operand.is_constant() && constants_.count(operand.index) == 0) {
        constants_[operand.index] = arithmetic_->constant(operand.index);
      }
    };
    for (const Block& block : flow_.blocks) {
      for (const Instruction& instruction : block.code) {
        use(instruction.a);
        use(instruction.b);
      }
      for (const Operand operand : block.registers) {
        use(operand);
      }
    }
  }

  llvm::Value* steps_so_far() {
    return b_.CreateSub(b_.CreateLoad(b_.getInt64Ty(), until_), load_left());
  }

  // The ways out: why, the controller's state, the block to go on with.
  void make_exit() {
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

  void make_fault() {
    fault_ = new_block("fault");
    b_.SetInsertPoint(fault_);
    fault_address_ = b_.CreatePHI(b_.getInt64Ty(), 0);
    fault_module_ = b_.CreatePHI(b_.getInt32Ty(), 0);
    fault_state_ = b_.CreatePHI(b_.getInt32Ty(), 0);
    b_.CreateStore(fault_address_, field(offsetof(NativeRun, fault_address)));
    b_.CreateStore(fault_module_, field(offsetof(NativeRun, fault_module)));
    leave(native_fault, fault_state_, 0);
  }

  // The end of a run: of the last, or of a row that others follow.
  void make_finish() {
    finish_ = new_block("finish");
    b_.SetInsertPoint(finish_);
    finish_state_ = b_.CreatePHI(b_.getInt32Ty(), 0);
    if (extent_.batches) {
      llvm::BasicBlock* const last = new_block("last_row");
      llvm::BasicBlock* const more = new_block("next_row");
      llvm::Value* const rows_left = load_word(offsetof(NativeRun, rows_left));
      b_.CreateCondBr(b_.CreateICmpEQ(rows_left, b_.getInt64(0)), last, more);
      b_.SetInsertPoint(more);
      b_.CreateStore(b_.CreateSub(rows_left, b_.getInt64(1)),
                     field(offsetof(NativeRun, rows_left)));
      next_row();
      b_.SetInsertPoint(last);
    }
    leave(native_finished, finish_state_, 0);
  }

  void next_row() {
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

  // Asks for the cells of rows to come, as many as a row has: what a processor finds out by itself
  // about short rows comes late. Long rows it does itself.
  void prefetch_rows(llvm::Value* row, llvm::Value* row_bytes) {
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
    prefetch(b_.CreateGEP(b_.getInt8Ty(), row, b_.CreateAdd(offset, b_.getInt64(ahead))));
    llvm::Value* const next = b_.CreateAdd(offset, b_.getInt64(line));
    offset->addIncoming(next, loop);
    b_.CreateCondBr(b_.CreateICmpULT(next, row_bytes), loop, done);
    b_.SetInsertPoint(done);
  }

  // Brings a cell, if it exists, to the first level of the cache.
  void prefetch(llvm::Value* cell) {
    constexpr std::uint32_t to_read = 0;
    constexpr std::uint32_t all_levels = 3;
    constexpr std::uint32_t data = 1;
    b_.CreateIntrinsic(llvm::Intrinsic::prefetch, {cell->getType()},
                       {cell, b_.getInt32(to_read), b_.getInt32(all_levels), b_.getInt32(data)});
  }

  llvm::Value* number(std::uint64_t value) { return arithmetic_->number(value); }

  void vector_loop(std::size_t index) {
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
                        .memory = memory(),
                        .size = size_,
                        .left = left_,
                        .credit = credit,
                        .bulk_steps = field(offsetof(NativeRun, bulk_steps)),
                        .registers = registers_,
                        .otherwise = headers_[index]};
    generate_vector_loop(*loops_[index], site, b_);
  }

  void leave(NativeEnd reason, llvm::Value* state, std::size_t next) {
    reason_->addIncoming(b_.getInt32(reason), b_.GetInsertBlock());
    state_->addIncoming(state, b_.GetInsertBlock());
    next_->addIncoming(b_.getInt32(static_cast<std::uint32_t>(next)), b_.GetInsertBlock());
    b_.CreateBr(exit_);
  }

  // Branches to a new block, where generation goes on, unless the unlikely condition holds.
  void unless(llvm::Value* condition, llvm::BasicBlock* unlikely) {
    llvm::BasicBlock* const likely = new_block("");
    llvm::MDNode* const weights = llvm::MDBuilder(context_).createBranchWeights(1, 1U << 20U);
    b_.CreateCondBr(condition, unlikely, likely, weights);
    b_.SetInsertPoint(likely);
  }

  void block(std::size_t index) {
    const Block& block = flow_.blocks[index];
    b_.SetInsertPoint(headers_[index]);
    llvm::BasicBlock* const stop = new_block("stop");
    unless(b_.CreateICmpEQ(load_left(), b_.getInt64(0)), stop);
    llvm::BasicBlock* const body = b_.GetInsertBlock();
    b_.SetInsertPoint(stop);
    const bool waits = prefetch_loads(block);
    if (extent_.batches) {
      take_turns(index, waits, body);
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

  void begin_step() {
    inputs_.clear();
    results_.clear();
    for (llvm::Value* const slot : registers_) {
      inputs_.push_back(b_.CreateLoad(cell_, slot));
    }
  }

  // One step of either of two blocks, by what a register says.
  void twins(const TwinBlocks& twins, llvm::BasicBlock* header) {
    const Block& zero = flow_.blocks[twins.if_zero];
    const Block& nonzero = flow_.blocks[twins.if_nonzero];
    b_.SetInsertPoint(header);
    llvm::Value* const is_zero = arithmetic_->is_zero(b_.CreateLoad(cell_, registers_[twins.reg]));
    llvm::BasicBlock* const stop = new_block("stop");
    unless(b_.CreateICmpEQ(load_left(), b_.getInt64(0)), stop);
    llvm::BasicBlock* const body = b_.GetInsertBlock();
    b_.SetInsertPoint(stop);
    b_.CreateCondBr(is_zero, headers_[twins.if_zero], headers_[twins.if_nonzero]);
    b_.SetInsertPoint(body);

    const auto choose = [&](llvm::Value* if_zero, llvm::Value* if_nonzero) {
      if (if_zero == if_nonzero) {
        return if_zero;
      }
      llvm::Value* const chosen = b_.CreateSelect(is_zero, if_zero, if_nonzero);
      if (auto* const select = llvm::dyn_cast<llvm::Instruction>(chosen)) {
        // Or else LLVM might make it a branch again.
        select->setMetadata(llvm::LLVMContext::MD_unpredictable, llvm::MDNode::get(context_, {}));
      }
      return chosen;
    };
    begin_step();
    for (std::size_t i = 0; i < zero.code.size(); ++i) {
      const Instruction& one = zero.code[i];
      const Instruction& other = nonzero.code[i];
      results_.push_back(instruction_value(one, choose(value(one.a), value(other.a)),
                                           choose(value(one.b), value(other.b)), zero.state,
                                           one.b == other.b ? constant_of(one.b) : 0));
    }
    for (unsigned r = 0; r < registers_.size(); ++r) {
      b_.CreateStore(choose(value(zero.registers[r]), value(nonzero.registers[r])), registers_[r]);
    }
    b_.CreateStore(b_.CreateSub(load_left(), b_.getInt64(1)), left_);

    const auto tested = [&](const TwinBlocks::Exit& exit, const Block& block) {
      return exit.exists ? value(block.registers[exit.reg]) : number(1);
    };
    llvm::BasicBlock* const out = new_block("leave_twins");
    b_.CreateCondBr(arithmetic_->is_zero(choose(tested(twins.exit_of_zero, zero),
                                                tested(twins.exit_of_nonzero, nonzero))),
                    out, header);
    b_.SetInsertPoint(out);
    llvm::BasicBlock* const after_zero = new_block("after_zero");
    llvm::BasicBlock* const after_nonzero = new_block("after_nonzero");
    b_.CreateCondBr(is_zero, after_zero, after_nonzero);
    const auto go_on = [&](llvm::BasicBlock* from, const TwinBlocks::Exit& exit,
                           std::size_t block) {
      b_.SetInsertPoint(from);
      if (exit.exists) {
        branch(block, flow_.decisions[flow_.blocks[block].next], exit.target);
      } else {
        b_.CreateBr(header);
      }
    };
    go_on(after_zero, twins.exit_of_zero, twins.if_zero);
    go_on(after_nonzero, twins.exit_of_nonzero, twins.if_nonzero);
  }

  // Asks for the cells that the block will load, as far as their addresses are known at its start:
  // whoever stopped here may have something else to do before it goes on. Whether there are any.
  bool prefetch_loads(const Block& block) {
    bool any = false;
    for (const Instruction& instruction : block.code) {
      if (instruction.op != flow::Op::load || instruction.a.kind != Operand::Kind::input) {
        continue;
      }
      llvm::Value* const address = b_.CreateLoad(cell_, registers_[instruction.a.position()]);
      // Not in bounds, perhaps: then nothing is fetched.
      prefetch(b_.CreateGEP(cell_, memory(), wide(address)));
      any = true;
    }
    return any;
  }

  // Interleaved runs: if this one, which stopped before block `index`, has to wait for a load
  // there, the next has its turn, without a detour if it stands before the same block. Generation
  // goes on where nothing of this applies.
  void take_turns(std::size_t index, bool waits, llvm::BasicBlock* body) {
    llvm::BasicBlock* const check = new_block("turn");
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
      b_.CreateCondBr(
          b_.CreateICmpEQ(load_field(offsetof(NativeRun, block), b_.getInt32Ty()), block), same,
          dispatch_);
      b_.SetInsertPoint(same);
      load_registers();
      one_more(load_word(offsetof(NativeRun, steps)));
    } else {
      one_more(steps);
    }
    b_.SetInsertPoint(stay);
  }

  void branch(std::size_t from, const flow::Decision& decision, flow::Target target) {
    if (target >= 0) {
      const auto to = static_cast<std::size_t>(target);
      // A loop that has been entered step by step goes on like this.
      b_.CreateBr(loops_[to] && !loops_[to]->plan->passes(from) ? entries_[to] : headers_[to]);
      return;
    }
    const flow::Test& test = decision.tests[static_cast<std::size_t>(~target)];
    for (std::size_t t = 0; t < twins_.size(); ++t) {
      if (twins_[t].chosen_by(test)) {
        b_.CreateBr(twin_headers_[t]);
        return;
      }
    }
    llvm::BasicBlock* const zero = new_block("zero");
    llvm::BasicBlock* const nonzero = new_block("nonzero");
    b_.CreateCondBr(arithmetic_->is_zero(b_.CreateLoad(cell_, registers_[test.reg])), zero,
                    nonzero);
    b_.SetInsertPoint(zero);
    branch(from, decision, test.if_zero);
    b_.SetInsertPoint(nonzero);
    branch(from, decision, test.if_nonzero);
  }

  llvm::Value* value(Operand operand) {
    switch (operand.kind) {
      case Operand::Kind::input:
        return inputs_[operand.position()];
      case Operand::Kind::result:
        return results_[operand.position()];
      case Operand::Kind::constant:
        break;
    }
    return constants_.at(operand.index);
  }

  // Operation and module are the instruction's; `constant_b` is as for Arithmetic::apply.
  llvm::Value* instruction_value(const Instruction& instruction, llvm::Value* a, llvm::Value* b,
                                 std::uint32_t state, std::int32_t constant_b) {
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

  static std::int32_t constant_of(Operand operand) {
    return operand.is_constant() ? operand.index : 0;
  }

  llvm::Value* wide(llvm::Value* value) { return b_.CreateZExt(value, b_.getInt64Ty()); }
  llvm::Value* cell_at(llvm::Value* address) {
    return b_.CreateInBoundsGEP(cell_, memory(), wide(address));
  }

  void check(llvm::Value* address, unsigned module, std::uint32_t state) {
    llvm::Value* const wide_address = wide(address);
    fault_address_->addIncoming(wide_address, b_.GetInsertBlock());
    fault_module_->addIncoming(b_.getInt32(module), b_.GetInsertBlock());
    fault_state_->addIncoming(b_.getInt32(state), b_.GetInsertBlock());
    unless(b_.CreateICmpUGE(wide_address, size_), fault_);
  }

  // Calls Module::evaluate(Word a, Word b, Modulus modulus); a Modulus is passed as its one Word.
  llvm::Value* custom(const Module& module, llvm::Value* a, llvm::Value* b) {
    llvm::Type* const word = b_.getInt64Ty();
    llvm::FunctionType* const type = llvm::FunctionType::get(word, {word, word, word}, false);
    llvm::Value* const address = b_.CreateIntToPtr(
        b_.getInt64(reinterpret_cast<std::uintptr_t>(module.evaluate)), b_.getPtrTy());
    llvm::Value* const modulus = load_word(offsetof(NativeRun, modulus));
    return b_.CreateTrunc(b_.CreateCall(type, address, {wide(a), wide(b), modulus}), cell_);
  }

  const flow::Flow& flow_;
  const Specialisation& specialisation_;
  const Extent& extent_;
  llvm::LLVMContext& context_;
  llvm::IRBuilder<> b_;
  llvm::IntegerType* cell_;
  llvm::Function* function_ = nullptr;
  llvm::Value* size_ = nullptr;
  std::optional<Arithmetic> arithmetic_;
  llvm::Value* memory_ = nullptr;        // slot: the first cell
  llvm::Value* run_ = nullptr;           // slot: the NativeRun
  llvm::Value* left_ = nullptr;          // slot: steps until ...
  llvm::Value* until_ = nullptr;         // slot: ... there are this many
  std::vector<llvm::Value*> registers_;  // slots
  std::map<std::int32_t, llvm::Value*> constants_;
  llvm::BasicBlock* dispatch_ = nullptr;
  std::vector<llvm::BasicBlock*> headers_;
  std::vector<std::optional<VectorPlan>> loops_;
  std::size_t vector_loops_ = 0;            // generated so far
  std::vector<llvm::BasicBlock*> entries_;  // the vector loop, or else the header
  std::vector<TwinBlocks> twins_;
  std::vector<llvm::BasicBlock*> twin_headers_;
  llvm::BasicBlock* exit_ = nullptr;
  llvm::PHINode* reason_ = nullptr;
  llvm::PHINode* state_ = nullptr;
  llvm::PHINode* next_ = nullptr;
  llvm::BasicBlock* fault_ = nullptr;
  llvm::PHINode* fault_address_ = nullptr;
  llvm::PHINode* fault_module_ = nullptr;
  llvm::PHINode* fault_state_ = nullptr;
  llvm::BasicBlock* finish_ = nullptr;
  llvm::PHINode* finish_state_ = nullptr;
  std::vector<llvm::Value*> inputs_;
  std::vector<llvm::Value*> results_;
};

}  // namespace

std::unique_ptr<llvm::Module> generate(const flow::Flow& flow, const Specialisation& specialisation,
                                       const Extent& extent, const std::string& function,
                                       llvm::LLVMContext& context) {
  auto module = std::make_unique<llvm::Module>("nram", context);
  llvm::Type* const pointer = llvm::PointerType::get(context, 0);
  llvm::FunctionType* const type = llvm::FunctionType::get(
      llvm::Type::getInt32Ty(context), {pointer, llvm::Type::getInt64Ty(context), pointer}, false);
  Generator(flow, specialisation, extent, *module)
      .run(llvm::Function::Create(type, llvm::Function::ExternalLinkage, function, *module));
  return module;
}

void optimise(llvm::Module& module, llvm::TargetMachine& target) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&target);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  llvm::cantFail(builder.parsePassPipeline(
      passes, "function(sroa,simplifycfg,instcombine<no-verify-fixpoint>,early-cse,simplifycfg)"));
  passes.run(module, modules);
}

}  // namespace nram::jit
