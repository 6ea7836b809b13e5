#pragma once

// What the JIT's executor, which is part of the library, asks of the code generator, which is a
// plug-in: LLVM costs a process 30 ms and 48 MB as soon as it is loaded, so it is loaded only when
// something is to be compiled. The plug-in links nothing of the library; all it gets is data.

#include "../loops/plan.hpp"
#include "native_run.hpp"

#include <cstddef>
#include <memory>
#include <string>

#include <nram/engine/flow.hpp>
#include <nram/engine/memory.hpp>

namespace nram::jit {

/// Programs of more blocks take long to compile and are not worth it; the interpreter runs them.
inline constexpr std::size_t most_blocks = 256;

/// What code is specialised for.
struct Specialisation {
  CellType cells = CellType::u64;
  bool word_arithmetic = true;        ///< natural wrap-around; otherwise modulo NativeRun::modulus
  bool every_address_exists = false;  ///< the modulus is not above the number of cells
  bool gathers_fast = false;          ///< vectorised loops do well to use gather instructions
};

/// Native code in memory that may be executed but not written. Lives as long as this object.
class NativeCode {
 public:
  virtual ~NativeCode() = default;
  [[nodiscard]] virtual NativeFunction function() const = 0;
  /// Whether the code has vectorised loops of its own.
  [[nodiscard]] virtual bool has_vector_loops() const = 0;
};

class Compiler {
 public:
  virtual ~Compiler() = default;

  /// Compiles; thread-safe. `plans` are the loops of `flow`. Throws Error(usage) with LLVM's reason
  /// if that is impossible.
  [[nodiscard]] virtual std::unique_ptr<NativeCode> compile(
      const flow::Flow& flow, const loops::Plans& plans,
      const Specialisation& specialisation) const = 0;

  /// The content of an object file with this code as `function`, a NativeFunction, for any computer
  /// of this architecture. Custom modules must not occur. Throws likewise.
  [[nodiscard]] virtual std::string object(const flow::Flow& flow,
                                           const Specialisation& specialisation,
                                           const std::string& function) const = 0;
};

/// The one symbol of the plug-in: its compiler, or null if the plug-in does not belong to this
/// version of the library. Never freed.
using CompilerEntry = const Compiler* (*)(const char* version);
constexpr const char* compiler_entry_name = "nram_jit_compiler";

/// The file name of the plug-in, found as the dynamic loader finds libraries: by the run path of
/// the program (which linking with nram::engine sets), LD_LIBRARY_PATH, the system's directories.
constexpr const char* plugin_file = "libnram-jit.so";

/// The compiler of the plug-in, loaded at the first call; thread-safe. Throws Error(usage) that
/// says what the dynamic loader said if there is none.
const Compiler& load_compiler();

}  // namespace nram::jit
