// A model's controller: from P(r_i = 0) to the probabilities of all candidates and of finishing,
// and back. All arrays are [index][lane].

// Once for each instruction set.
#if defined(NRAM_SOFT_CONTROLLER_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_SOFT_CONTROLLER_HPP
#undef NRAM_SOFT_CONTROLLER_HPP
#else
#define NRAM_SOFT_CONTROLLER_HPP
#endif

#include <cstddef>
#include <vector>

#include <hwy/highway.h>

#include <nram/model-io/model.hpp>

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {

/// The selectors of all arguments, then those of all registers.
std::vector<Selector> selectors_of(const SelectorLayout& layout);

/// A feed-forward network or an LSTM cell, followed by a linear layer of S logits and the softmax
/// of each selector. Knows where its tensors are among the parameters; holds no weights.
///
/// Per step it keeps `state_rows` rows (activations) for the backward pass, which replaces some of
/// them by the gradients of pre-activations; `weight_gradients` then turns all steps' rows into the
/// gradient of the parameters.
class SoftController {
 public:
  SoftController(const ControllerShape& shape, const SelectorLayout& layout, unsigned inputs);

  /// Rows of activations of one step.
  [[nodiscard]] unsigned state_rows() const { return state_rows_; }
  [[nodiscard]] std::size_t parameters() const { return parameters_; }
  /// Rows that `backward` carries from a step to the one before it.
  [[nodiscard]] unsigned carry_rows() const;
  [[nodiscard]] std::size_t scratch(unsigned steps) const;

  /// What the passes below call weights: the parameters as they are.
  template <typename T>
  const T* weights(const T* parameters, std::vector<T>& /*room*/) const {
    return parameters;
  }

  /// One step. `state` is this step's rows, with the inputs in the first ones; `previous` the rows
  /// of the step before, or null in the first step. Writes the S probabilities.
  template <typename T>
  void forward(const T* weights, const T* previous, T* state, T* probabilities) const;

  /// One step back. Replaces the probabilities by what `weight_gradients` needs of them, here the
  /// gradients of the logits, and `input_gradient`. `carry` has been zeroed before the last step,
  /// `scratch` holds as many rows as the state.
  template <typename T>
  void backward(const T* weights, const T* previous, T* state, T* probabilities, const T* gradient,
                T* carry, T* scratch, T* input_gradient) const;

  /// The gradient of all parameters, after `backward` of all steps. Strides are scalars from one
  /// step to the next.
  template <typename T>
  void weight_gradients(const T* weights, unsigned steps, const T* states, std::size_t state_stride,
                        const T* logit_gradients, std::size_t logit_stride, T* scratch,
                        T* gradient) const;

 private:
  // A linear map: offsets of its tensors among the parameters, its size, and the rows of the state
  // that it reads and whose gradient the backward pass leaves.
  struct Layer {
    std::size_t weight;
    std::size_t bias;
    unsigned rows;
    unsigned columns;
    unsigned in;
    unsigned out;
    unsigned gradient;
  };

  template <typename T>
  void lstm_forward(const T* parameters, const T* previous, T* state) const;
  template <typename T>
  void lstm_backward(const T* parameters, const T* previous, T* state, T* carry, T* scratch,
                     T* input_gradient) const;

  std::vector<Selector> selectors_;
  unsigned finish_;
  bool lstm_;
  bool tanh_;
  unsigned hidden_ = 0;  // of the LSTM
  unsigned state_rows_ = 0;
  std::size_t parameters_ = 0;
  std::vector<Layer> layers_;  // all but the output layer; an LSTM has input and recurrent maps
  Layer output_{};
};

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
