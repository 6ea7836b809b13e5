// The executor that runs programs as native code.

#include "../bulk/drive.hpp"
#include "../executors.hpp"
#include "../flow/optimise.hpp"
#include "../interleave.hpp"
#include "compiler.hpp"

#include <array>
#include <atomic>
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
  flow::Flow flow;
  std::once_flag plans_once{};
  bulk::Plans plans{};

  const bulk::Plans& loops() {
    std::call_once(plans_once, [this] { plans = bulk::find_plans(flow); });
    return plans;
  }
};

// One run, for drive().
template <typename Cell>
class Sequential {
 public:
  Sequential(Compiled& compiled, const Machine& machine, std::span<Cell> memory, Modulus modulus)
      : compiled_(&compiled),
        machine_(&machine),
        memory_(memory),
        modulus_(modulus),
        function_(compiled.code->function()) {
    native_.modulus = modulus.value();
    native_.block = static_cast<std::uint32_t>(compiled.flow.entry);
  }

  [[nodiscard]] std::uint64_t steps() const { return native_.steps; }
  bulk::SliceEnd run(std::uint64_t stop_at) {
    native_.stop_at = stop_at;
    switch (function_(memory_.data(), memory_.size(), &native_)) {
      case jit::native_finished:
        return bulk::SliceEnd::finished;
      case jit::native_fault:
        return bulk::SliceEnd::fault;
      default:
        return bulk::SliceEnd::steps_done;
    }
  }
  [[nodiscard]] std::optional<std::size_t> block() const { return native_.block; }
  [[nodiscard]] const bulk::Plans& plans() const { return compiled_->loops(); }
  [[nodiscard]] bulk::Runner<Cell> runner(bool any_length) const {
    return {*machine_, plans(), memory_, modulus_, any_length};
  }
  Cell* registers() {
    for (unsigned r = 0; r < machine_->registers(); ++r) {
      cells_[r] = static_cast<Cell>(native_.registers[r]);
    }
    return cells_.data();
  }
  void skip(std::uint64_t steps) {
    native_.steps += steps;
    std::copy_n(cells_.begin(), machine_->registers(), native_.registers);
  }
  [[nodiscard]] const NativeRun& native() const { return native_; }

 private:
  Compiled* compiled_;
  const Machine* machine_;
  std::span<Cell> memory_;
  Modulus modulus_;
  jit::NativeFunction function_;
  NativeRun native_;
  std::array<Cell, Machine::max_registers> cells_{};  // registers, between slices
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
    Compiled* const compiled = as_written ? nullptr : code_for(memory, options.modulus);
    if (compiled == nullptr) {
      return interpreter_->run(memory, options);
    }
    return std::visit(
        [&]<typename Cell>(std::span<Cell> cells) { return run_native(*compiled, cells, options); },
        memory.cells());
  }

  // Until a run has shown that this kind of program is worth it, the first memory runs alone. Those
  // of another size or cell type than the first may need other code and always run alone.
  void run_rows(std::span<const MemoryView> memories, const RunOptions& options,
                std::span<RunResult> results) const override {
    const bool possible = options.registers.empty() &&
                          options.modulus.contains(flow::smallest_modulus - 1) &&
                          options.speculation != Speculation::never;
    std::vector<std::size_t> together;
    for (std::size_t i = 0; i < memories.size(); ++i) {
      if (possible && chases_ && memories[i].type() == memories[0].type() &&
          memories[i].size() == memories[0].size()) {
        require_runnable(program_.machine(), memories[i], options);
        together.push_back(i);
      } else {
        results[i] = run(memories[i], options);
        if (worth_interleaving(results[i])) {
          chases_ = true;
        }
      }
    }
    Compiled* const compiled = together.empty() ? nullptr : code_for(memories[0], options.modulus);
    if (compiled == nullptr) {
      for (const std::size_t i : together) {
        results[i] = run(memories[i], options);
      }
      return;
    }
    std::visit(
        [&]<typename Cell>(std::span<Cell> /*of the first*/) {
          const auto start = [&](std::size_t i) {
            const MemoryView memory = memories[together[i]];
            return Sequential<Cell>(*compiled, program_.machine(),
                                    std::get<std::span<Cell>>(memory.cells()), options.modulus);
          };
          const auto end = [&](std::size_t i, const Sequential<Cell>& run, Outcome outcome) {
            results[together[i]] = result_of(run, outcome);
          };
          interleave<Sequential<Cell>>(together.size(), options, start, end);
        },
        memories[0].cells());
  }

  std::string_view name() const override { return "jit"; }

 private:
  struct Slot {
    std::once_flag once;
    std::unique_ptr<Compiled> compiled;
  };

  // The code for this kind of run, compiled when first needed; null if that is not worth it.
  Compiled* code_for(MemoryView memory, Modulus modulus) const {
    const jit::Specialisation specialisation{memory.type(), modulus == word_modulus(memory.type())};
    const bool every_address_exists = !modulus.contains(memory.size());
    Slot& slot =
        slots_[(memory.type() == CellType::u64 ? 4U : 0U) +
               (specialisation.word_arithmetic ? 2U : 0U) + (every_address_exists ? 1U : 0U)];
    std::call_once(slot.once, [&] {
      flow::Flow flow = flow::optimise(program_, optimisations_, !every_address_exists);
      if (flow.blocks.size() <= most_blocks) {
        auto code = compiler_.compile(flow, specialisation);
        slot.compiled.reset(new Compiled{std::move(code), std::move(flow)});
      }
    });
    return slot.compiled.get();
  }

  template <typename Cell>
  RunResult run_native(Compiled& compiled, std::span<Cell> memory,
                       const RunOptions& options) const {
    Sequential<Cell> sequential(compiled, program_.machine(), memory, options.modulus);
    std::uint64_t bulk_steps = 0;
    const Outcome outcome = bulk::drive<Cell>(sequential, options, bulk_steps);
    RunResult result = result_of(sequential, outcome);
    result.bulk_steps = bulk_steps;
    return result;
  }

  template <typename Cell>
  RunResult result_of(const Sequential<Cell>& sequential, Outcome outcome) const {
    const NativeRun& native = sequential.native();
    RunResult result;
    result.outcome = outcome;
    if (outcome == Outcome::address_fault) {
      result.fault = AddressFault{native.fault_module, native.fault_address};
    }
    result.steps = native.steps;
    result.state = native.state;
    result.registers.assign(native.registers, native.registers + program_.machine().registers());
    return result;
  }

  Program program_;
  OptimisationOptions optimisations_;
  const jit::Compiler& compiler_;
  std::unique_ptr<Executor> interpreter_;
  mutable std::array<Slot, 8> slots_;
  mutable std::atomic<bool> chases_{false};  ///< a run was worth_interleaving
};

}  // namespace

std::unique_ptr<Executor> make_jit(const Program& program,
                                   const OptimisationOptions& optimisations) {
  return std::make_unique<Jit>(program, optimisations);
}

}  // namespace nram
