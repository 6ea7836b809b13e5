// The soft machine's engine for one instruction set.

// Once for each instruction set.
#if defined(NRAM_SOFT_LANE_ENGINE_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_SOFT_LANE_ENGINE_HPP
#undef NRAM_SOFT_LANE_ENGINE_HPP
#else
#define NRAM_SOFT_LANE_ENGINE_HPP
#endif

#include "soft/automaton_controller.hpp"
#include "soft/controller.hpp"
#include "soft/engine.hpp"
#include "soft/module_kernels.hpp"
#include "soft/tape.hpp"

#include <cstddef>
#include <variant>
#include <vector>

#include <hwy/highway.h>

#include <nram/engine/machine.hpp>
#include <nram/model-io/model.hpp>
#include <nram/trainer/soft_machine.hpp>

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {

template <typename T>
class LaneEngine final : public SoftEngine<T> {
 public:
  LaneEngine(const Machine& machine, const ControllerShape& controller);
  LaneEngine(const Machine& machine, unsigned states);

  [[nodiscard]] const Machine& machine() const override { return machine_; }
  [[nodiscard]] const SelectorLayout& layout() const override { return layout_; }
  [[nodiscard]] std::size_t parameters() const override {
    return std::visit([](const auto& controller) { return controller.parameters(); }, controller_);
  }
  void forward(const T* parameters, const LaneGroup& group, const CostSettings& settings,
               Tape<T>& tape, GroupResult& result, bool last_registers) const override;
  [[nodiscard]] const T* memory_after(unsigned t, const Tape<T>& tape) const override {
    return tape.memory[writes() ? t + 1 : 0];
  }
  void backward(const LaneGroup& group, const CostSettings& settings, Tape<T>& tape,
                T* gradient) const override;

 private:
  struct PlannedModule {
    const SoftKernel<T>* kernel;  // null if it has no arguments: a constant
    Support support;
    unsigned first_argument;
    unsigned arity;
    // How many modules of each support come before it.
    unsigned full;
    unsigned binary;
    unsigned constant;
  };

  using Controller = std::variant<SoftController, AutomatonController>;

  LaneEngine(const Machine& machine, Controller controller);

  void prepare(const LaneGroup& group, Tape<T>& tape) const;
  void load(const LaneGroup& group, Tape<T>& tape) const;

  // forward.cpp
  void run_modules(unsigned modulus, unsigned t, Tape<T>& tape) const;
  void mix(unsigned modulus, unsigned t, unsigned first_selector, unsigned selectors,
           unsigned modules, Tape<T>& tape, T* out) const;
  void finish(const LaneGroup& group, const CostSettings& settings, Tape<T>& tape,
              GroupResult& result) const;
  void score(const LaneGroup& group, Tape<T>& tape, GroupResult& result) const;

  // backward.cpp
  void finish_gradient(const LaneGroup& group, const CostSettings& settings, Tape<T>& tape) const;
  void cell_gradient(unsigned t, const CostSettings& settings, Tape<T>& tape) const;
  void run_modules_back(unsigned modulus, unsigned t, unsigned selectors, Tape<T>& tape) const;
  void sources_gradient(unsigned modulus, unsigned t, unsigned source, unsigned sources,
                        unsigned first_selector, unsigned selectors, unsigned rows, Tape<T>& tape,
                        T* out) const;
  void weights_gradient(unsigned modulus, unsigned first_selector, unsigned selectors,
                        unsigned modules, Tape<T>& tape) const;

  // How many of the first `modules` modules there are of each support.
  struct Counts {
    unsigned full;
    unsigned binary;
    unsigned constant;
  };
  [[nodiscard]] Counts sources_before(unsigned modules) const {
    if (modules == modules_.size()) {
      return {static_cast<unsigned>(full_modules_.size()),
              static_cast<unsigned>(binary_modules_.size()),
              static_cast<unsigned>(constant_modules_.size())};
    }
    return {modules_[modules].full, modules_[modules].binary, modules_[modules].constant};
  }
  [[nodiscard]] bool writes() const { return write_ < modules_.size(); }
  // Where a module's output is; all full ones come first, then the binary ones.
  [[nodiscard]] T* output_of(unsigned module, unsigned modulus, unsigned t, Tape<T>& tape) const {
    const PlannedModule& planned = modules_[module];
    const std::size_t row = planned.support == Support::binary
                                ? full_modules_.size() * modulus + planned.binary * std::size_t{2}
                                : std::size_t{planned.full} * modulus;
    return tape.outputs[t] + row * LaneGroup::lanes;
  }
  void point_at_sources(unsigned modulus, unsigned t, Tape<T>& tape) const;
  [[nodiscard]] ModuleCall<T> call(unsigned module, unsigned modulus, unsigned t,
                                   Tape<T>& tape) const;

  Machine machine_;
  SelectorLayout layout_;
  Controller controller_;
  std::vector<PlannedModule> modules_;
  std::vector<Selector> selectors_;  // of all arguments, then of all registers
  // Sources by support, each in the order of the candidates: where a selector's weights have their
  // rows (in scalars from its first), and which module it is.
  std::vector<std::size_t> full_;  // registers first
  std::vector<unsigned> full_modules_;
  std::vector<unsigned> binary_modules_;
  std::vector<unsigned> constant_modules_;
  std::vector<std::size_t> selector_offsets_;  // of every selector's first row, in scalars
  unsigned write_ = 0;                         // index of WRITE, or the number of modules
};

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
