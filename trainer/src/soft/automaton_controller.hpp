// A differentiable automaton in the place of a model's controller: from P(r_i = 0) to the
// probabilities of all candidates and of finishing, and back. All arrays are [index][lane].

// Once for each instruction set.
#if defined(NRAM_SOFT_AUTOMATON_CONTROLLER_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_SOFT_AUTOMATON_CONTROLLER_HPP
#undef NRAM_SOFT_AUTOMATON_CONTROLLER_HPP
#else
#define NRAM_SOFT_AUTOMATON_CONTROLLER_HPP
#endif

#include "soft/automaton_layout.hpp"

#include <cstddef>
#include <vector>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {

/// A distribution over states, the first one at the start. Each state looks at a mixture of
/// registers and has a rule for what is zero and one for what is not; a rule has a distribution for
/// every selector and for the next state, and a willingness to finish. The machine gets the mixture
/// of all rules by their probabilities, which are those of a state times those of zero or not.
///
/// The members are those of SoftController, which says what they do.
class AutomatonController {
 public:
  AutomatonController(const Machine& machine, unsigned states);

  /// Rows of a step: inputs, states, what each state sees as zero, rules; and the gradients of what
  /// the states see and of the states after the step.
  [[nodiscard]] unsigned state_rows() const { return after_gradient_ + layout_.states; }
  [[nodiscard]] std::size_t parameters() const { return layout_.size(); }
  [[nodiscard]] unsigned carry_rows() const { return layout_.states; }
  /// None is needed.
  [[nodiscard]] static std::size_t scratch(unsigned /*steps*/) { return 0; }

  /// All logits as probabilities, in `room`.
  template <typename T>
  const T* weights(const T* parameters, std::vector<T>& room) const;

  template <typename T>
  void forward(const T* weights, const T* previous, T* state, T* probabilities) const;

  /// Replaces the probabilities by their gradients.
  template <typename T>
  void backward(const T* weights, const T* previous, T* state, T* probabilities, const T* gradient,
                T* carry, T* scratch, T* input_gradient) const;

  template <typename T>
  void weight_gradients(const T* weights, unsigned steps, const T* states, std::size_t state_stride,
                        const T* gradients, std::size_t gradient_stride, T* scratch,
                        T* gradient) const;

 private:
  // Calls what(first, size) for every distribution among the parameters, and sigmoid(index) for
  // every willingness to finish.
  template <typename Distribution, typename Finish>
  void for_each(const Distribution& what, const Finish& finish) const;

  AutomatonLayout layout_;
  std::vector<Selector> selectors_;
  // The first rows of a step's parts.
  unsigned states_;
  unsigned zeros_;
  unsigned rules_;
  unsigned zero_gradient_;
  unsigned after_gradient_;
};

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
