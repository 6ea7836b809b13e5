#include "vector_loop.hpp"

#include <algorithm>

namespace nram::jit {

using loops::Guard;
using loops::Node;
using loops::NodeIndex;
using loops::Op;

// All varying values in the iterations from `done` on, and which of those leave the loop. Loads are
// masked unless the mask is null.
void VectorLoop::compute(llvm::Value* done, llvm::Value* mask) {
  values_.assign(loop_.nodes.size(), nullptr);
  fails_ = nullptr;
  for (NodeIndex i = 0; i < loop_.nodes.size(); ++i) {
    if (!plan_.is_varying(i) || loop_.nodes[i].folded_or_stored ||
        (plan_.cell_total && plan_.cell_total->total == i)) {
      continue;
    }
    if (mask == nullptr && moves_one_by_one(i)) {
      continue;
    }
    values_[i] = varying(i, done, mask);
    const Node& node = loop_.nodes[i];
    if (node.guard != Guard::none) {
      llvm::Value* const is_zero = arithmetic_.is_zero(values_[i]);
      fail_if(node.guard == Guard::nonzero ? is_zero : b_.CreateNot(is_zero));
    }
    if (node.is_address) {
      fail_if(may_not_load(values_[i], done));
    }
  }
}

llvm::Value* VectorLoop::varying(NodeIndex index, llvm::Value* done, llvm::Value* mask) {
  const Node& node = loop_.nodes[index];
  if (node.kind == Node::Kind::recomputed) {
    return recomputed(node);
  }
  if (node.kind == Node::Kind::reduction) {
    return scan(index, done);
  }
  if (node.op == Op::load) {
    return plan_.is_varying(node.a) ? gather(values_[node.a]) : load(node.a, done, mask);
  }
  llvm::Value* const a = as_vector(node.a, done);
  llvm::Value* const b = as_vector(node.b, done);
  const Node& second = loop_.nodes[node.b];
  return arithmetic_.apply(node.op, a, b, second.kind == Node::Kind::constant ? second.number : 0);
}

// What node a was an iteration before: the last lane of the vector before, then this one's.
llvm::Value* VectorLoop::recomputed(const Node& node) {
  std::vector<int> places;
  for (unsigned lane = 0; lane < site_.lanes; ++lane) {
    places.push_back(static_cast<int>(site_.lanes - 1 + lane));
  }
  return b_.CreateShuffleVector(carried(node.a, static_cast<std::size_t>(node.number)),
                                values_[node.a], places);
}

// A reduction before each iteration of the vector. What the iterations before add is found by
// doubling: a lane's own x and the one's before it, then those of two lanes, of four (Hillis and
// Steele, Data parallel algorithms, 1986). Only its last addition waits for the vector before.
llvm::Value* VectorLoop::scan(NodeIndex index, llvm::Value* done) {
  const Node& node = loop_.nodes[index];
  llvm::Value* const nothing = arithmetic_.neutral(node.op, vector_);
  const auto later = [&](llvm::Value* of, unsigned distance) {
    std::vector<int> places;
    for (unsigned lane = 0; lane < site_.lanes; ++lane) {
      places.push_back(static_cast<int>(lane + site_.lanes - distance));
    }
    return b_.CreateShuffleVector(nothing, of, places);
  };
  llvm::Value* all = as_vector(node.a, done);
  for (unsigned distance = 1; distance < site_.lanes; distance *= 2) {
    all = arithmetic_.apply(node.op, all, later(all, distance), 0);
  }
  Scan& one = *std::find_if(scans_.begin(), scans_.end(),
                            [&](const Scan& other) { return other.reduction == index; });
  const std::vector<int> last(site_.lanes, static_cast<int>(site_.lanes - 1));
  one.next = arithmetic_.apply(node.op, one.phi, b_.CreateShuffleVector(all, last), 0);
  return arithmetic_.apply(node.op, one.phi, later(all, 1), 0);
}

// Lanes whose address does not do have failed already and load cell 0.
llvm::Value* VectorLoop::gather(llvm::Value* addresses) {
  llvm::Value* const existing =
      b_.CreateSelect(fails_, llvm::Constant::getNullValue(vector_), addresses);
  if (site_.gathers_fast) {
    llvm::Type* const wide_type = llvm::FixedVectorType::get(b_.getInt64Ty(), site_.lanes);
    llvm::Value* const places =
        b_.CreateGEP(site_.cell, site_.memory, b_.CreateZExt(existing, wide_type));
    return b_.CreateMaskedGather(vector_, places, llvm::Align(site_.cell->getBitWidth() / 8));
  }
  llvm::Value* cells = llvm::PoisonValue::get(vector_);
  for (std::uint64_t lane = 0; lane < site_.lanes; ++lane) {
    llvm::Value* const cell =
        b_.CreateLoad(site_.cell, cell_at(wide(b_.CreateExtractElement(existing, lane))));
    cells = b_.CreateInsertElement(cells, cell, lane);
  }
  return cells;
}

llvm::Value* VectorLoop::load(NodeIndex address, llvm::Value* done, llvm::Value* mask) {
  const bool falls = plan_.strides[address] < 0;
  llvm::Value* const place = lowest_place(address, done);
  const llvm::Align alignment(site_.cell->getBitWidth() / 8);
  if (mask == nullptr) {
    llvm::Value* const cells = b_.CreateAlignedLoad(vector_, place, alignment);
    return falls ? b_.CreateVectorReverse(cells) : cells;
  }
  llvm::Value* const wanted = falls ? b_.CreateVectorReverse(mask) : mask;
  llvm::Value* const cells =
      b_.CreateMaskedLoad(vector_, place, alignment, wanted, llvm::Constant::getNullValue(vector_));
  return falls ? b_.CreateVectorReverse(cells) : cells;
}

void VectorLoop::store(llvm::Value* done, llvm::Value* mask) {
  if (loop_.stores.empty() || plan_.stores_to_one_cell()) {
    return;
  }
  const loops::Store& one = loop_.stores.front();
  if (mask == nullptr && moves_one_by_one(one.value)) {
    move_one_by_one(one, done);
    return;
  }
  const bool falls = plan_.strides[one.address] < 0;
  llvm::Value* cells = as_vector(one.value, done);
  cells = falls ? b_.CreateVectorReverse(cells) : cells;
  llvm::Value* const place = lowest_place(one.address, done);
  const llvm::Align alignment(site_.cell->getBitWidth() / 8);
  if (mask == nullptr) {
    b_.CreateAlignedStore(cells, place, alignment);
  } else {
    b_.CreateMaskedStore(cells, place, alignment, falls ? b_.CreateVectorReverse(mask) : mask);
  }
}

// Whether a node's cells, loaded from computed addresses, are only stored. They never need to be
// lanes of a vector, which costs more than to load and store them.
bool VectorLoop::moves_one_by_one(NodeIndex index) const {
  const Node& node = loop_.nodes[index];
  return node.only_stored && node.op == Op::load && plan_.is_varying(node.a) && !site_.gathers_fast;
}

// Does that, after it is certain that the addresses exist and that no iteration of this vector
// stores to them. The addresses go through the stack, which LLVM would avoid if it knew: taking a
// vector apart takes longer.
void VectorLoop::move_one_by_one(const loops::Store& one, llvm::Value* done) {
  llvm::IRBuilder<> entry(&site_.function->getEntryBlock(),
                          site_.function->getEntryBlock().begin());
  llvm::AllocaInst* const addresses = entry.CreateAlloca(vector_);
  const llvm::Align alignment(site_.cell->getBitWidth() / 8);
  constexpr bool is_volatile = true;
  // By halves: of a vector of 512 bits not all is there for loads before it is in the cache.
  for (unsigned first = 0; first < site_.lanes; first += site_.lanes / 2) {
    std::vector<int> places;
    for (unsigned lane = first; lane < first + site_.lanes / 2; ++lane) {
      places.push_back(static_cast<int>(lane));
    }
    b_.CreateAlignedStore(b_.CreateShuffleVector(values_[loop_.nodes[one.value].a], places),
                          b_.CreateConstInBoundsGEP1_64(site_.cell, addresses, first), alignment,
                          is_volatile);
  }
  const bool falls = plan_.strides[one.address] < 0;
  llvm::Value* const place = lowest_place(one.address, done);
  for (unsigned lane = 0; lane < site_.lanes; ++lane) {
    llvm::Value* const address =
        b_.CreateAlignedLoad(site_.cell, b_.CreateConstInBoundsGEP1_64(site_.cell, addresses, lane),
                             alignment, is_volatile);
    llvm::Value* const cell = b_.CreateAlignedLoad(site_.cell, cell_at(wide(address)), alignment);
    b_.CreateAlignedStore(
        cell,
        b_.CreateConstInBoundsGEP1_64(site_.cell, place, falls ? site_.lanes - 1 - lane : lane),
        alignment);
  }
}

// Computed addresses must exist, and must not be what this vector of iterations stores to: an
// earlier iteration of it might.
llvm::Value* VectorLoop::may_not_load(llvm::Value* addresses, llvm::Value* done) {
  const auto splat = [&](llvm::Value* value) { return b_.CreateVectorSplat(site_.lanes, value); };
  const unsigned bits = site_.cell->getBitWidth();
  llvm::Value* const wide_addresses =
      bits == 64
          ? addresses
          : b_.CreateZExt(addresses, llvm::FixedVectorType::get(b_.getInt64Ty(), site_.lanes));
  llvm::Value* fails = b_.CreateICmpUGE(wide_addresses, splat(site_.size));
  if (!loop_.stores.empty()) {
    const NodeIndex store = loop_.stores.front().address;
    llvm::Value* const is_stored =
        plan_.stores_to_one_cell()
            ? b_.CreateICmpEQ(wide_addresses, splat(wide(bases_[store])))
            : b_.CreateICmpULT(b_.CreateSub(wide_addresses, splat(lowest_address(store, done))),
                               splat(b_.getInt64(site_.lanes)));
    fails = b_.CreateOr(fails, is_stored);
  }
  return fails;
}

void VectorLoop::fail_if(llvm::Value* lanes) {
  fails_ = fails_ == nullptr ? lanes : b_.CreateOr(fails_, lanes);
}

llvm::Value* VectorLoop::lowest_address(NodeIndex address, llvm::Value* done) {
  llvm::Value* const first = wide(bases_[address]);
  return plan_.strides[address] > 0
             ? b_.CreateAdd(first, done)
             : b_.CreateSub(first, b_.CreateAdd(done, b_.getInt64(site_.lanes - 1)));
}

// A node's values as a vector, however they evolve.
llvm::Value* VectorLoop::as_vector(NodeIndex index, llvm::Value* done) {
  if (plan_.is_varying(index)) {
    return values_[index];
  }
  llvm::Value* const start = b_.CreateVectorSplat(site_.lanes, after_iterations(index, done));
  const std::int64_t stride = plan_.strides[index];
  if (stride == 0) {
    return start;
  }
  std::vector<llvm::Constant*> ramp;
  for (unsigned lane = 0; lane < site_.lanes; ++lane) {
    ramp.push_back(llvm::ConstantInt::getSigned(site_.cell, stride * lane));
  }
  return b_.CreateAdd(start, llvm::ConstantVector::get(ramp));
}

// The value of an invariant or induction variable `iterations` iterations after the first.
llvm::Value* VectorLoop::after_iterations(NodeIndex index, llvm::Value* iterations) {
  const std::int64_t stride = plan_.strides[index];
  if (stride == 0) {
    return bases_[index];
  }
  llvm::Value* const count = b_.CreateTrunc(iterations, site_.cell);
  return b_.CreateAdd(bases_[index],
                      b_.CreateMul(count, llvm::ConstantInt::getSigned(site_.cell, stride)));
}

// Lanes below `count`.
llvm::Value* VectorLoop::first_lanes(llvm::Value* count) {
  std::vector<llvm::Constant*> numbers;
  for (unsigned lane = 0; lane < site_.lanes; ++lane) {
    numbers.push_back(llvm::ConstantInt::get(site_.cell, lane));
  }
  return b_.CreateICmpULT(llvm::ConstantVector::get(numbers),
                          b_.CreateVectorSplat(site_.lanes, b_.CreateTrunc(count, site_.cell)));
}

}  // namespace nram::jit
