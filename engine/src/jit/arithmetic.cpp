#include "arithmetic.hpp"

namespace nram::jit {

llvm::Value* Arithmetic::constant(std::int32_t k) const {
  if (wraps_naturally() || (k >= 0 && k < 3)) {
    return llvm::ConstantInt::getSigned(cell_, k);
  }
  llvm::Value* const magnitude =
      b_.CreateURem(number(static_cast<std::uint64_t>(k < 0 ? -k : k)), modulus_);
  if (k > 0) {
    return magnitude;
  }
  return b_.CreateSelect(is_zero(magnitude), number(0), b_.CreateSub(modulus_, magnitude));
}

llvm::Value* Arithmetic::apply(flow::Op op, llvm::Value* a, llvm::Value* b,
                               std::int32_t constant_b) const {
  switch (op) {
    case flow::Op::add:
      return add(a, b, constant_b);
    case flow::Op::sub:
      return sub(a, b);
    case flow::Op::lt:
      return b_.CreateZExt(b_.CreateICmpULT(a, b), a->getType());
    case flow::Op::le:
      return b_.CreateZExt(b_.CreateICmpULE(a, b), a->getType());
    case flow::Op::eq:
      return b_.CreateZExt(b_.CreateICmpEQ(a, b), a->getType());
    case flow::Op::min:
      return b_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, a, b);
    case flow::Op::max:
      return b_.CreateBinaryIntrinsic(llvm::Intrinsic::umax, a, b);
    case flow::Op::check:
    case flow::Op::load:
    case flow::Op::store:
    case flow::Op::custom:
      break;
  }
  return nullptr;
}

llvm::Value* Arithmetic::add(llvm::Value* a, llvm::Value* b, std::int32_t constant_b) const {
  if (wraps_naturally()) {
    return b_.CreateAdd(a, b);
  }
  llvm::Value* const m = modulus_like(a);
  llvm::Value* const zero = llvm::Constant::getNullValue(a->getType());
  if (constant_b == 1) {
    llvm::Value* const sum = b_.CreateAdd(a, b);
    return b_.CreateSelect(b_.CreateICmpEQ(sum, m), zero, sum);
  }
  if (constant_b == -1) {
    llvm::Value* const one = llvm::ConstantInt::get(a->getType(), 1);
    return b_.CreateSelect(is_zero(a), b, b_.CreateSub(a, one));
  }
  // a + b reaches M exactly when a reaches this.
  llvm::Value* const room = b_.CreateSub(m, b);
  return b_.CreateSelect(b_.CreateICmpUGE(a, room), b_.CreateSub(a, room), b_.CreateAdd(a, b));
}

llvm::Value* Arithmetic::sub(llvm::Value* a, llvm::Value* b) const {
  llvm::Value* const difference = b_.CreateSub(a, b);
  return wraps_naturally() ? difference
                           : b_.CreateSelect(b_.CreateICmpUGE(a, b), difference,
                                             b_.CreateAdd(difference, modulus_like(a)));
}

llvm::Value* Arithmetic::modulus_like(llvm::Value* value) const {
  auto* const vector = llvm::dyn_cast<llvm::FixedVectorType>(value->getType());
  return vector == nullptr ? modulus_ : b_.CreateVectorSplat(vector->getNumElements(), modulus_);
}

}  // namespace nram::jit
