#pragma once

// A vectorised loop within generated code. Under the conditions that loops/runner.hpp explains, as
// many iterations as a vector has lanes are done at once, in one pass over the memory and at a cost
// of some nanoseconds, so that loops of few iterations gain as well.

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
  /// as many iterations done as could be vectorised.
  void generate();

 private:
  // A vector that the next vector of iterations looks back at.
  struct Carry {
    loops::NodeIndex source;
    std::size_t r;  // the register that stands for it before the first iteration
    llvm::PHINode* phi;
  };

  // What the iterations add to a reduction, a register or a cell: a sum (or minimum, or maximum)
  // for every lane.
  struct Total {
    loops::Op op;
    loops::NodeIndex x;
    std::int64_t r;  // the register; of a cell -1
    llvm::PHINode* phi;
  };

  // A reduction that something looks at within the loop: its value before a vector of iterations,
  // in all lanes.
  struct Scan {
    loops::NodeIndex reduction;
    llvm::PHINode* phi;
    llvm::Value* next;  // before the vector of iterations behind the one computed last
  };

  llvm::BasicBlock* new_block(const char* name) {
    return llvm::BasicBlock::Create(b_.getContext(), name, site_.function);
  }
  llvm::Value* wide(llvm::Value* value) { return b_.CreateZExt(value, b_.getInt64Ty()); }
  llvm::Value* cell_at(llvm::Value* wide_address) {
    return b_.CreateInBoundsGEP(site_.cell, site_.memory, wide_address);
  }
  llvm::Value* bits(llvm::Value* mask) { return b_.CreateBitCast(mask, b_.getIntNTy(site_.lanes)); }
  // The cell of the lowest address among those of a vector of iterations. (Of lanes that are masked
  // it need not exist.)
  llvm::Value* lowest_place(loops::NodeIndex address, llvm::Value* done) {
    return b_.CreateGEP(site_.cell, site_.memory, lowest_address(address, done));
  }

  // In vector_loop.cpp: the loop around the iterations, and what goes from one to the next.
  void begin_carrying(llvm::BasicBlock* before);
  [[nodiscard]] llvm::Value* carried(loops::NodeIndex source, std::size_t r) const;
  void finish(llvm::Value* done);
  void store_cell(const std::vector<llvm::Value*>& after, llvm::Value* iterations);
  llvm::Value* with_iterations(const Total& total, llvm::Value* done, llvm::Value* mask);
  llvm::Value* reduced(llvm::Value* start, const Total& total, llvm::Value* done,
                       llvm::Value* mask);

  // In vector_loop_checks.cpp: bounds and dependences, before the first iteration.
  void check();
  void align();
  [[nodiscard]] loops::NodeIndex walked() const;
  llvm::Value* base(const loops::Node& node);
  void restrict(loops::NodeIndex index);
  void keep_apart(std::size_t which);
  [[nodiscard]] bool comes_after_store(std::size_t which) const;
  void give_up_if(llvm::Value* condition);
  void allow(llvm::Value* iterations);
  void allow_within(llvm::Value* room, std::uint64_t pace);

  // In vector_loop_iterations.cpp: one vector of iterations.
  void compute(llvm::Value* done, llvm::Value* mask);
  llvm::Value* varying(loops::NodeIndex index, llvm::Value* done, llvm::Value* mask);
  llvm::Value* recomputed(const loops::Node& node);
  llvm::Value* scan(loops::NodeIndex index, llvm::Value* done);
  llvm::Value* gather(llvm::Value* addresses);
  llvm::Value* load(loops::NodeIndex address, llvm::Value* done, llvm::Value* mask);
  void store(llvm::Value* done, llvm::Value* mask);
  [[nodiscard]] bool moves_one_by_one(loops::NodeIndex index) const;
  void move_one_by_one(const loops::Store& one, llvm::Value* done);
  llvm::Value* may_not_load(llvm::Value* addresses, llvm::Value* done);
  void fail_if(llvm::Value* lanes);
  llvm::Value* lowest_address(loops::NodeIndex address, llvm::Value* done);
  llvm::Value* as_vector(loops::NodeIndex index, llvm::Value* done);
  llvm::Value* after_iterations(loops::NodeIndex index, llvm::Value* iterations);
  llvm::Value* first_lanes(llvm::Value* count);

  const VectorPlan& plan_;
  const loops::Plan& loop_;
  const LoopSite& site_;
  const Arithmetic& arithmetic_;
  llvm::IRBuilder<>& b_;
  llvm::FixedVectorType* vector_;
  llvm::BasicBlock* start_ = nullptr;
  llvm::BasicBlock* give_up_ = nullptr;
  llvm::Value* iterations_ = nullptr;   // that are possible, or are to be done
  llvm::Value* begins_anew_ = nullptr;  // whether more will be possible after them; null: never
  std::vector<llvm::Value*> bases_;     // by node: its value in the first iteration
  std::vector<llvm::Value*> values_;    // by node: in the current vector of iterations
  std::vector<Carry> carries_;
  std::vector<Total> totals_;
  std::vector<Scan> scans_;
  llvm::Value* fails_ = nullptr;  // lanes that leave the loop; null if none can
};

}  // namespace nram::jit
