#pragma once

// The machine's arithmetic as LLVM instructions, on single values or on vectors of them.

#include <cstdint>

#include <llvm/IR/IRBuilder.h>

#include <nram/engine/flow.hpp>

namespace nram::jit {

class Arithmetic {
 public:
  /// Modulo `modulus`, a value of type `cell`; with natural wrap-around if that is null.
  Arithmetic(llvm::IRBuilder<>& builder, llvm::IntegerType* cell, llvm::Value* modulus)
      : b_(builder), cell_(cell), modulus_(modulus) {}

  [[nodiscard]] bool wraps_naturally() const { return modulus_ == nullptr; }
  /// The modulus. Precondition: !wraps_naturally().
  [[nodiscard]] llvm::Value* modulus() const { return modulus_; }
  /// A number that is below every modulus.
  [[nodiscard]] llvm::Value* number(std::uint64_t value) const {
    return llvm::ConstantInt::get(cell_, value);
  }
  /// k mod M.
  [[nodiscard]] llvm::Value* constant(std::int64_t k) const;
  [[nodiscard]] llvm::Value* is_zero(llvm::Value* value) const {
    return b_.CreateICmpEQ(value, llvm::Constant::getNullValue(value->getType()));
  }

  /// One of flow::Op's pure operations: anything but check, load, store and custom. Operands have
  /// one type, `cell` or a vector of it; `constant_b` is b's number if b is a constant, or 0.
  [[nodiscard]] llvm::Value* apply(flow::Op op, llvm::Value* a, llvm::Value* b,
                                   std::int64_t constant_b) const;

  /// What changes no sum, minimum or maximum (`op`: add or an extreme), as a value of this type,
  /// `cell` or a vector of it.
  [[nodiscard]] llvm::Value* neutral(flow::Op op, llvm::Type* type) const;

 private:
  [[nodiscard]] llvm::Value* is_below(llvm::Value* a, llvm::Value* b) const;
  [[nodiscard]] llvm::Value* add(llvm::Value* a, llvm::Value* b, std::int64_t constant_b) const;
  [[nodiscard]] llvm::Value* sub(llvm::Value* a, llvm::Value* b) const;
  [[nodiscard]] llvm::Value* modulus_like(llvm::Value* value) const;

  llvm::IRBuilder<>& b_;
  llvm::IntegerType* cell_;
  llvm::Value* modulus_;
};

}  // namespace nram::jit
