#pragma once

#include "decision.hpp"

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <nram/model-io/controller_eval.hpp>
#include <nram/model-io/model.hpp>

namespace nram {

/// A model's controller as the hard machine sees it: masks in, decisions out. Keeps a reference to
/// the model; any number of threads may use it.
class LiveController {
 public:
  /// `poll` is called before every step, if there is one; what it throws comes out of the step.
  explicit LiveController(const Model& model, std::function<void()> poll = {})
      : model_(&model), layout_(model.machine()), poll_(std::move(poll)) {}

  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] const Machine& machine() const { return model_->machine(); }
  [[nodiscard]] const SelectorLayout& layout() const { return layout_; }
  [[nodiscard]] bool recurrent() const { return model_->controller().kind == ControllerKind::lstm; }

  /// Where every run begins.
  [[nodiscard]] LstmState start() const { return LstmState::start(model_->controller()); }

  /// One step of the network under a mask; moves `state` on.
  [[nodiscard]] std::vector<float> logits(std::uint32_t mask, LstmState& state) const {
    if (poll_) {
      poll_();
    }
    return controller_outputs(*model_, zero_bits(machine(), mask), state);
  }
  [[nodiscard]] Decision step(std::uint32_t mask, LstmState& state) const {
    return decide(layout_, logits(mask, state));
  }

 private:
  const Model* model_;
  SelectorLayout layout_;
  std::function<void()> poll_;
};

}  // namespace nram
