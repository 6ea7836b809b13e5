#include "vector_loop.hpp"

namespace nram::jit {
namespace {

// Fewer iterations than this are left to the steps.
constexpr std::uint64_t least_iterations = 4;
// So many vectors of iterations show that a loop is worth bringing its cells to the start of a
// line.
constexpr std::uint64_t vectors_as_they_lie = 8;

}  // namespace

using loops::Guard;
using loops::no_node;
using loops::Node;
using loops::NodeIndex;
using loops::Op;

// Values in the first iteration, and how many iterations are possible as far as invariants and
// induction variables say.
void VectorLoop::check() {
  iterations_ = b_.CreateLoad(b_.getInt64Ty(), site_.left);
  if (loop_.steps != 1) {
    iterations_ = b_.CreateUDiv(iterations_, b_.getInt64(loop_.steps));
  }
  for (NodeIndex i = 0; i < loop_.nodes.size(); ++i) {
    if (!plan_.is_varying(i)) {
      bases_[i] = base(loop_.nodes[i]);
      restrict(i);
    }
  }
  for (std::size_t l = 0; l < loop_.accesses.size() && !loop_.stores.empty(); ++l) {
    const bool is_reduction = !loop_.accesses[l].is_store && plan_.cell_total &&
                              plan_.cell_total->load == loop_.accesses[l].node;
    if (!loop_.accesses[l].is_store && !is_reduction &&
        !plan_.is_varying(loop_.nodes[loop_.accesses[l].node].a)) {
      keep_apart(l);
    }
  }
  give_up_if(b_.CreateICmpULT(iterations_, b_.getInt64(least_iterations)));
  align();
}

// A vector that lies across two lines of the cache takes as long to store as two. A loop that goes
// on for long does some iterations, so many that its next vector starts where a line does, and then
// begins anew.
void VectorLoop::align() {
  const NodeIndex address = walked();
  if (address == no_node) {
    return;
  }
  llvm::Value* const first =
      b_.CreatePtrToInt(cell_at(wide(bases_[address])), b_.getInt64Ty(), "first_address");
  llvm::Value* const cells = b_.CreateUDiv(first, b_.getInt64(site_.cell->getBitWidth() / 8));
  llvm::Value* const missing = b_.CreateAnd(
      plan_.strides[address] > 0 ? b_.CreateNeg(cells) : b_.CreateAdd(cells, b_.getInt64(1)),
      b_.getInt64(site_.lanes - 1));
  const std::uint64_t some = vectors_as_they_lie * site_.lanes;
  llvm::Value* const is_long = b_.CreateICmpUGT(iterations_, b_.getInt64(2 * some));
  begins_anew_ = b_.CreateAnd(is_long, b_.CreateICmpNE(missing, b_.getInt64(0)), "begins_anew");
  iterations_ =
      b_.CreateSelect(begins_anew_, b_.CreateAdd(missing, b_.getInt64(some)), iterations_);
}

// The address that goes from cell to cell: of the store, or else of any load.
NodeIndex VectorLoop::walked() const {
  if (!loop_.stores.empty() && !plan_.stores_to_one_cell()) {
    return loop_.stores.front().address;
  }
  for (const loops::Access& access : loop_.accesses) {
    const NodeIndex address = access.is_store ? no_node : loop_.nodes[access.node].a;
    if (!access.is_store && !plan_.is_varying(address) && plan_.strides[address] != 0) {
      return address;
    }
  }
  return no_node;
}

llvm::Value* VectorLoop::base(const Node& node) {
  if (node.kind == Node::Kind::constant) {
    return arithmetic_.constant(node.number);
  }
  if (node.kind == Node::Kind::input) {
    return b_.CreateLoad(site_.cell, site_.registers[static_cast<std::size_t>(node.number)]);
  }
  if (node.op == Op::load) {
    return b_.CreateLoad(site_.cell, cell_at(wide(bases_[node.a])));
  }
  return arithmetic_.apply(node.op, bases_[node.a], bases_[node.b], 0);
}

// What has to hold of an invariant or induction variable, and for how many iterations it does.
void VectorLoop::restrict(NodeIndex index) {
  const Node& node = loop_.nodes[index];
  const std::int64_t stride = plan_.strides[index];
  llvm::Value* const first = bases_[index];
  if (node.kind == Node::Kind::input && node.a != no_node) {
    // A recomputed register: it has its usual value only after a first iteration.
    llvm::Value* const expected =
        b_.CreateSub(bases_[node.a], llvm::ConstantInt::getSigned(site_.cell, stride));
    give_up_if(b_.CreateICmpNE(first, expected));
  }
  if (node.is_address) {
    give_up_if(b_.CreateICmpUGE(wide(first), site_.size));
  }
  if (node.guard == Guard::zero) {
    give_up_if(b_.CreateNot(arithmetic_.is_zero(first)));
  } else if (node.guard == Guard::nonzero) {
    give_up_if(arithmetic_.is_zero(first));
  }
  if (stride > 0) {
    const auto pace = static_cast<std::uint64_t>(stride);
    llvm::Value* const largest = arithmetic_.wraps_naturally()
                                     ? llvm::ConstantInt::getAllOnesValue(site_.cell)
                                     : b_.CreateSub(arithmetic_.modulus(), arithmetic_.number(1));
    allow_within(wide(b_.CreateSub(largest, first)), pace);
    if (node.is_address) {
      allow_within(b_.CreateSub(b_.CreateSub(site_.size, b_.getInt64(1)), wide(first)), pace);
    }
  } else if (stride < 0) {
    const auto pace = static_cast<std::uint64_t>(-stride);
    allow_within(wide(first), pace);
    if (node.guard == Guard::nonzero) {
      llvm::Value* const at_zero =
          pace == 1 ? wide(first) : b_.CreateUDiv(wide(first), b_.getInt64(pace));
      llvm::Value* const meets =
          pace == 1 ? b_.getTrue()
                    : b_.CreateICmpEQ(b_.CreateMul(at_zero, b_.getInt64(pace)), wide(first));
      allow(b_.CreateSelect(meets, at_zero, iterations_));
    }
  }
}

// A vector of iterations does its loads before its stores: none may read what an earlier iteration
// of the same vector stores, or its own iteration before it.
void VectorLoop::keep_apart(std::size_t which) {
  const NodeIndex load_address = loop_.nodes[loop_.accesses[which].node].a;
  const NodeIndex store_address = loop_.stores.front().address;
  const std::int64_t load_stride = plan_.strides[load_address];
  const std::int64_t store_stride = plan_.strides[store_address];
  llvm::Value* const load = wide(bases_[load_address]);
  llvm::Value* const store = wide(bases_[store_address]);
  if (store_stride == 0) {
    // Not at all, or not yet.
    if (load_stride == 0) {
      give_up_if(b_.CreateICmpEQ(load, store));
    } else {
      allow(load_stride > 0 ? b_.CreateSub(store, load) : b_.CreateSub(load, store));
    }
    return;
  }
  llvm::Value* const ahead =  // in the direction of the store
      store_stride > 0 ? b_.CreateSub(load, store) : b_.CreateSub(store, load);
  if (load_stride == store_stride) {
    // The load of iteration t reads what the store of iteration t + ahead writes.
    if (comes_after_store(which)) {
      give_up_if(b_.CreateICmpEQ(ahead, b_.getInt64(0)));
    }
    llvm::Value* const distance = b_.CreateNeg(ahead);
    llvm::Value* const is_near =
        b_.CreateICmpULT(b_.CreateSub(distance, b_.getInt64(1)), b_.getInt64(site_.lanes - 1));
    allow(b_.CreateSelect(is_near, distance, iterations_));
    return;
  }
  // The load stays or comes towards the store, unless it is behind it already.
  llvm::Value* const is_behind = b_.CreateICmpSLT(ahead, b_.getInt64(0));
  llvm::Value* const until_met =
      load_stride == 0 ? ahead : b_.CreateUDiv(b_.CreateAdd(ahead, b_.getInt64(1)), b_.getInt64(2));
  allow(b_.CreateSelect(is_behind, iterations_, until_met));
}

bool VectorLoop::comes_after_store(std::size_t which) const {
  for (std::size_t s = 0; s < which; ++s) {
    if (loop_.accesses[s].is_store) {
      return true;
    }
  }
  return false;
}

void VectorLoop::give_up_if(llvm::Value* condition) {
  llvm::BasicBlock* const go_on = new_block("vector_checks");
  b_.CreateCondBr(condition, give_up_, go_on);
  b_.SetInsertPoint(go_on);
}

void VectorLoop::allow(llvm::Value* iterations) {
  iterations_ = b_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, iterations_, iterations);
}

// As many iterations as it takes to use up `room` by `pace` an iteration, and one.
void VectorLoop::allow_within(llvm::Value* room, std::uint64_t pace) {
  llvm::Value* const last = pace == 1 ? room : b_.CreateUDiv(room, b_.getInt64(pace));
  iterations_ = b_.CreateSelect(b_.CreateICmpULT(last, iterations_),
                                b_.CreateAdd(last, b_.getInt64(1)), iterations_);
}

}  // namespace nram::jit
