#include "vector_loop.hpp"

#include <algorithm>

namespace nram::jit {
namespace {

// From so many iterations on a loop was faster than step by step, and adds 1 to the credit that
// shorter ones take 1 of.
constexpr std::uint64_t worthwhile_iterations = 16;

}  // namespace

using loops::Node;
using loops::NodeIndex;
using loops::Op;

VectorLoop::VectorLoop(const VectorPlan& plan, const LoopSite& site, llvm::IRBuilder<>& builder)
    : plan_(plan),
      loop_(*plan.plan),
      site_(site),
      arithmetic_(*site.arithmetic),
      b_(builder),
      vector_(llvm::FixedVectorType::get(site.cell, site.lanes)),
      bases_(loop_.nodes.size(), nullptr) {}

// Three parts: the checks before the first iteration; whole vectors of iterations, all of which go
// on in the loop; at most one vector of which only some do.
void VectorLoop::generate() {
  give_up_ = new_block("vector_give_up");
  start_ = b_.GetInsertBlock();
  check();

  llvm::BasicBlock* const before = b_.GetInsertBlock();
  llvm::BasicBlock* const whole = new_block("vector_whole");
  llvm::BasicBlock* const last = new_block("vector_last");
  b_.CreateBr(whole);
  b_.SetInsertPoint(whole);
  llvm::PHINode* const done = b_.CreatePHI(b_.getInt64Ty(), 2);
  done->addIncoming(b_.getInt64(0), before);
  begin_carrying(before);
  llvm::Value* const room = b_.CreateSub(iterations_, done);
  llvm::BasicBlock* const body = new_block("vector_body");
  b_.CreateCondBr(b_.CreateICmpULT(room, b_.getInt64(site_.lanes)), last, body);
  b_.SetInsertPoint(body);
  compute(done, nullptr);
  llvm::BasicBlock* const iteration_end = new_block("vector_next");
  if (fails_ != nullptr) {
    b_.CreateCondBr(b_.CreateICmpNE(bits(fails_), b_.getIntN(site_.lanes, 0)), last, iteration_end);
  } else {
    b_.CreateBr(iteration_end);
  }
  b_.SetInsertPoint(iteration_end);
  store(done, nullptr);
  done->addIncoming(b_.CreateAdd(done, b_.getInt64(site_.lanes)), iteration_end);
  for (const Carry& one : carries_) {
    one.phi->addIncoming(values_[one.source], iteration_end);
  }
  for (const Total& one : totals_) {
    one.phi->addIncoming(with_iterations(one, done, nullptr), iteration_end);
  }
  for (const Scan& one : scans_) {
    one.phi->addIncoming(one.next, iteration_end);
  }
  b_.CreateBr(whole);

  b_.SetInsertPoint(last);
  finish(done);

  b_.SetInsertPoint(give_up_);
  llvm::Value* const credit = b_.CreateLoad(b_.getInt64Ty(), site_.credit);
  b_.CreateStore(b_.CreateSub(credit, b_.getInt64(1)), site_.credit);
  b_.CreateBr(site_.otherwise);
}

// Vectors that the next vector of iterations or the registers afterwards need.
void VectorLoop::begin_carrying(llvm::BasicBlock* before) {
  const auto phi_of_register = [&](std::size_t r) {
    llvm::PHINode* const phi = b_.CreatePHI(vector_, 2);
    const llvm::IRBuilderBase::InsertPointGuard guard(b_);
    b_.SetInsertPoint(before->getTerminator());
    phi->addIncoming(
        b_.CreateVectorSplat(site_.lanes, b_.CreateLoad(site_.cell, site_.registers[r])), before);
    return phi;
  };
  const auto carry = [&](NodeIndex source, std::size_t r) {
    carries_.push_back({source, r, phi_of_register(r)});
  };
  for (const Node& node : loop_.nodes) {
    if (node.kind == Node::Kind::recomputed) {
      carry(node.a, static_cast<std::size_t>(node.number));
    }
  }
  for (std::size_t r = 0; r < loop_.after.size(); ++r) {
    if (plan_.is_varying(loop_.after[r]) && !loop_.nodes[loop_.after[r]].folded_or_stored &&
        carried(loop_.after[r], r) == nullptr) {
      carry(loop_.after[r], r);
    }
  }
  const auto total = [&](Op op, NodeIndex x, std::int64_t r) {
    llvm::PHINode* const phi = b_.CreatePHI(vector_, 2);
    const llvm::IRBuilderBase::InsertPointGuard guard(b_);
    b_.SetInsertPoint(before->getTerminator());
    phi->addIncoming(arithmetic_.neutral(op, vector_), before);
    totals_.push_back({op, x, r, phi});
  };
  for (const NodeIndex reduction : loop_.reductions) {
    const Node& node = loop_.nodes[reduction];
    if (node.folded_or_stored) {
      total(node.op, node.a, node.number);
    } else {
      scans_.push_back(
          {reduction, phi_of_register(static_cast<std::size_t>(node.number)), nullptr});
    }
  }
  if (plan_.cell_total) {
    total(loop_.nodes[plan_.cell_total->total].op, plan_.cell_total->x, -1);
  }
}

// A node in the vector of iterations before; all lanes are register r before the first.
llvm::Value* VectorLoop::carried(NodeIndex source, std::size_t r) const {
  for (const Carry& one : carries_) {
    if (one.source == source && one.r == r) {
      return one.phi;
    }
  }
  return nullptr;
}

// The vector of iterations that the loop ends in, and the registers after all iterations.
void VectorLoop::finish(llvm::Value* done) {
  llvm::Value* const active = b_.CreateBinaryIntrinsic(
      llvm::Intrinsic::umin, b_.CreateSub(iterations_, done), b_.getInt64(site_.lanes));
  compute(done, first_lanes(active));
  llvm::Value* good = active;
  if (fails_ != nullptr) {
    llvm::Value* const failed =
        b_.CreateOr(wide(bits(fails_)), b_.getInt64(std::uint64_t{1} << site_.lanes));
    good = b_.CreateBinaryIntrinsic(
        llvm::Intrinsic::umin, active,
        b_.CreateBinaryIntrinsic(llvm::Intrinsic::cttz, failed, b_.getTrue()));
  }
  store(done, first_lanes(good));
  llvm::Value* const all = b_.CreateAdd(done, good);
  give_up_if(b_.CreateICmpEQ(all, b_.getInt64(0)));

  llvm::Value* const is_before = b_.CreateICmpEQ(good, b_.getInt64(0));
  llvm::Value* const lane =
      b_.CreateSelect(is_before, b_.getInt64(site_.lanes - 1), b_.CreateSub(good, b_.getInt64(1)));
  std::vector<llvm::Value*> after;
  for (std::size_t r = 0; r < loop_.after.size(); ++r) {
    const NodeIndex node = loop_.after[r];
    if (loop_.nodes[node].folded_or_stored) {
      const auto total = std::find_if(totals_.begin(), totals_.end(), [&](const Total& one) {
        return one.r == static_cast<std::int64_t>(r);
      });
      after.push_back(
          reduced(b_.CreateLoad(site_.cell, site_.registers[r]), *total, done, first_lanes(good)));
      continue;
    }
    after.push_back(plan_.is_varying(node)
                        ? b_.CreateExtractElement(
                              b_.CreateSelect(is_before, carried(node, r), values_[node]), lane)
                        : after_iterations(node, b_.CreateSub(all, b_.getInt64(1))));
  }
  for (std::size_t r = 0; r < after.size(); ++r) {
    b_.CreateStore(after[r], site_.registers[r]);
  }
  if (plan_.cell_total) {
    llvm::Value* const cell = cell_at(wide(bases_[loop_.stores.front().address]));
    b_.CreateStore(
        reduced(b_.CreateLoad(site_.cell, cell), totals_.back(), done, first_lanes(good)), cell);
  } else if (plan_.stores_to_one_cell()) {
    store_cell(after, all);
  }
  llvm::Value* const steps = b_.CreateMul(all, b_.getInt64(loop_.steps));
  b_.CreateStore(b_.CreateSub(b_.CreateLoad(b_.getInt64Ty(), site_.left), steps), site_.left);
  b_.CreateStore(b_.CreateAdd(b_.CreateLoad(b_.getInt64Ty(), site_.vectorised_steps), steps),
                 site_.vectorised_steps);
  llvm::BasicBlock* const worth_it = new_block("vector_worth_it");
  b_.CreateCondBr(b_.CreateICmpULT(all, b_.getInt64(worthwhile_iterations)), give_up_, worth_it);
  b_.SetInsertPoint(worth_it);
  b_.CreateStore(b_.CreateAdd(b_.CreateLoad(b_.getInt64Ty(), site_.credit), b_.getInt64(1)),
                 site_.credit);
  if (begins_anew_ != nullptr) {
    b_.CreateCondBr(b_.CreateAnd(begins_anew_, b_.CreateICmpEQ(all, iterations_)), start_,
                    site_.otherwise);
  } else {
    b_.CreateBr(site_.otherwise);
  }
}

// What the last iteration stores, where all store to one cell.
void VectorLoop::store_cell(const std::vector<llvm::Value*>& after, llvm::Value* iterations) {
  const loops::Store& one = loop_.stores.front();
  llvm::Value* value = nullptr;
  if (plan_.is_varying(one.value)) {
    const auto r = std::find(loop_.after.begin(), loop_.after.end(), one.value);
    value = after[static_cast<std::size_t>(r - loop_.after.begin())];
  } else {
    value = after_iterations(one.value, b_.CreateSub(iterations, b_.getInt64(1)));
  }
  b_.CreateStore(value, cell_at(wide(bases_[one.address])));
}

// A total after the iterations from `done` on, or those in the mask.
llvm::Value* VectorLoop::with_iterations(const Total& total, llvm::Value* done, llvm::Value* mask) {
  llvm::Value* x = as_vector(total.x, done);
  if (mask != nullptr) {
    x = b_.CreateSelect(mask, x, arithmetic_.neutral(total.op, vector_));
  }
  return arithmetic_.apply(total.op, total.phi, x, 0);
}

// What was `start` before the iterations, after them.
llvm::Value* VectorLoop::reduced(llvm::Value* start, const Total& total, llvm::Value* done,
                                 llvm::Value* mask) {
  const Op op = total.op;
  llvm::Value* all = with_iterations(total, done, mask);
  for (unsigned width = site_.lanes / 2; width != 0; width /= 2) {
    std::vector<int> upper;
    for (unsigned lane = 0; lane < site_.lanes; ++lane) {
      upper.push_back(static_cast<int>((lane + width) % site_.lanes));
    }
    all = arithmetic_.apply(op, all, b_.CreateShuffleVector(all, upper), 0);
  }
  return arithmetic_.apply(op, start, b_.CreateExtractElement(all, std::uint64_t{0}), 0);
}

}  // namespace nram::jit
