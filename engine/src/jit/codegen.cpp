#include "codegen.hpp"

#include "native_run.hpp"

#include <cstddef>
#include <map>
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
  Generator(const flow::Flow& flow, const Specialisation& specialisation, llvm::Module& module)
      : flow_(flow),
        word_(specialisation.word_arithmetic),
        context_(module.getContext()),
        b_(context_),
        cell_(b_.getIntNTy(specialisation.cells == CellType::u32 ? 32 : 64)) {}

  void run(llvm::Function* function) {
    function_ = function;
    function->setDoesNotThrow();
    function->addParamAttr(0, llvm::Attribute::NoAlias);
    function->addParamAttr(2, llvm::Attribute::NoAlias);
    memory_ = function->getArg(0);
    size_ = function->getArg(1);
    run_ = function->getArg(2);

    b_.SetInsertPoint(new_block("entry"));
    load_run();
    make_exit();
    for (std::size_t i = 0; i < flow_.blocks.size(); ++i) {
      headers_.push_back(new_block("block"));
    }
    llvm::SwitchInst* const start =
        b_.CreateSwitch(load_field(offsetof(NativeRun, block), b_.getInt32Ty()), headers_.front(),
                        static_cast<unsigned>(headers_.size()));
    for (std::size_t i = 0; i < headers_.size(); ++i) {
      start->addCase(b_.getInt32(static_cast<std::uint32_t>(i)), headers_[i]);
    }
    for (std::size_t i = 0; i < flow_.blocks.size(); ++i) {
      block(i);
    }
  }

 private:
  llvm::BasicBlock* new_block(const char* name) {
    return llvm::BasicBlock::Create(context_, name, function_);
  }

  llvm::Value* field(std::size_t offset) {
    return b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), run_, offset);
  }
  llvm::Value* load_field(std::size_t offset, llvm::Type* type) {
    return b_.CreateLoad(type, field(offset));
  }
  static std::size_t register_offset(std::size_t r) {
    return offsetof(NativeRun, registers) + r * sizeof(std::uint64_t);
  }

  void load_run() {
    stop_at_ = load_field(offsetof(NativeRun, stop_at), b_.getInt64Ty());
    left_ = b_.CreateAlloca(b_.getInt64Ty());
    b_.CreateStore(b_.CreateSub(stop_at_, load_field(offsetof(NativeRun, steps), b_.getInt64Ty())),
                   left_);
    modulus_ = b_.CreateTrunc(load_field(offsetof(NativeRun, modulus), b_.getInt64Ty()), cell_);
    for (unsigned r = 0; r < flow_.machine.registers(); ++r) {
      registers_.push_back(b_.CreateAlloca(cell_));
      b_.CreateStore(b_.CreateTrunc(load_field(register_offset(r), b_.getInt64Ty()), cell_),
                     registers_.back());
    }
    make_constants();
  }

  // Constants other than 0, 1 and 2 depend on the modulus.
  void make_constants() {
    const auto use = [&](Operand operand) {
      if (operand.is_constant() && constants_.count(operand.index) == 0) {
        constants_[operand.index] = constant(operand.index);
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

  llvm::Value* constant(std::int32_t k) {
    if (word_ || (k >= 0 && k < 3)) {
      return llvm::ConstantInt::getSigned(cell_, k);
    }
    llvm::Value* const magnitude = b_.CreateURem(
        llvm::ConstantInt::get(cell_, static_cast<std::uint64_t>(k < 0 ? -k : k)), modulus_);
    if (k > 0) {
      return magnitude;
    }
    return b_.CreateSelect(is_zero(magnitude), number(0), b_.CreateSub(modulus_, magnitude));
  }

  llvm::Value* number(std::uint64_t value) { return llvm::ConstantInt::get(cell_, value); }
  llvm::Value* is_zero(llvm::Value* value) { return b_.CreateICmpEQ(value, number(0)); }

  // The ways out: why, the controller's state, the block to go on with.
  void make_exit() {
    const llvm::IRBuilderBase::InsertPointGuard guard(b_);
    exit_ = new_block("exit");
    b_.SetInsertPoint(exit_);
    reason_ = b_.CreatePHI(b_.getInt32Ty(), 0);
    state_ = b_.CreatePHI(b_.getInt32Ty(), 0);
    next_ = b_.CreatePHI(b_.getInt32Ty(), 0);
    b_.CreateStore(b_.CreateSub(stop_at_, b_.CreateLoad(b_.getInt64Ty(), left_)),
                   field(offsetof(NativeRun, steps)));
    b_.CreateStore(state_, field(offsetof(NativeRun, state)));
    b_.CreateStore(next_, field(offsetof(NativeRun, block)));
    for (unsigned r = 0; r < registers_.size(); ++r) {
      b_.CreateStore(b_.CreateZExt(b_.CreateLoad(cell_, registers_[r]), b_.getInt64Ty()),
                     field(register_offset(r)));
    }
    b_.CreateRet(reason_);

    fault_ = new_block("fault");
    b_.SetInsertPoint(fault_);
    fault_address_ = b_.CreatePHI(b_.getInt64Ty(), 0);
    fault_module_ = b_.CreatePHI(b_.getInt32Ty(), 0);
    fault_state_ = b_.CreatePHI(b_.getInt32Ty(), 0);
    b_.CreateStore(fault_address_, field(offsetof(NativeRun, fault_address)));
    b_.CreateStore(fault_module_, field(offsetof(NativeRun, fault_module)));
    leave(native_fault, fault_state_, 0);
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
    unless(b_.CreateICmpEQ(b_.CreateLoad(b_.getInt64Ty(), left_), b_.getInt64(0)), stop);
    llvm::BasicBlock* const body = b_.GetInsertBlock();
    b_.SetInsertPoint(stop);
    prefetch(block);
    leave(native_steps_done, b_.getInt32(block.state), index);
    b_.SetInsertPoint(body);

    inputs_.clear();
    results_.clear();
    for (llvm::Value* const slot : registers_) {
      inputs_.push_back(b_.CreateLoad(cell_, slot));
    }
    for (const Instruction& instruction : block.code) {
      results_.push_back(instruction_value(instruction, block));
    }
    for (unsigned r = 0; r < registers_.size(); ++r) {
      b_.CreateStore(value(block.registers[r]), registers_[r]);
    }
    b_.CreateStore(b_.CreateSub(b_.CreateLoad(b_.getInt64Ty(), left_), b_.getInt64(1)), left_);
    if (block.finish) {
      leave(native_finished, b_.getInt32(block.next_state), 0);
    } else {
      const flow::Decision& decision = flow_.decisions[block.next];
      branch(decision, decision.root);
    }
  }

  // Asks for the cells that the block will load, as far as their addresses are known at its start:
  // whoever stopped here may have something else to do before it goes on.
  void prefetch(const Block& block) {
    for (const Instruction& instruction : block.code) {
      if (instruction.op != flow::Op::load || instruction.a.kind != Operand::Kind::input) {
        continue;
      }
      llvm::Value* const address = b_.CreateLoad(cell_, registers_[instruction.a.position()]);
      // Not in bounds, perhaps: then nothing is fetched.
      llvm::Value* const cell = b_.CreateGEP(cell_, memory_, wide(address));
      constexpr std::uint32_t to_read = 0;
      constexpr std::uint32_t all_levels = 3;
      constexpr std::uint32_t data = 1;
      b_.CreateIntrinsic(llvm::Intrinsic::prefetch, {cell->getType()},
                         {cell, b_.getInt32(to_read), b_.getInt32(all_levels), b_.getInt32(data)});
    }
  }

  void branch(const flow::Decision& decision, flow::Target target) {
    if (target >= 0) {
      b_.CreateBr(headers_[static_cast<std::size_t>(target)]);
      return;
    }
    const flow::Test& test = decision.tests[static_cast<std::size_t>(~target)];
    llvm::BasicBlock* const zero = new_block("zero");
    llvm::BasicBlock* const nonzero = new_block("nonzero");
    b_.CreateCondBr(is_zero(b_.CreateLoad(cell_, registers_[test.reg])), zero, nonzero);
    b_.SetInsertPoint(zero);
    branch(decision, test.if_zero);
    b_.SetInsertPoint(nonzero);
    branch(decision, test.if_nonzero);
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

  llvm::Value* instruction_value(const Instruction& instruction, const Block& block) {
    llvm::Value* const a = value(instruction.a);
    llvm::Value* const b = value(instruction.b);
    switch (instruction.op) {
      case flow::Op::check:
        check(a, instruction.module, block.state);
        return nullptr;
      case flow::Op::load:
        return b_.CreateLoad(cell_, cell_at(a));
      case flow::Op::store:
        b_.CreateStore(b, cell_at(a));
        return nullptr;
      case flow::Op::add:
        return add(instruction, a, b);
      case flow::Op::sub:
        return sub(a, b);
      case flow::Op::lt:
        return b_.CreateZExt(b_.CreateICmpULT(a, b), cell_);
      case flow::Op::le:
        return b_.CreateZExt(b_.CreateICmpULE(a, b), cell_);
      case flow::Op::eq:
        return b_.CreateZExt(b_.CreateICmpEQ(a, b), cell_);
      case flow::Op::min:
        return b_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, a, b);
      case flow::Op::max:
        return b_.CreateBinaryIntrinsic(llvm::Intrinsic::umax, a, b);
      case flow::Op::custom:
        break;
    }
    return custom(flow_.machine.modules()[instruction.module], a, b);
  }

  llvm::Value* wide(llvm::Value* value) { return b_.CreateZExt(value, b_.getInt64Ty()); }
  llvm::Value* cell_at(llvm::Value* address) {
    return b_.CreateInBoundsGEP(cell_, memory_, wide(address));
  }

  void check(llvm::Value* address, unsigned module, std::uint32_t state) {
    llvm::Value* const wide_address = wide(address);
    fault_address_->addIncoming(wide_address, b_.GetInsertBlock());
    fault_module_->addIncoming(b_.getInt32(module), b_.GetInsertBlock());
    fault_state_->addIncoming(b_.getInt32(state), b_.GetInsertBlock());
    unless(b_.CreateICmpUGE(wide_address, size_), fault_);
  }

  llvm::Value* add(const Instruction& instruction, llvm::Value* a, llvm::Value* b) {
    if (word_) {
      return b_.CreateAdd(a, b);
    }
    if (instruction.b.is_constant(1)) {
      llvm::Value* const sum = b_.CreateAdd(a, b);
      return b_.CreateSelect(b_.CreateICmpEQ(sum, modulus_), number(0), sum);
    }
    if (instruction.b.is_constant(-1)) {
      return b_.CreateSelect(is_zero(a), b, b_.CreateSub(a, number(1)));
    }
    // a + b reaches M exactly when a reaches this.
    llvm::Value* const room = b_.CreateSub(modulus_, b);
    return b_.CreateSelect(b_.CreateICmpUGE(a, room), b_.CreateSub(a, room), b_.CreateAdd(a, b));
  }

  llvm::Value* sub(llvm::Value* a, llvm::Value* b) {
    llvm::Value* const difference = b_.CreateSub(a, b);
    return word_ ? difference
                 : b_.CreateSelect(b_.CreateICmpUGE(a, b), difference,
                                   b_.CreateAdd(difference, modulus_));
  }

  // Calls Module::evaluate(Word a, Word b, Modulus modulus); a Modulus is passed as its one Word.
  llvm::Value* custom(const Module& module, llvm::Value* a, llvm::Value* b) {
    llvm::Type* const word = b_.getInt64Ty();
    llvm::FunctionType* const type = llvm::FunctionType::get(word, {word, word, word}, false);
    llvm::Value* const address = b_.CreateIntToPtr(
        b_.getInt64(reinterpret_cast<std::uintptr_t>(module.evaluate)), b_.getPtrTy());
    llvm::Value* const modulus = load_field(offsetof(NativeRun, modulus), word);
    return b_.CreateTrunc(b_.CreateCall(type, address, {wide(a), wide(b), modulus}), cell_);
  }

  const flow::Flow& flow_;
  bool word_;
  llvm::LLVMContext& context_;
  llvm::IRBuilder<> b_;
  llvm::IntegerType* cell_;
  llvm::Function* function_ = nullptr;
  llvm::Value* memory_ = nullptr;
  llvm::Value* size_ = nullptr;
  llvm::Value* run_ = nullptr;
  llvm::Value* stop_at_ = nullptr;
  llvm::Value* left_ = nullptr;  // slot: steps until stop_at
  llvm::Value* modulus_ = nullptr;
  std::vector<llvm::Value*> registers_;  // slots
  std::map<std::int32_t, llvm::Value*> constants_;
  std::vector<llvm::BasicBlock*> headers_;
  llvm::BasicBlock* exit_ = nullptr;
  llvm::PHINode* reason_ = nullptr;
  llvm::PHINode* state_ = nullptr;
  llvm::PHINode* next_ = nullptr;
  llvm::BasicBlock* fault_ = nullptr;
  llvm::PHINode* fault_address_ = nullptr;
  llvm::PHINode* fault_module_ = nullptr;
  llvm::PHINode* fault_state_ = nullptr;
  std::vector<llvm::Value*> inputs_;
  std::vector<llvm::Value*> results_;
};

}  // namespace

std::unique_ptr<llvm::Module> generate(const flow::Flow& flow, const Specialisation& specialisation,
                                       const std::string& function, llvm::LLVMContext& context) {
  auto module = std::make_unique<llvm::Module>("nram", context);
  llvm::Type* const pointer = llvm::PointerType::get(context, 0);
  llvm::FunctionType* const type = llvm::FunctionType::get(
      llvm::Type::getInt32Ty(context), {pointer, llvm::Type::getInt64Ty(context), pointer}, false);
  Generator(flow, specialisation, *module)
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
