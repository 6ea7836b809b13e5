#pragma once

// A loop in bulk within generated code. Under the conditions that bulk/runner.hpp explains, as many
// turns as a vector has lanes are done at once, in one pass over the memory and at a cost of some
// nanoseconds, so that loops of few turns gain as well.

#include "arithmetic.hpp"
#include "vector_plan.hpp"

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
  llvm::Value* bulk_steps;              ///< pointer to NativeRun::bulk_steps
  std::vector<llvm::Value*> registers;  ///< slots
  llvm::BasicBlock* otherwise;          ///< where the loop begins step by step
};

/// Generates the loop at the builder's place; control always goes on at `otherwise`, with as many
/// turns done as could be done in bulk.
void generate_vector_loop(const VectorPlan& plan, const LoopSite& site, llvm::IRBuilder<>& builder);

}  // namespace nram::jit
