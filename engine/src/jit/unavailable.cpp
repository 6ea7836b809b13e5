// Stands in for the JIT in builds without LLVM.

#include "../executors.hpp"

#include <nram/engine/error.hpp>

namespace nram {

bool jit_available() { return false; }

std::unique_ptr<Executor> make_jit(const Program& /*program*/,
                                   const OptimisationOptions& /*optimisations*/) {
  throw Error(
      ErrorKind::usage,
      "this build has no JIT; use the interpreter, or install llvm-19-dev and build again with "
      "-DNRAM_JIT=ON");
}

}  // namespace nram
