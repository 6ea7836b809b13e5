#include "compiler.hpp"

#include <dlfcn.h>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>

namespace nram {
namespace {

struct Loaded {
  const jit::Compiler* compiler = nullptr;
  std::string reason;  ///< why there is none
};

Loaded load() {
  // Never unloaded: LLVM does not survive it.
  void* const plugin = dlopen(jit::plugin_file, RTLD_NOW | RTLD_LOCAL);
  if (plugin == nullptr) {
    return {nullptr, dlerror()};
  }
  const auto entry = reinterpret_cast<jit::CompilerEntry>(dlsym(plugin, jit::compiler_entry_name));
  if (entry == nullptr) {
    return {nullptr, dlerror()};
  }
  const jit::Compiler* const compiler = entry(NRAM_VERSION);
  return {compiler, compiler == nullptr ? std::string(jit::plugin_file) +
                                              " belongs to another version than " NRAM_VERSION
                                        : ""};
}

const Loaded& loaded() {
  static const Loaded result = load();
  return result;
}

}  // namespace

bool jit_available() { return loaded().compiler != nullptr; }

const jit::Compiler& jit::load_compiler() {
  if (!jit_available()) {
    throw Error(ErrorKind::usage,
                "the JIT's plug-in cannot be loaded (" + loaded().reason +
                    "); use the interpreter, or install llvm-19-dev and build nram again");
  }
  return *loaded().compiler;
}

}  // namespace nram
