// The executor that runs programs as native code.

#include "../executors.hpp"
#include "../flow/optimise.hpp"
#include "compiler.hpp"

#include <array>
#include <memory>
#include <mutex>
#include <optional>

namespace nram {
namespace {

using jit::NativeRun;

// More blocks than this take long to compile and are not worth it; the interpreter runs them.
constexpr std::size_t most_blocks = 256;

// Native code of a program for one kind of run.
struct Compiled {
  std::unique_ptr<jit::NativeCode> code;
  std::uint32_t entry = 0;  ///< the block to start with
};

class Jit final : public Executor {
 public:
  Jit(const Program& program, const OptimisationOptions& optimisations)
      : program_(program),
        optimisations_(optimisations),
        compiler_(jit::load_compiler()),
        interpreter_(make_interpreter(program, optimisations)) {}

  RunResult run(MemoryView memory, const RunOptions& options) const override {
    require_runnable(program_.machine(), memory, options);
    const bool as_written =
        !options.registers.empty() || !options.modulus.contains(flow::smallest_modulus - 1);
    const Compiled* const compiled = as_written ? nullptr : code_for(memory, options.modulus);
    if (compiled == nullptr) {
      return interpreter_->run(memory, options);
    }
    void* const cells =
        std::visit([](auto typed) { return static_cast<void*>(typed.data()); }, memory.cells());
    const jit::NativeFunction function = compiled->code->function();
    NativeRun native;
    native.modulus = options.modulus.value();
    native.block = compiled->entry;
    RunResult result;
    const auto run_slice = [&](std::uint64_t stop_at) {
      native.stop_at = stop_at;
      return function(cells, memory.size(), &native);
    };
    result.outcome = run_slices(options, native, run_slice);
    if (result.outcome == Outcome::address_fault) {
      result.fault = AddressFault{native.fault_module, native.fault_address};
    }
    result.steps = native.steps;
    result.state = native.state;
    result.registers.assign(native.registers, native.registers + program_.machine().registers());
    return result;
  }

  std::string_view name() const override { return "jit"; }

 private:
  struct Slot {
    std::once_flag once;
    std::optional<Compiled> compiled;
  };

  // The code for this kind of run, compiled when first needed; null if that is not worth it.
  const Compiled* code_for(MemoryView memory, Modulus modulus) const {
    const jit::Specialisation specialisation{memory.type(), modulus == word_modulus(memory.type())};
    const bool every_address_exists = !modulus.contains(memory.size());
    Slot& slot =
        slots_[(memory.type() == CellType::u64 ? 4U : 0U) +
               (specialisation.word_arithmetic ? 2U : 0U) + (every_address_exists ? 1U : 0U)];
    std::call_once(slot.once, [&] {
      const flow::Flow flow = flow::optimise(program_, optimisations_, !every_address_exists);
      if (flow.blocks.size() <= most_blocks) {
        slot.compiled = Compiled{compiler_.compile(flow, specialisation),
                                 static_cast<std::uint32_t>(flow.entry)};
      }
    });
    return slot.compiled ? &*slot.compiled : nullptr;
  }

  template <typename RunSlice>
  static Outcome run_slices(const RunOptions& options, const NativeRun& native,
                            RunSlice run_slice) {
    while (native.steps < options.step_limit) {
      const std::uint64_t left = options.step_limit - native.steps;
      const std::uint64_t slice =
          options.on_progress ? std::min(left, options.progress_interval) : left;
      const std::uint32_t end = run_slice(native.steps + slice);
      if (end == jit::native_finished) {
        return Outcome::finished;
      }
      if (end == jit::native_fault) {
        return Outcome::address_fault;
      }
      if (options.on_progress && slice == options.progress_interval &&
          !options.on_progress(native.steps)) {
        return Outcome::cancelled;
      }
    }
    return Outcome::step_limit;
  }

  Program program_;
  OptimisationOptions optimisations_;
  const jit::Compiler& compiler_;
  std::unique_ptr<Executor> interpreter_;
  mutable std::array<Slot, 8> slots_;
};

}  // namespace

std::unique_ptr<Executor> make_jit(const Program& program,
                                   const OptimisationOptions& optimisations) {
  return std::make_unique<Jit>(program, optimisations);
}

}  // namespace nram
