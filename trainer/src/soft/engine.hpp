// The soft machine on one lane group: forward pass with cost, and backward pass through time, on
// this computer's instruction set. SoftMachine is this in float; the tests also use it in double.

#pragma once

#include "soft/module_call.hpp"
#include "soft/tape.hpp"

#include <cstddef>
#include <memory>

#include <nram/engine/machine.hpp>
#include <nram/model-io/model.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram::soft {

template <typename T>
class SoftEngine {
 public:
  virtual ~SoftEngine() = default;
  SoftEngine(const SoftEngine&) = delete;
  SoftEngine& operator=(const SoftEngine&) = delete;

  [[nodiscard]] virtual const Machine& machine() const = 0;
  [[nodiscard]] virtual const SelectorLayout& layout() const = 0;
  [[nodiscard]] virtual std::size_t parameters() const = 0;

  /// Runs all steps, fills tape and result. The registers after the last step matter to nobody but
  /// a trace: they are computed only if `last_registers`.
  virtual void forward(const T* parameters, const LaneGroup& group, const CostSettings& settings,
                       Tape<T>& tape, GroupResult& result, bool last_registers) const = 0;

  /// The memory after step t (counted from 0), [M][M] rows.
  [[nodiscard]] virtual const T* memory_after(unsigned t, const Tape<T>& tape) const = 0;

  /// The gradient of the group's cost, after forward() with the same arguments, whose parameters
  /// are still there; replaces `gradient`.
  virtual void backward(const LaneGroup& group, const CostSettings& settings, Tape<T>& tape,
                        T* gradient) const = 0;

 protected:
  SoftEngine() = default;
};

/// What there is for each instruction set: the engine, and for tests the functions it is made of.
/// Those of rows of 16 lanes take pointers to scalars.
template <typename T>
struct Functions {
  std::unique_ptr<const SoftEngine<T>> (*engine)(const Machine&, const ControllerShape&);
  /// With a differentiable automaton of so many states instead of a controller.
  std::unique_ptr<const SoftEngine<T>> (*automaton_engine)(const Machine&, unsigned states);
  /// See matmul.hpp.
  bool (*add_gradient)(const T* part, std::size_t size, T* sum);

  // See module_kernels.hpp.
  const SoftKernel<T>& (*kernel)(Opcode);
  void (*generic_forward)(const ModuleCall<T>&);
  void (*generic_backward)(const ModuleCall<T>&, const ModuleGradient<T>&);
  // See mixing.hpp.
  void (*softmax)(T* logits, unsigned size);
  void (*renormalise)(T* distribution, unsigned length, T* factor);
  void (*renormalise_gradient)(const T* distribution, unsigned length, const T* factor,
                               T* gradient);
  /// out = exp(in) and log(in) for one row of lanes; see float_lanes.hpp.
  void (*exp)(const T* in, T* out);
  void (*log)(const T* in, T* out);
};

/// Those of the instruction set in use; an engine stays with the one it was made for. T is float or
/// double.
template <typename T>
const Functions<T>& functions();

}  // namespace nram::soft
