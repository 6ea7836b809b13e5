#pragma once

// Generates the native function of a flow: the class behind generate().

#include "arithmetic.hpp"
#include "codegen.hpp"
#include "if_conversion.hpp"
#include "native_run.hpp"
#include "vector_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <llvm/IR/IRBuilder.h>

namespace nram::jit {

/// Generates one function. The stack slots of registers change at the end of a step only, so that a
/// fault in the middle of a step leaves with what they held at its start; LLVM iterations the slots
/// into SSA values.
class Generator {
 public:
  /// What is referred to must outlive the generator.
  Generator(const flow::Flow& flow, const Specialisation& specialisation, const Extent& extent,
            llvm::Module& module);

  /// Fills the function, of the type that generate() gives it; once.
  void fill(llvm::Function* function);

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
  llvm::Value* number(std::uint64_t value) { return arithmetic_->number(value); }
  llvm::Value* wide(llvm::Value* value) { return b_.CreateZExt(value, b_.getInt64Ty()); }
  llvm::Value* cell_at(llvm::Value* address) {
    return b_.CreateInBoundsGEP(cell_, memory(), wide(address));
  }
  static std::int64_t constant_of(flow::Operand operand) {
    return operand.is_constant() ? operand.index : 0;
  }
  static std::size_t register_offset(std::size_t r) {
    return offsetof(NativeRun, registers) + r * sizeof(std::uint64_t);
  }

  // In generator.cpp: what all of the function uses.
  void make_slots();
  // Constants other than 0, 1 and 2 depend on the modulus.
  void make_constants();

  // In generator_steps.cpp: blocks, their instructions and where they lead.
  void block(std::size_t index);
  void begin_step();
  // One step of either of two blocks, by what a register says.
  void if_converted_pair(const IfConvertedPair& pair, llvm::BasicBlock* header);
  llvm::Value* choose(llvm::Value* is_zero, llvm::Value* if_zero, llvm::Value* if_nonzero);
  // After the step: on with either block, or out of the pair.
  void leave_pair(const IfConvertedPair& pair, llvm::Value* is_zero, llvm::BasicBlock* header);
  // The cell of an address that one block of a pair loads, whichever is chosen, so that the load
  // need not wait for the comparison that says which. (LLVM would choose first and then load, if
  // the load were not volatile.)
  llvm::Value* load_early(llvm::Value* address);
  void branch(std::size_t from, const flow::Decision& decision, flow::Target target);
  void vector_loop(std::size_t index);
  llvm::Value* value(flow::Operand operand);
  // Operation and module are the instruction's; `constant_b` is as for Arithmetic::apply.
  llvm::Value* instruction_value(const flow::Instruction& instruction, llvm::Value* a,
                                 llvm::Value* b, std::uint32_t state, std::int64_t constant_b);
  void check(llvm::Value* address, unsigned module, std::uint32_t state);
  // Calls Module::evaluate(Word a, Word b, Modulus modulus); a Modulus is passed as its one Word.
  llvm::Value* custom(const Module& module, llvm::Value* a, llvm::Value* b);
  // Branches to a new block, where generation goes on, unless the unlikely condition holds.
  void unless(llvm::Value* condition, llvm::BasicBlock* unlikely);

  // In generator_runs.cpp: how a run begins, ends and makes way for another.
  void load_registers();
  void save_registers();
  // Goes on with a run where it stands.
  void dispatch();
  llvm::Value* steps_so_far();
  // The ways out: why, the controller's state, the block to go on with.
  void make_exit();
  void make_fault();
  // The end of a run: of the last, or of a row that others follow.
  void make_finish();
  void next_row();
  // Asks for the cells of rows to come, as many as a row has: what a processor finds out by itself
  // about short rows comes late. Long rows it does itself.
  void prefetch_rows(llvm::Value* row, llvm::Value* row_bytes);
  // Brings a cell, if it exists, to a level of the cache. More lines can be on their way to the
  // second than to the first.
  enum class CacheLevel : std::uint8_t { first, second };
  void prefetch(llvm::Value* cell, CacheLevel to);
  // Asks for the cells that the block will load, as far as their addresses are known at its start:
  // whoever stopped here may have something else to do before it goes on. Whether there are any.
  bool prefetch_loads(const flow::Block& block);
  // Interleaved runs: if this one, which stopped before block `index`, has to wait for a load
  // there, the next goes on, without a detour if it stands before the same block. Generation goes
  // on where nothing of this applies.
  void switch_runs(std::size_t index, bool waits, llvm::BasicBlock* body);
  void leave(NativeEnd reason, llvm::Value* state, std::size_t next);

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
  std::map<std::int64_t, llvm::Value*> constants_;
  llvm::BasicBlock* dispatch_ = nullptr;
  std::vector<llvm::BasicBlock*> headers_;
  std::vector<std::optional<VectorPlan>> loops_;
  std::size_t vector_loops_ = 0;            // generated so far
  std::vector<llvm::BasicBlock*> entries_;  // the vector loop, or else the header
  std::vector<IfConvertedPair> pairs_;
  std::vector<llvm::BasicBlock*> pair_headers_;
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

}  // namespace nram::jit
