#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nram/engine/machine.hpp>
#include <nram/engine/meaning.hpp>

namespace nram {

/// The network that chooses a step's circuit from the zero bits of the registers.
enum class ControllerKind : std::uint8_t { feed_forward, lstm };

/// The non-linearity of a feed-forward controller's hidden layers.
enum class Activation : std::uint8_t { relu, tanh };

/// Size and kind of a controller.
struct ControllerShape {
  ControllerKind kind = ControllerKind::feed_forward;
  /// Feed-forward: 0, 1 or 2 hidden layer sizes. LSTM: exactly one.
  std::vector<unsigned> hidden{};
  Activation activation = Activation::relu;

  friend bool operator==(const ControllerShape&, const ControllerShape&) = default;
};

/// A softmax over `size` candidate sources, at outputs first..first+size-1 of the controller.
struct Selector {
  unsigned first;
  unsigned size;
};

/// How the S controller outputs are divided: every argument of every module in machine order, every
/// register, and last a single logit of the willingness to finish.
struct SelectorLayout {
  explicit SelectorLayout(const Machine& machine);

  std::vector<Selector> arguments;  ///< by Machine::first_argument(q) + position
  std::vector<Selector> registers;
  unsigned finish;   ///< index of the finish logit
  unsigned outputs;  ///< S
};

/// The name and shape of a weight tensor, as in model files.
struct TensorShape {
  std::string name;
  std::vector<std::size_t> shape;

  [[nodiscard]] std::size_t size() const;
};

/// The tensors of a model in the order of its parameters: `controller.K.weight` [out, in] and
/// `controller.K.bias` for every hidden layer K = 0, 1 (or `lstm.weight_ih` [4H, R],
/// `lstm.weight_hh` [4H, H], `lstm.bias_ih`, `lstm.bias_hh`, gates i, f, g, o), then
/// `selectors.weight` [S, H] and `selectors.bias` [S]. Row-major float32, as PyTorch has them.
std::vector<TensorShape> tensor_shapes(const Machine& machine, const ControllerShape& controller);

/// A trained (or just initialised) machine: its fixed part and the controller's weights.
/// Immutable, valid by construction.
class Model {
 public:
  static constexpr unsigned max_hidden = 4096;

  /// `parameters` holds the tensors one after the other in the order of tensor_shapes. Throws
  /// Error(data) if the controller shape is impossible, the number of parameters is wrong, or one
  /// is not finite; also as meaning_of does.
  Model(Machine machine, ControllerShape controller, std::vector<float> parameters,
        std::map<std::string, std::string> metadata = {});

  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] const ControllerShape& controller() const { return controller_; }
  [[nodiscard]] const std::vector<float>& parameters() const { return parameters_; }
  /// Facts about the training (task, seed, settings...), kept in the model file, and the meaning.
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// What the metadata says about how it is to be run; of the program made from it, too.
  [[nodiscard]] const Meaning& meaning() const { return meaning_; }

 private:
  Machine machine_;
  ControllerShape controller_;
  std::vector<float> parameters_;
  std::map<std::string, std::string> metadata_;
  Meaning meaning_;
};

}  // namespace nram
