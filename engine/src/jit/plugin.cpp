// The plug-in: compiles through LLVM's ORC. Memory pages of the code are written first and then
// made executable; they are never both.

#include "codegen.hpp"
#include "compiler.hpp"
#include "vector_plan.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Host.h>

#include <nram/engine/error.hpp>

namespace nram::jit {
namespace {

template <typename T>
T checked(llvm::Expected<T> value) {
  if (!value) {
    throw Error(ErrorKind::usage,
                "cannot compile the program to native code: " + llvm::toString(value.takeError()));
  }
  return std::move(*value);
}

void checked(llvm::Error error) {
  if (error) {
    throw Error(ErrorKind::usage,
                "cannot compile the program to native code: " + llvm::toString(std::move(error)));
  }
}

// Passes of LLVM's code generator that take a third of the time to compile and give this code
// nothing: the search for integers that could live in mask registers, and the choice of other
// induction variables for loops that count the way they were written to. They have no other switch.
// (Whoever else uses the LLVM of this process goes without them too.)
void leave_out_passes() {
  const auto& options = llvm::cl::getRegisteredOptions();
  for (const char* name : {"disable-x86-domain-reassignment", "disable-lsr"}) {
    if (const auto found = options.find(name); found != options.end()) {
      static_cast<llvm::cl::opt<bool>*>(found->second)->setValue(true);
    }
  }
}

class OrcCode final : public NativeCode {
 public:
  OrcCode(const flow::Flow& flow, const loops::Plans& plans, const Specialisation& specialisation) {
    auto host = checked(llvm::orc::JITTargetMachineBuilder::detectHost());
    const auto target = checked(host.createTargetMachine());
    jit_ = checked(llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(host)).create());
    // The reasons come here; what fails later only names the function. LLVM would print them.
    std::string reasons;
    jit_->getExecutionSession().setErrorReporter(
        [&](llvm::Error error) { reasons += llvm::toString(std::move(error)) + ": "; });

    auto context = std::make_unique<llvm::LLVMContext>();
    const Extent extent{true, vector_bits(*target), &plans};
    has_vector_loops_ = extent.vector_bits != 0 && vectorises(plans);
    auto module = generate(flow, specialisation, extent, "run", *context);
    module->setDataLayout(jit_->getDataLayout());
    module->setTargetTriple(jit_->getTargetTriple().str());
    optimise(*module, *target);
    checked(jit_->addIRModule(llvm::orc::ThreadSafeModule(std::move(module), std::move(context))));
    auto function = jit_->lookup("run");
    if (!function) {
      throw Error(ErrorKind::usage, "cannot compile the program to native code: " + reasons +
                                        llvm::toString(function.takeError()));
    }
    function_ = function->toPtr<NativeFunction>();
    jit_->getExecutionSession().setErrorReporter(llvm::consumeError);
  }

  [[nodiscard]] NativeFunction function() const override { return function_; }
  [[nodiscard]] bool has_vector_loops() const override { return has_vector_loops_; }

 private:
  // Of the widest vectors that have masks.
  static unsigned vector_bits(const llvm::TargetMachine& target) {
    const llvm::StringRef features = target.getTargetFeatureString();
    const auto has = [&](const char* name) {
      return features.contains((std::string("+") + name + ",")) ||
             features.ends_with(std::string("+") + name);
    };
    if (has("avx512f") && has("avx512bw") && has("avx512dq") && has("avx512vl")) {
      return 512;
    }
    return has("avx2") ? 256 : 0;
  }

  static bool vectorises(const loops::Plans& plans) {
    const auto chosen = choose_vector_plans(plans, std::vector<bool>(plans.of_block.size()));
    return std::any_of(chosen.begin(), chosen.end(), [](const auto& plan) { return plan; });
  }

  bool has_vector_loops_ = false;
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  NativeFunction function_ = nullptr;
};

class OrcCompiler final : public Compiler {
 public:
  OrcCompiler() {
    leave_out_passes();
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  }

  [[nodiscard]] std::unique_ptr<NativeCode> compile(
      const flow::Flow& flow, const loops::Plans& plans,
      const Specialisation& specialisation) const override {
    return std::make_unique<OrcCode>(flow, plans, specialisation);
  }

  [[nodiscard]] std::string object(const flow::Flow& flow, const Specialisation& specialisation,
                                   const std::string& function) const override {
    llvm::orc::JITTargetMachineBuilder builder{llvm::Triple(llvm::sys::getDefaultTargetTriple())};
    builder.setRelocationModel(llvm::Reloc::PIC_);
    const auto target = checked(builder.createTargetMachine());
    llvm::LLVMContext context;
    const auto module = generate(flow, specialisation, Extent{}, function, context);
    module->setDataLayout(target->createDataLayout());
    module->setTargetTriple(target->getTargetTriple().str());
    optimise(*module, *target);

    llvm::SmallVector<char, 0> bytes;
    llvm::raw_svector_ostream stream(bytes);
    llvm::legacy::PassManager passes;
    if (target->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile)) {
      throw Error(ErrorKind::usage, "LLVM cannot write object files for this computer");
    }
    passes.run(*module);
    return {bytes.begin(), bytes.end()};
  }
};

}  // namespace
}  // namespace nram::jit

extern "C" __attribute__((visibility("default"))) const nram::jit::Compiler* nram_jit_compiler(
    const char* version) {
  static const nram::jit::OrcCompiler compiler;
  return std::string_view(version) == NRAM_VERSION ? &compiler : nullptr;
}
