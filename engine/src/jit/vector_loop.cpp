#include "vector_loop.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <llvm/IR/MDBuilder.h>

namespace nram::jit {
namespace {

using bulk::no_node;
using bulk::Node;
using bulk::NodeIndex;
using bulk::Op;
using bulk::Plan;
using bulk::Shape;

// Fewer turns than this are left to the steps.
constexpr std::uint64_t least_turns = 4;
// From so many turns on a loop was faster than step by step, and adds 1 to the credit that shorter
// ones take 1 of.
constexpr std::uint64_t worthwhile_turns = 16;
// So many vectors of turns show that a loop is worth bringing its cells to the start of a line.
constexpr std::uint64_t vectors_as_they_lie = 8;

class Loop {
 public:
  Loop(const VectorPlan& plan, const LoopSite& site, llvm::IRBuilder<>& builder)
      : plan_(plan),
        turn_(*plan.plan),
        site_(site),
        arithmetic_(*site.arithmetic),
        b_(builder),
        vector_(llvm::FixedVectorType::get(site.cell, site.lanes)),
        bases_(turn_.nodes.size(), nullptr) {}

  // Three parts: what is settled before the first turn; whole vectors of turns, all of which go on
  // in the loop; at most one vector that only some do.
  void generate() {
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

 private:
  // A vector that the next vector of turns looks back at.
  struct Carry {
    NodeIndex source;
    std::size_t r;  // the register that stands for it before the first turn
    llvm::PHINode* phi;
  };

  // What a register or cell that accumulates gets in the turns, a sum (or minimum, or maximum) for
  // every lane.
  struct Total {
    Op op;
    NodeIndex x;
    llvm::PHINode* phi;
  };

  llvm::BasicBlock* new_block(const char* name) {
    return llvm::BasicBlock::Create(b_.getContext(), name, site_.function);
  }

  void give_up_if(llvm::Value* condition) {
    llvm::BasicBlock* const go_on = new_block("vector_settle");
    b_.CreateCondBr(condition, give_up_, go_on);
    b_.SetInsertPoint(go_on);
  }

  llvm::Value* wide(llvm::Value* value) { return b_.CreateZExt(value, b_.getInt64Ty()); }
  llvm::Value* cell_at(llvm::Value* wide_address) {
    return b_.CreateInBoundsGEP(site_.cell, site_.memory, wide_address);
  }
  void allow(llvm::Value* turns) {
    turns_ = b_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, turns_, turns);
  }
  // As many turns as it takes to use up `room` by `pace` a turn, and one.
  void allow_within(llvm::Value* room, std::uint64_t pace) {
    llvm::Value* const last = pace == 1 ? room : b_.CreateUDiv(room, b_.getInt64(pace));
    turns_ =
        b_.CreateSelect(b_.CreateICmpULT(last, turns_), b_.CreateAdd(last, b_.getInt64(1)), turns_);
  }

  // Values in the first turn, and how many turns are possible as far as linear values say.
  void settle() {
    turns_ = b_.CreateLoad(b_.getInt64Ty(), site_.left);
    if (turn_.steps != 1) {
      turns_ = b_.CreateUDiv(turns_, b_.getInt64(turn_.steps));
    }
    for (NodeIndex i = 0; i < turn_.nodes.size(); ++i) {
      if (!plan_.is_varying(i)) {
        bases_[i] = base(turn_.nodes[i]);
        restrict(i);
      }
    }
    for (std::size_t l = 0; l < turn_.accesses.size() && !turn_.stores.empty(); ++l) {
      const bool accumulates = !turn_.accesses[l].is_store && plan_.cell_total &&
                               plan_.cell_total->load == turn_.accesses[l].node;
      if (!turn_.accesses[l].is_store && !accumulates &&
          !plan_.is_varying(turn_.nodes[turn_.accesses[l].node].a)) {
        keep_apart(l);
      }
    }
    give_up_if(b_.CreateICmpULT(turns_, b_.getInt64(least_turns)));
    align();
  }

  // A vector that lies across two lines of the cache takes as long to store as two. A loop that
  // goes on for long does some turns, so many that its next vector starts where a line does, and
  // then begins anew.
  void align() {
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
    llvm::Value* const is_long = b_.CreateICmpUGT(turns_, b_.getInt64(2 * some));
    begins_anew_ = b_.CreateAnd(is_long, b_.CreateICmpNE(missing, b_.getInt64(0)), "begins_anew");
    turns_ = b_.CreateSelect(begins_anew_, b_.CreateAdd(missing, b_.getInt64(some)), turns_);
  }

  // The address that goes from cell to cell: of the store, or else of any load.
  [[nodiscard]] NodeIndex walked() const {
    if (!turn_.stores.empty() && !plan_.keeps_one_cell()) {
      return turn_.stores.front().address;
    }
    for (const bulk::Access& access : turn_.accesses) {
      const NodeIndex address = access.is_store ? no_node : turn_.nodes[access.node].a;
      if (!access.is_store && !plan_.is_varying(address) && plan_.strides[address] != 0) {
        return address;
      }
    }
    return no_node;
  }

  llvm::Value* base(const Node& node) {
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

  // What has to hold of a uniform or linear node, and for how many turns it does.
  void restrict(NodeIndex index) {
    const Node& node = turn_.nodes[index];
    const std::int64_t stride = plan_.strides[index];
    llvm::Value* const first = bases_[index];
    if (node.kind == Node::Kind::input && node.a != no_node) {
      // A fresh register: it has its usual value only after a first turn.
      llvm::Value* const expected =
          b_.CreateSub(bases_[node.a], llvm::ConstantInt::getSigned(site_.cell, stride));
      give_up_if(b_.CreateICmpNE(first, expected));
    }
    if (node.is_address) {
      give_up_if(b_.CreateICmpUGE(wide(first), site_.size));
    }
    if (node.test == Node::Test::zero) {
      give_up_if(b_.CreateNot(arithmetic_.is_zero(first)));
    } else if (node.test == Node::Test::nonzero) {
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
      if (node.test == Node::Test::nonzero) {
        llvm::Value* const at_zero =
            pace == 1 ? wide(first) : b_.CreateUDiv(wide(first), b_.getInt64(pace));
        llvm::Value* const meets =
            pace == 1 ? b_.getTrue()
                      : b_.CreateICmpEQ(b_.CreateMul(at_zero, b_.getInt64(pace)), wide(first));
        allow(b_.CreateSelect(meets, at_zero, turns_));
      }
    }
  }

  // A vector of turns does its loads before its stores: none may read what an earlier turn of the
  // same vector stores, or its own turn before it.
  void keep_apart(std::size_t which) {
    const NodeIndex load_address = turn_.nodes[turn_.accesses[which].node].a;
    const NodeIndex store_address = turn_.stores.front().address;
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
      // The load of turn t reads what the store of turn t + ahead writes.
      if (comes_after_store(which)) {
        give_up_if(b_.CreateICmpEQ(ahead, b_.getInt64(0)));
      }
      llvm::Value* const distance = b_.CreateNeg(ahead);
      llvm::Value* const is_near =
          b_.CreateICmpULT(b_.CreateSub(distance, b_.getInt64(1)), b_.getInt64(site_.lanes - 1));
      allow(b_.CreateSelect(is_near, distance, turns_));
      return;
    }
    // The load stays or comes towards the store, unless it is behind it already.
    llvm::Value* const is_behind = b_.CreateICmpSLT(ahead, b_.getInt64(0));
    llvm::Value* const until_met =
        load_stride == 0 ? ahead
                         : b_.CreateUDiv(b_.CreateAdd(ahead, b_.getInt64(1)), b_.getInt64(2));
    allow(b_.CreateSelect(is_behind, turns_, until_met));
  }

  [[nodiscard]] bool comes_after_store(std::size_t which) const {
    for (std::size_t s = 0; s < which; ++s) {
      if (turn_.accesses[s].is_store) {
        return true;
      }
    }
    return false;
  }

  // Vectors that the next vector of turns or the registers afterwards need.
  void begin_carrying(llvm::BasicBlock* before) {
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

  // What changes no accumulator.
  llvm::Constant* neutral(Op op) {
    return op == Op::min ? llvm::Constant::getAllOnesValue(vector_)
                         : llvm::Constant::getNullValue(vector_);
  }

  // A total after the turns from `done` on, or those in the mask.
  llvm::Value* with_turns(const Total& total, llvm::Value* done, llvm::Value* mask) {
    llvm::Value* x = lanes(total.x, done);
    if (mask != nullptr) {
      x = b_.CreateSelect(mask, x, neutral(total.op));
    }
    return arithmetic_.apply(total.op, total.phi, x, 0);
  }

  // What was `start` before the turns, after them.
  llvm::Value* accumulated(llvm::Value* start, const Total& total, llvm::Value* done,
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

  // A node in the vector of turns before; all lanes are register r before the first.
  [[nodiscard]] llvm::Value* carried(NodeIndex source, std::size_t r) const {
    for (const Carry& one : carries_) {
      if (one.source == source && one.r == r) {
        return one.phi;
      }
    }
    return nullptr;
  }

  // All varying values in the turns from `done` on, and which of those leave the loop. Loads are
  // masked unless the mask is null.
  void compute(llvm::Value* done, llvm::Value* mask) {
    values_.assign(turn_.nodes.size(), nullptr);
    fails_ = nullptr;
    for (NodeIndex i = 0; i < turn_.nodes.size(); ++i) {
      if (!plan_.is_varying(i) || turn_.nodes[i].folded_or_kept ||
          (plan_.cell_total && plan_.cell_total->total == i)) {
        continue;
      }
      if (mask == nullptr && moves_one_by_one(i)) {
        continue;
      }
      values_[i] = varying(i, done, mask);
      const Node& node = turn_.nodes[i];
      if (node.test != Node::Test::none) {
        llvm::Value* const is_zero = arithmetic_.is_zero(values_[i]);
        fail_if(node.test == Node::Test::nonzero ? is_zero : b_.CreateNot(is_zero));
      }
      if (node.is_address) {
        fail_if(may_not_load(values_[i], done));
      }
    }
  }

  // Whether a node's cells, loaded from computed addresses, are only stored. They never need to be
  // lanes of a vector, which costs more than to load and store them.
  [[nodiscard]] bool moves_one_by_one(NodeIndex index) const {
    const Node& node = turn_.nodes[index];
    return node.only_stored && node.op == Op::load && plan_.is_varying(node.a) &&
           !site_.gathers_fast;
  }

  // Does that, after it is certain that the addresses exist and that no turn of this vector stores
  // to them. The addresses go through the stack, which LLVM would avoid if it knew: taking a vector
  // apart takes longer.
  void move_one_by_one(const bulk::Store& one, llvm::Value* done) {
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
      b_.CreateAlignedStore(b_.CreateShuffleVector(values_[turn_.nodes[one.value].a], places),
                            b_.CreateConstInBoundsGEP1_64(site_.cell, addresses, first), alignment,
                            is_volatile);
    }
    const bool falls = plan_.strides[one.address] < 0;
    llvm::Value* const place = lowest_place(one.address, done);
    for (unsigned lane = 0; lane < site_.lanes; ++lane) {
      llvm::Value* const address = b_.CreateAlignedLoad(
          site_.cell, b_.CreateConstInBoundsGEP1_64(site_.cell, addresses, lane), alignment,
          is_volatile);
      llvm::Value* const cell = b_.CreateAlignedLoad(site_.cell, cell_at(wide(address)), alignment);
      b_.CreateAlignedStore(
          cell,
          b_.CreateConstInBoundsGEP1_64(site_.cell, place, falls ? site_.lanes - 1 - lane : lane),
          alignment);
    }
  }

  void fail_if(llvm::Value* lanes) {
    fails_ = fails_ == nullptr ? lanes : b_.CreateOr(fails_, lanes);
  }

  // Computed addresses must exist, and must not be what this vector of turns stores to: an earlier
  // turn of it might.
  llvm::Value* may_not_load(llvm::Value* addresses, llvm::Value* done) {
    const auto splat = [&](llvm::Value* value) { return b_.CreateVectorSplat(site_.lanes, value); };
    const unsigned bits = site_.cell->getBitWidth();
    llvm::Value* const wide_addresses =
        bits == 64
            ? addresses
            : b_.CreateZExt(addresses, llvm::FixedVectorType::get(b_.getInt64Ty(), site_.lanes));
    llvm::Value* fails = b_.CreateICmpUGE(wide_addresses, splat(site_.size));
    if (!turn_.stores.empty()) {
      const NodeIndex store = turn_.stores.front().address;
      llvm::Value* const is_stored =
          plan_.keeps_one_cell()
              ? b_.CreateICmpEQ(wide_addresses, splat(wide(bases_[store])))
              : b_.CreateICmpULT(b_.CreateSub(wide_addresses, splat(lowest_address(store, done))),
                                 splat(b_.getInt64(site_.lanes)));
      fails = b_.CreateOr(fails, is_stored);
    }
    return fails;
  }

  // Lanes whose address does not do have failed already and load cell 0.
  llvm::Value* gather(llvm::Value* addresses) {
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

  llvm::Value* varying(NodeIndex index, llvm::Value* done, llvm::Value* mask) {
    const Node& node = turn_.nodes[index];
    if (node.kind == Node::Kind::shifted) {
      return shifted(node);
    }
    if (node.op == Op::load) {
      return plan_.is_varying(node.a) ? gather(values_[node.a]) : load(node.a, done, mask);
    }
    llvm::Value* const a = lanes(node.a, done);
    llvm::Value* const b = lanes(node.b, done);
    const Node& second = turn_.nodes[node.b];
    return arithmetic_.apply(node.op, a, b,
                             second.kind == Node::Kind::constant ? second.number : 0);
  }

  // What node a was a turn before: the last lane of the vector before, then this one's.
  llvm::Value* shifted(const Node& node) {
    std::vector<int> places;
    for (unsigned lane = 0; lane < site_.lanes; ++lane) {
      places.push_back(static_cast<int>(site_.lanes - 1 + lane));
    }
    return b_.CreateShuffleVector(carried(node.a, static_cast<std::size_t>(node.number)),
                                  values_[node.a], places);
  }

  llvm::Value* load(NodeIndex address, llvm::Value* done, llvm::Value* mask) {
    const bool falls = plan_.strides[address] < 0;
    llvm::Value* const place = lowest_place(address, done);
    const llvm::Align alignment(site_.cell->getBitWidth() / 8);
    if (mask == nullptr) {
      llvm::Value* const cells = b_.CreateAlignedLoad(vector_, place, alignment);
      return falls ? b_.CreateVectorReverse(cells) : cells;
    }
    llvm::Value* const wanted = falls ? b_.CreateVectorReverse(mask) : mask;
    llvm::Value* const cells = b_.CreateMaskedLoad(vector_, place, alignment, wanted,
                                                   llvm::Constant::getNullValue(vector_));
    return falls ? b_.CreateVectorReverse(cells) : cells;
  }

  void store(llvm::Value* done, llvm::Value* mask) {
    if (turn_.stores.empty() || plan_.keeps_one_cell()) {
      return;
    }
    const bulk::Store& one = turn_.stores.front();
    if (mask == nullptr && moves_one_by_one(one.value)) {
      move_one_by_one(one, done);
      return;
    }
    const bool falls = plan_.strides[one.address] < 0;
    llvm::Value* cells = lanes(one.value, done);
    cells = falls ? b_.CreateVectorReverse(cells) : cells;
    llvm::Value* const place = lowest_place(one.address, done);
    const llvm::Align alignment(site_.cell->getBitWidth() / 8);
    if (mask == nullptr) {
      b_.CreateAlignedStore(cells, place, alignment);
    } else {
      b_.CreateMaskedStore(cells, place, alignment, falls ? b_.CreateVectorReverse(mask) : mask);
    }
  }

  // The cell of the lowest address among those of a vector of turns. (Of lanes that are masked it
  // need not exist.)
  llvm::Value* lowest_place(NodeIndex address, llvm::Value* done) {
    return b_.CreateGEP(site_.cell, site_.memory, lowest_address(address, done));
  }
  llvm::Value* lowest_address(NodeIndex address, llvm::Value* done) {
    llvm::Value* const first = wide(bases_[address]);
    return plan_.strides[address] > 0
               ? b_.CreateAdd(first, done)
               : b_.CreateSub(first, b_.CreateAdd(done, b_.getInt64(site_.lanes - 1)));
  }

  // Whatever its shape, a node's values as a vector.
  llvm::Value* lanes(NodeIndex index, llvm::Value* done) {
    if (plan_.is_varying(index)) {
      return values_[index];
    }
    llvm::Value* const start = b_.CreateVectorSplat(site_.lanes, after_turns(index, done));
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

  // A uniform or linear node's value `turns` turns after the first.
  llvm::Value* after_turns(NodeIndex index, llvm::Value* turns) {
    const std::int64_t stride = plan_.strides[index];
    if (stride == 0) {
      return bases_[index];
    }
    llvm::Value* const count = b_.CreateTrunc(turns, site_.cell);
    return b_.CreateAdd(bases_[index],
                        b_.CreateMul(count, llvm::ConstantInt::getSigned(site_.cell, stride)));
  }

  llvm::Value* bits(llvm::Value* mask) { return b_.CreateBitCast(mask, b_.getIntNTy(site_.lanes)); }
  // Lanes below `count`.
  llvm::Value* first_lanes(llvm::Value* count) {
    std::vector<llvm::Constant*> numbers;
    for (unsigned lane = 0; lane < site_.lanes; ++lane) {
      numbers.push_back(llvm::ConstantInt::get(site_.cell, lane));
    }
    return b_.CreateICmpULT(llvm::ConstantVector::get(numbers),
                            b_.CreateVectorSplat(site_.lanes, b_.CreateTrunc(count, site_.cell)));
  }

  // The vector of turns that the loop ends in, and the registers after all turns.
  void finish(llvm::Value* done) {
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
    llvm::Value* const lane = b_.CreateSelect(is_before, b_.getInt64(site_.lanes - 1),
                                              b_.CreateSub(good, b_.getInt64(1)));
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
    b_.CreateStore(b_.CreateAdd(b_.CreateLoad(b_.getInt64Ty(), site_.bulk_steps), steps),
                   site_.bulk_steps);
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
  void keep_cell(const std::vector<llvm::Value*>& after, llvm::Value* turns) {
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

  const VectorPlan& plan_;
  const Plan& turn_;
  const LoopSite& site_;
  const Arithmetic& arithmetic_;
  llvm::IRBuilder<>& b_;
  llvm::FixedVectorType* vector_;
  llvm::BasicBlock* start_ = nullptr;
  llvm::BasicBlock* give_up_ = nullptr;
  llvm::Value* turns_ = nullptr;        // that are possible, or are to be done
  llvm::Value* begins_anew_ = nullptr;  // whether more will be possible after them; null: never
  std::vector<llvm::Value*> bases_;     // by node: its value in the first turn
  std::vector<llvm::Value*> values_;    // by node: in the current vector of turns
  std::vector<Carry> carries_;
  std::vector<Total> totals_;
  llvm::Value* fails_ = nullptr;  // lanes that leave the loop; null if none can
};

}  // namespace

void generate_vector_loop(const VectorPlan& plan, const LoopSite& site,
                          llvm::IRBuilder<>& builder) {
  Loop(plan, site, builder).generate();
}

}  // namespace nram::jit
