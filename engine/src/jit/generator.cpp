#include "generator.hpp"

#include <string>

namespace nram::jit {

using flow::Block;
using flow::Instruction;
using flow::Operand;

Generator::Generator(const flow::Flow& flow, const Specialisation& specialisation,
                     const Extent& extent, llvm::Module& module)
    : flow_(flow),
      specialisation_(specialisation),
      extent_(extent),
      context_(module.getContext()),
      b_(context_),
      cell_(b_.getIntNTy(specialisation.cells == CellType::u32 ? 32 : 64)) {}

void Generator::fill(llvm::Function* function) {
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
  pairs_ = find_if_converted_pairs(flow_);
  loops_.resize(flow_.blocks.size());
  if (extent_.vector_bits != 0) {
    // None of a pair comes many times in a row.
    std::vector<bool> is_in_pair(flow_.blocks.size(), false);
    for (const IfConvertedPair& pair : pairs_) {
      is_in_pair[pair.if_zero] = true;
      is_in_pair[pair.if_nonzero] = true;
    }
    loops_ = choose_vector_plans(*extent_.plans, is_in_pair);
  }
  for (std::size_t i = 0; i < flow_.blocks.size(); ++i) {
    headers_.push_back(new_block("block"));
    entries_.push_back(loops_[i] ? new_block("vector_loop") : headers_.back());
  }
  for (std::size_t t = 0; t < pairs_.size(); ++t) {
    pair_headers_.push_back(new_block("pair"));
  }
  make_exit();
  make_fault();
  make_finish();
  dispatch();
  for (std::size_t t = 0; t < pairs_.size(); ++t) {
    if_converted_pair(pairs_[t], pair_headers_[t]);
  }
  for (std::size_t i = 0; i < flow_.blocks.size(); ++i) {
    block(i);
    vector_loop(i);
  }
}

void Generator::make_slots() {
  memory_ = b_.CreateAlloca(b_.getPtrTy());
  run_ = b_.CreateAlloca(b_.getPtrTy());
  left_ = b_.CreateAlloca(b_.getInt64Ty());
  until_ = b_.CreateAlloca(b_.getInt64Ty());
  for (unsigned r = 0; r < flow_.machine.registers(); ++r) {
    registers_.push_back(b_.CreateAlloca(cell_));
  }
  b_.CreateStore(function_->getArg(0), memory_);
  b_.CreateStore(function_->getArg(2), run_);
  llvm::Value* const modulus = specialisation_.word_arithmetic
                                   ? nullptr
                                   : b_.CreateTrunc(load_word(offsetof(NativeRun, modulus)), cell_);
  arithmetic_.emplace(b_, cell_, modulus);
}

void Generator::make_constants() {
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

}  // namespace nram::jit
