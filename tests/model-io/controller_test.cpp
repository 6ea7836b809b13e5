#include "scratch.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include <nram/model-io/controller_eval.hpp>

using namespace nram;
using namespace nram::test;

TEST_CASE("controllers compute what PyTorch's layers do") {
  // One register, one module without arguments, so two logits for r0's new value and one for
  // finish.
  const Machine machine = Machine::standard(1, {"ONE"});
  const Model layers(machine, {ControllerKind::feed_forward, {2}, Activation::relu},
                     {1.0F, -1.0F, 0.5F, 0.25F,            // controller.0: weight [2,1], bias
                      1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F,  // selectors.weight [3,2]
                      0.0F, 10.0F, 20.0F});
  // hidden = relu([1.5, -0.75]) = [1.5, 0]
  CHECK(controller_outputs(layers, std::vector<float>{1.0F}) ==
        std::vector<float>{1.5F, 14.5F, 27.5F});
  CHECK(controller_outputs(layers, std::vector<float>{0.0F}) ==
        std::vector<float>{1.0F, 12.5F, 24.0F});

  const Model lstm(machine, {ControllerKind::lstm, {1}},
                   {0.5F,  -0.3F, 0.8F,  0.2F,   // weight_ih [4,1]: i f g o
                    0.1F,  0.4F,  -0.6F, 0.9F,   // weight_hh [4,1]
                    0.05F, 0.1F,  0.0F,  -0.1F,  // bias_ih
                    0.0F,  0.2F,  0.1F,  0.3F,   // bias_hh
                    1.0F,  -2.0F, 0.5F,          // selectors
                    0.0F,  0.0F,  0.0F});
  const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  double h = 0;
  double c = 0;
  LstmState state = LstmState::start(lstm.controller());
  for (const double x : {1.0, 0.0, 1.0, 1.0}) {
    const double i = sigmoid(0.5 * x + 0.05 + 0.1 * h);
    const double f = sigmoid(-0.3 * x + 0.1 + 0.2 + 0.4 * h);
    const double g = std::tanh(0.8 * x + 0.1 - 0.6 * h);
    const double o = sigmoid(0.2 * x - 0.1 + 0.3 + 0.9 * h);
    c = f * c + i * g;
    h = o * std::tanh(c);
    const auto logits = controller_outputs(lstm, std::vector<float>{static_cast<float>(x)}, state);
    CHECK(logits[0] == doctest::Approx(h).epsilon(1e-5));
    CHECK(logits[1] == doctest::Approx(-2 * h).epsilon(1e-5));
    CHECK(state.cell[0] == doctest::Approx(c).epsilon(1e-5));
  }
  CHECK(is_refused([&] { (void)controller_outputs(lstm, std::vector<float>{1.0F, 0.0F}); }));
  LstmState empty;
  CHECK(is_refused([&] { (void)controller_outputs(lstm, std::vector<float>{1.0F}, empty); }));
  CHECK(zero_bits(Machine::standard(3), 0b101) == std::vector<float>{1.0F, 0.0F, 1.0F});
}
