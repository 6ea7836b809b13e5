#pragma once

// A loop in bulk within generated code. Under the conditions that bulk/runner.hpp explains, as many
// turns as a vector has lanes are done at once, in one pass over the memory and at a cost of some
// nanoseconds, so that loops of few turns gain as well.

#include "arithmetic.hpp"
#include "vector_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <llvm/IR/IRBuilder.h>

namespace nram::jit {

/// What a vector loop needs of the function that it becomes part of.
struct LoopSite {
  llvm::Function* function;
  const Arithmetic* arithmetic;
  llvm::IntegerType* cell;
  unsigned lanes;                       ///< of a vector
  bool gathers_fast;                    ///< see Specialisation
  llvm::Value* memory;                  ///< the first cell
  llvm::Value* size;                    ///< number of cells
  llvm::Value* left;                    ///< slot: steps that may still be done
  llvm::Value* credit;                  ///< pointer to NativeRun::credit
  llvm::Value* vectorised_steps;        ///< pointer to NativeRun::vectorised_steps
  std::vector<llvm::Value*> registers;  ///< slots
  llvm::BasicBlock* otherwise;          ///< where the loop begins step by step
};

/// Generates one loop.
class VectorLoop {
 public:
  /// What is referred to must outlive it.
  VectorLoop(const VectorPlan& plan, const LoopSite& site, llvm::IRBuilder<>& builder);

  /// Generates the loop at the builder's place, once; control always goes on at `otherwise`, with
  /// as many turns done as could be done in bulk.
  void generate();

 private:
  // A vector that the next vector of turns looks back at.
  struct Carry {
    bulk::NodeIndex source;
    std::size_t r;  // the register that stands for it before the first turn
    llvm::PHINode* phi;
  };

  // What a register or cell that accumulates gets in the turns, a sum (or minimum, or maximum) for
  // every lane.
  struct Total {
    bulk::Op op;
    bulk::NodeIndex x;
    llvm::PHINode* phi;
  };

  llvm::BasicBlock* new_block(const char* name) {
    return llvm::BasicBlock::Create(b_.getContext(), name, site_.function);
  }
  llvm::Value* wide(llvm::Value* value) { return b_.CreateZExt(value, b_.getInt64Ty()); }
  llvm::Value* cell_at(llvm::Value* wide_address) {
    return b_.CreateInBoundsGEP(site_.cell, site_.memory, wide_address);
  }
  llvm::Value* bits(llvm::Value* mask) { return b_.CreateBitCast(mask, b_.getIntNTy(site_.lanes)); }
  // The cell of the lowest address among those of a vector of turns. (Of lanes that are masked it
  // need not exist.)
  llvm::Value* lowest_place(bulk::NodeIndex address, llvm::Value* done) {
    return b_.CreateGEP(site_.cell, site_.memory, lowest_address(address, done));
  }

  // In vector_loop.cpp: the loop around the turns, and what goes from turn to turn.
  void begin_carrying(llvm::BasicBlock* before);
  [[nodiscard]] llvm::Value* carried(bulk::NodeIndex source, std::size_t r) const;
  void finish(llvm::Value* done);
  void keep_cell(const std::vector<llvm::Value*>& after, llvm::Value* turns);
  llvm::Constant* neutral(bulk::Op op);
  llvm::Value* with_turns(const Total& total, llvm::Value* done, llvm::Value* mask);
  llvm::Value* accumulated(llvm::Value* start, const Total& total, llvm::Value* done,
                           llvm::Value* mask);

  // In vector_loop_bounds.cpp: what is settled before the first turn.
  void settle();
  void align();
  [[nodiscard]] bulk::NodeIndex walked() const;
  llvm::Value* base(const bulk::Node& node);
  void restrict(bulk::NodeIndex index);
  void keep_apart(std::size_t which);
  [[nodiscard]] bool comes_after_store(std::size_t which) const;
  void give_up_if(llvm::Value* condition);
  void allow(llvm::Value* turns);
  void allow_within(llvm::Value* room, std::uint64_t pace);

  // In vector_loop_turns.cpp: one vector of turns.
  void compute(llvm::Value* done, llvm::Value* mask);
  llvm::Value* varying(bulk::NodeIndex index, llvm::Value* done, llvm::Value* mask);
  llvm::Value* shifted(const bulk::Node& node);
  llvm::Value* gather(llvm::Value* addresses);
  llvm::Value* load(bulk::NodeIndex address, llvm::Value* done, llvm::Value* mask);
  void store(llvm::Value* done, llvm::Value* mask);
  [[nodiscard]] bool moves_one_by_one(bulk::NodeIndex index) const;
  void move_one_by_one(const bulk::Store& one, llvm::Value* done);
  llvm::Value* may_not_load(llvm::Value* addresses, llvm::Value* done);
  void fail_if(llvm::Value* lanes);
  llvm::Value* lowest_address(bulk::NodeIndex address, llvm::Value* done);
  llvm::Value* lanes(bulk::NodeIndex index, llvm::Value* done);
  llvm::Value* after_turns(bulk::NodeIndex index, llvm::Value* turns);
  llvm::Value* first_lanes(llvm::Value* count);

  const VectorPlan& plan_;
  const bulk::Plan& turn_;
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

}  // namespace nram::jit
