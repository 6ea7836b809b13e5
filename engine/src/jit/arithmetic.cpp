#include "arithmetic.hpp"

namespace nram::jit {

llvm::Value* Arithmetic::constant(std::int64_t k) const {
  const bool has_32_bits = cell_->getBitWidth() == 32;
  if (wraps_naturally() || (k >= 0 && k < 3)) {
    return llvm::ConstantInt::getSigned(cell_, has_32_bits ? static_cast<std::int32_t>(k) : k);
  }
  const auto distance = static_cast<std::uint64_t>(k < 0 ? -k : k);
  llvm::Value* const magnitude =
      has_32_bits && (distance >> 32U) != 0
          ? b_.CreateTrunc(
                b_.CreateURem(b_.getInt64(distance), b_.CreateZExt(modulus_, b_.getInt64Ty())),
                cell_)
          : b_.CreateURem(number(distance), modulus_);
  if (k > 0) {
    return magnitude;
  }
  return b_.CreateSelect(is_zero(magnitude), number(0), b_.CreateSub(modulus_, magnitude));
}

llvm::Value* Arithmetic::apply(flow::Op op, llvm::Value* a, llvm::Value* b,
                               std::int64_t constant_b) const {
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
    case flow::Op::signed_lt:
      return b_.CreateZExt(is_below(a, b), a->getType());
    case flow::Op::signed_le:
      return b_.CreateZExt(b_.CreateNot(is_below(b, a)), a->getType());
    case flow::Op::signed_min:
      return b_.CreateSelect(is_below(b, a), b, a);
    case flow::Op::signed_max:
      return b_.CreateSelect(is_below(a, b), b, a);
    case flow::Op::check:
    case flow::Op::load:
    case flow::Op::store:
    case flow::Op::custom:
      break;
  }
  return nullptr;
}

llvm::Value* Arithmetic::add(llvm::Value* a, llvm::Value* b, std::int64_t constant_b) const {
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

// As signed numbers: see signed_place.
llvm::Value* Arithmetic::is_below(llvm::Value* a, llvm::Value* b) const {
  if (wraps_naturally()) {
    return b_.CreateICmpSLT(a, b);
  }
  llvm::Value* const half = b_.CreateLShr(modulus_like(a), 1);
  return b_.CreateICmpULT(add(a, half, 0), add(b, half, 0));
}

llvm::Value* Arithmetic::neutral(flow::Op op, llvm::Type* type) const {
  if (op == flow::Op::min) {
    return llvm::Constant::getAllOnesValue(type);
  }
  llvm::Value* const zero = llvm::Constant::getNullValue(type);
  if (op != flow::Op::signed_min && op != flow::Op::signed_max) {
    return zero;
  }
  // The largest signed number is floor((M - 1) / 2), the smallest comes behind it.
  llvm::Value* const largest = b_.CreateLShr(
      wraps_naturally() ? llvm::Constant::getAllOnesValue(type)
                        : b_.CreateSub(modulus_like(zero), llvm::ConstantInt::get(type, 1)),
      1);
  return op == flow::Op::signed_min ? largest
                                    : b_.CreateAdd(largest, llvm::ConstantInt::get(type, 1));
}

llvm::Value* Arithmetic::modulus_like(llvm::Value* value) const {
  auto* const vector = llvm::dyn_cast<llvm::FixedVectorType>(value->getType());
  return vector == nullptr ? modulus_ : b_.CreateVectorSplat(vector->getNumElements(), modulus_);
}

}  // namespace nram::jit
