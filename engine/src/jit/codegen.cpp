#include "codegen.hpp"

#include "generator.hpp"

#include <llvm/Passes/PassBuilder.h>

namespace nram::jit {

std::unique_ptr<llvm::Module> generate(const flow::Flow& flow, const Specialisation& specialisation,
                                       const Extent& extent, const std::string& function,
                                       llvm::LLVMContext& context) {
  auto module = std::make_unique<llvm::Module>("nram", context);
  llvm::Type* const pointer = llvm::PointerType::get(context, 0);
  llvm::FunctionType* const type = llvm::FunctionType::get(
      llvm::Type::getInt32Ty(context), {pointer, llvm::Type::getInt64Ty(context), pointer}, false);
  Generator(flow, specialisation, extent, *module)
      .fill(llvm::Function::Create(type, llvm::Function::ExternalLinkage, function, *module));
  return module;
}

void optimise(llvm::Module& module, llvm::TargetMachine& target) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&target);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  llvm::cantFail(builder.parsePassPipeline(
      passes, "function(sroa,simplifycfg,instcombine<no-verify-fixpoint>,early-cse,simplifycfg)"));
  passes.run(module, modules);
}

}  // namespace nram::jit
