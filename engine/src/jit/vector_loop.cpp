#include "vector_loop.hpp"

#include <algorithm>

namespace nram::jit {
namespace {

// From so many turns on a loop was faster than step by step, and adds 1 to the credit that shorter
// ones take 1 of.
constexpr std::uint64_t worthwhile_turns = 16;

}  // namespace

using bulk::Node;
using bulk::NodeIndex;
using bulk::Op;

VectorLoop::VectorLoop(const VectorPlan& plan, const LoopSite& site, llvm::IRBuilder<>& builder)
    : plan_(plan),
      turn_(*plan.plan),
      site_(site),
      arithmetic_(*site.arithmetic),
      b_(builder),
      vector_(llvm::FixedVectorType::get(site.cell, site.lanes)),
      bases_(turn_.nodes.size(), nullptr) {}

// Three parts: what is settled before the first turn; whole vectors of turns, all of which go on
// in the loop; at most one vector that only some do.
void VectorLoop::generate() {
  give_up_ = new_block("vector_give_up");
  start_ = b_.GetInsertBlock();
  settle();

  llvm::BasicBlock* const before = b_.GetInsertBlock();
  llvm::BasicBlock* const whole = new_block("vector_whole");
  llvm::BasicBlock* const last = new_block("vector_last");
  b_.CreateBr(whole);
  b_.SetInsertPoint(whole);
  llvm::PHINode* const done = b_.CreatePHI(b_.getInt64Ty(), 2);
  done->addIncoming(b_.getInt64(0), before);
  begin_carrying(before);
  llvm::Value* const room = b_.CreateSub(turns_, done);
  llvm::BasicBlock* const body = new_block("vector_body");
  b_.CreateCondBr(b_.CreateICmpULT(room, b_.getInt64(site_.lanes)), last, body);
  b_.SetInsertPoint(body);
  compute(done, nullptr);
  llvm::BasicBlock* const turn_end = new_block("vector_next");
  if (fails_ != nullptr) {
    b_.CreateCondBr(b_.CreateICmpNE(bits(fails_), b_.getIntN(site_.lanes, 0)), last, turn_end);
  } else {
    b_.CreateBr(turn_end);
  }
  b_.SetInsertPoint(turn_end);
  store(done, nullptr);
  done->addIncoming(b_.CreateAdd(done, b_.getInt64(site_.lanes)), turn_end);
  for (const Carry& one : carries_) {
    one.phi->addIncoming(values_[one.source], turn_end);
  }
  for (const Total& one : totals_) {
    one.phi->addIncoming(with_turns(one, done, nullptr), turn_end);
  }
  b_.CreateBr(whole);

  b_.SetInsertPoint(last);
  finish(done);

  b_.SetInsertPoint(give_up_);
  llvm::Value* const credit = b_.CreateLoad(b_.getInt64Ty(), site_.credit);
  b_.CreateStore(b_.CreateSub(credit, b_.getInt64(1)), site_.credit);
  b_.CreateBr(site_.otherwise);
}

// Vectors that the next vector of turns or the registers afterwards need.
void VectorLoop::begin_carrying(llvm::BasicBlock* before) {
  const auto carry = [&](NodeIndex source, std::size_t r) {
    llvm::PHINode* const phi = b_.CreatePHI(vector_, 2);
    const llvm::IRBuilderBase::InsertPointGuard guard(b_);
    b_.SetInsertPoint(before->getTerminator());
    phi->addIncoming(
        b_.CreateVectorSplat(site_.lanes, b_.CreateLoad(site_.cell, site_.registers[r])), before);
    carries_.push_back({source, r, phi});
  };
  for (const Node& node : turn_.nodes) {
    if (node.kind == Node::Kind::shifted) {
      carry(node.a, static_cast<std::size_t>(node.number));
    }
  }
  for (std::size_t r = 0; r < turn_.after.size(); ++r) {
    if (plan_.is_varying(turn_.after[r]) && !turn_.nodes[turn_.after[r]].folded_or_kept &&
        carried(turn_.after[r], r) == nullptr) {
      carry(turn_.after[r], r);
    }
  }
  const auto total = [&](Op op, NodeIndex x) {
    llvm::PHINode* const phi = b_.CreatePHI(vector_, 2);
    phi->addIncoming(neutral(op), before);
    totals_.push_back({op, x, phi});
  };
  for (const NodeIndex scan : turn_.scans) {
    total(turn_.nodes[scan].op, turn_.nodes[scan].a);
  }
  if (plan_.cell_total) {
    total(turn_.nodes[plan_.cell_total->total].op, plan_.cell_total->x);
  }
}

// A node in the vector of turns before; all lanes are register r before the first.
llvm::Value* VectorLoop::carried(NodeIndex source, std::size_t r) const {
  for (const Carry& one : carries_) {
    if (one.source == source && one.r == r) {
      return one.phi;
    }
  }
  return nullptr;
}

// The vector of turns that the loop ends in, and the registers after all turns.
void VectorLoop::finish(llvm::Value* done) {
  llvm::Value* const active = b_.CreateBinaryIntrinsic(
      llvm::Intrinsic::umin, b_.CreateSub(turns_, done), b_.getInt64(site_.lanes));
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
  for (std::size_t r = 0; r < turn_.after.size(); ++r) {
    const NodeIndex node = turn_.after[r];
    if (turn_.nodes[node].folded_or_kept) {
      const auto scan = std::find_if(turn_.scans.begin(), turn_.scans.end(), [&](NodeIndex one) {
        return turn_.nodes[one].number == static_cast<std::int32_t>(r);
      });
      after.push_back(accumulated(b_.CreateLoad(site_.cell, site_.registers[r]),
                                  totals_[static_cast<std::size_t>(scan - turn_.scans.begin())],
                                  done, first_lanes(good)));
      continue;
    }
    after.push_back(plan_.is_varying(node)
                        ? b_.CreateExtractElement(
                              b_.CreateSelect(is_before, carried(node, r), values_[node]), lane)
                        : after_turns(node, b_.CreateSub(all, b_.getInt64(1))));
  }
  for (std::size_t r = 0; r < after.size(); ++r) {
    b_.CreateStore(after[r], site_.registers[r]);
  }
  if (plan_.cell_total) {
    llvm::Value* const cell = cell_at(wide(bases_[turn_.stores.front().address]));
    b_.CreateStore(
        accumulated(b_.CreateLoad(site_.cell, cell), totals_.back(), done, first_lanes(good)),
        cell);
  } else if (plan_.keeps_one_cell()) {
    keep_cell(after, all);
  }
  llvm::Value* const steps = b_.CreateMul(all, b_.getInt64(turn_.steps));
  b_.CreateStore(b_.CreateSub(b_.CreateLoad(b_.getInt64Ty(), site_.left), steps), site_.left);
  b_.CreateStore(b_.CreateAdd(b_.CreateLoad(b_.getInt64Ty(), site_.vectorised_steps), steps),
                 site_.vectorised_steps);
  llvm::BasicBlock* const worth_it = new_block("vector_worth_it");
  b_.CreateCondBr(b_.CreateICmpULT(all, b_.getInt64(worthwhile_turns)), give_up_, worth_it);
  b_.SetInsertPoint(worth_it);
  b_.CreateStore(b_.CreateAdd(b_.CreateLoad(b_.getInt64Ty(), site_.credit), b_.getInt64(1)),
                 site_.credit);
  if (begins_anew_ != nullptr) {
    b_.CreateCondBr(b_.CreateAnd(begins_anew_, b_.CreateICmpEQ(all, turns_)), start_,
                    site_.otherwise);
  } else {
    b_.CreateBr(site_.otherwise);
  }
}

// What the last turn stores, where all store to one cell.
void VectorLoop::keep_cell(const std::vector<llvm::Value*>& after, llvm::Value* turns) {
  const bulk::Store& one = turn_.stores.front();
  llvm::Value* value = nullptr;
  if (plan_.is_varying(one.value)) {
    const auto r = std::find(turn_.after.begin(), turn_.after.end(), one.value);
    value = after[static_cast<std::size_t>(r - turn_.after.begin())];
  } else {
    value = after_turns(one.value, b_.CreateSub(turns, b_.getInt64(1)));
  }
  b_.CreateStore(value, cell_at(wide(bases_[one.address])));
}

// What changes no accumulator.
llvm::Constant* VectorLoop::neutral(Op op) {
  return op == Op::min ? llvm::Constant::getAllOnesValue(vector_)
                       : llvm::Constant::getNullValue(vector_);
}

// A total after the turns from `done` on, or those in the mask.
llvm::Value* VectorLoop::with_turns(const Total& total, llvm::Value* done, llvm::Value* mask) {
  llvm::Value* x = lanes(total.x, done);
  if (mask != nullptr) {
    x = b_.CreateSelect(mask, x, neutral(total.op));
  }
  return arithmetic_.apply(total.op, total.phi, x, 0);
}

// What was `start` before the turns, after them.
llvm::Value* VectorLoop::accumulated(llvm::Value* start, const Total& total, llvm::Value* done,
                                     llvm::Value* mask) {
  const Op op = total.op;
  llvm::Value* all = with_turns(total, done, mask);
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
