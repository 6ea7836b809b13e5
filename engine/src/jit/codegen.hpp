#pragma once

// From blocks to LLVM IR: blocks of steps become basic blocks, registers become SSA values, zero
// tests become branches.

#include "compiler.hpp"

#include <memory>
#include <string>

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

namespace nram::jit {

/// What code holds besides the steps.
struct Extent {
  bool batches = false;  ///< rows and interleaving, see NativeRun
  /// Vectorised loops have vectors of so many bits; 0: there are none.
  unsigned vector_bits = 0;
  const loops::Plans* plans = nullptr;  ///< the loops, if any are to be vectorised
};

/// A module with one function of type NativeFunction that runs the blocks. Functions of custom
/// modules are called by their address, so code with them belongs to this process.
std::unique_ptr<llvm::Module> generate(const flow::Flow& flow, const Specialisation& specialisation,
                                       const Extent& extent, const std::string& function,
                                       llvm::LLVMContext& context);

/// The few LLVM passes worth their time: registers to SSA values, local simplifications.
void optimise(llvm::Module& module, llvm::TargetMachine& target);

}  // namespace nram::jit
