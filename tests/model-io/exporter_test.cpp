#include "random_model.hpp"
#include "scratch.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>
#include <support/random_program.hpp>
#include <support/sanitized.hpp>

#include <nram/model-io/controller_eval.hpp>
#include <nram/model-io/export_report.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/model-io/verify.hpp>

using namespace nram;
using namespace nram::test;

namespace {

// The sources of the largest logits, found in the most pedestrian way.
Source argmax(const std::vector<float>& logits, unsigned first, unsigned size) {
  Source best = 0;
  for (unsigned i = 1; i < size; ++i) {
    if (logits[first + i] > logits[first + best]) {
      best = static_cast<Source>(i);
    }
  }
  return best;
}

// Written independently of SelectorLayout.
Circuit circuit_of(const Machine& machine, const std::vector<float>& logits) {
  Circuit circuit;
  unsigned first = 0;
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    for (unsigned position = 0; position < machine.modules()[q].arity; ++position) {
      circuit.arguments.push_back(argmax(logits, first, machine.registers() + q));
      first += machine.registers() + q;
    }
  }
  for (unsigned r = 0; r < machine.registers(); ++r) {
    circuit.registers.push_back(argmax(logits, first, machine.register_candidates()));
    first += machine.register_candidates();
  }
  return circuit;
}

// What a circuit does: the arguments of modules that do not matter are all the same.
Circuit live_part(const Machine& machine, Circuit circuit) {
  const std::vector<bool> live = live_modules(machine, circuit);
  for (unsigned q = 0; q < live.size(); ++q) {
    for (unsigned position = 0; position < machine.modules()[q].arity && !live[q]; ++position) {
      circuit.arguments[machine.first_argument(q) + position] = 0;
    }
  }
  return circuit;
}

const Circuit& circuit_at(const Program& program, std::uint32_t state, std::uint32_t mask) {
  return program.circuits()[program.transition(state, mask).circuit];
}

Machine small_machine() { return Machine::standard(2, {"READ", "INC", "WRITE"}); }

// All weights 0 but the biases of the selectors, which come last.
Model model_with_biases(const Machine& machine, const ControllerShape& shape,
                        const std::vector<float>& biases) {
  std::vector<float> parameters;
  for (const TensorShape& tensor : tensor_shapes(machine, shape)) {
    parameters.insert(parameters.end(), tensor.size(), 0.0F);
  }
  std::copy(biases.begin(), biases.end(), parameters.end() - static_cast<long>(biases.size()));
  return {machine, shape, parameters};
}

// An LSTM of one unit that never forgets: its cell grows by `gain` in each step.
Model counter(float gain) {
  const Machine machine = small_machine();
  const ControllerShape shape{ControllerKind::lstm, {1}};
  std::vector<float> parameters;
  for (const TensorShape& tensor : tensor_shapes(machine, shape)) {
    const std::size_t start = parameters.size();
    parameters.resize(start + tensor.size(), 0.0F);
    if (tensor.name == "lstm.bias_ih") {
      parameters[start + 0] = 30.0F;             // input gate open
      parameters[start + 1] = 30.0F;             // nothing is forgotten
      parameters[start + 2] = std::atanh(gain);  // what is added
      parameters[start + 3] = 30.0F;             // output gate open
    }
    if (tensor.name == "selectors.bias") {
      parameters.back() = -1.0F;  // never finish
    }
  }
  return {machine, shape, parameters};
}

// An LSTM of one unit whose cell grows by `gain` in a step in which r0 is zero and shrinks in
// others; r0 gets r1 where it is positive.
Model up_and_down(float gain) {
  const Model model = counter(gain);
  std::vector<float> parameters = model.parameters();
  std::size_t start = 0;
  for (const TensorShape& tensor : tensor_shapes(model.machine(), model.controller())) {
    const unsigned r0_gets_r1 = SelectorLayout(model.machine()).registers[0].first + 1;
    if (tensor.name == "lstm.weight_ih") {
      parameters[start + 2 * 2] = 2 * std::atanh(gain);  // gate g, register 0
    } else if (tensor.name == "lstm.bias_ih") {
      parameters[start + 2] = -std::atanh(gain);
    } else if (tensor.name == "selectors.weight") {
      parameters[start + r0_gets_r1] = 1.0F;
    } else if (tensor.name == "selectors.bias") {
      parameters[start + r0_gets_r1] = -std::tanh(gain / 2);  // no choice hangs on rounding
    }
    start += tensor.size();
  }
  return {model.machine(), model.controller(), parameters};
}

}  // namespace

TEST_CASE("a feed-forward controller becomes exactly its table") {
  CHECK(rc::check([](unsigned seed) {
    std::mt19937_64 random(seed);
    const Machine machine = random_machine({}, random);
    ControllerShape shape;
    for (std::size_t layers = random() % 3; layers > 0; --layers) {
      shape.hidden.push_back(static_cast<unsigned>(1 + random() % 8));
    }
    const Model model = random_model(machine, shape, 1.0F, random, {{"task", "t"}});
    const Exported exported = export_model(model);
    const Program& program = exported.program;
    RC_ASSERT(program.states() == 1U);
    RC_ASSERT(program.metadata() == model.metadata());
    for (std::uint32_t mask = 0; mask < machine.masks(); ++mask) {
      const auto logits = controller_outputs(model, zero_bits(machine, mask));
      RC_ASSERT(circuit_at(program, 0, mask) == circuit_of(machine, logits));
      RC_ASSERT(program.transition(0, mask).finish == (logits.back() > 0.0F));
    }
    for (std::size_t a = 0; a < program.circuits().size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        RC_ASSERT(program.circuits()[a] != program.circuits()[b]);
      }
    }
  }));
}

TEST_CASE("ties go to the lowest index, and a logit of 0 does not finish") {
  const Machine machine = small_machine();
  std::vector<float> biases(SelectorLayout(machine).outputs, 0.0F);
  const Program flat = discretise(model_with_biases(machine, {}, biases));
  REQUIRE(flat.circuits().size() == 1);
  CHECK(flat.circuits()[0].arguments == std::vector<Source>(4, 0));
  CHECK(flat.circuits()[0].registers == std::vector<Source>(2, 0));
  CHECK(flat.rules().size() == 1);
  CHECK_FALSE(flat.transition(0, 0).finish);
  biases.back() = 1e-6F;
  CHECK(discretise(model_with_biases(machine, {}, biases)).transition(0, 3).finish);
  biases[1] = -0.0F;  // equal to 0
  CHECK(discretise(model_with_biases(machine, {}, biases)).circuits()[0].arguments[0] == 0);
  biases[1] = 1e-6F;
  CHECK(discretise(model_with_biases(machine, {}, biases)).circuits()[0].arguments[0] == 1);
}

TEST_CASE("an LSTM becomes an automaton that decides as it does") {
  constexpr unsigned seeds = is_sanitized ? 15 : 60;
  unsigned recurrent = 0;
  for (unsigned seed = 0; seed < seeds; ++seed) {
    std::mt19937_64 random(seed);
    const Machine machine = small_machine();
    const ControllerShape shape{ControllerKind::lstm, {2}};
    const Model model = random_model(machine, shape, 0.7F, random);
    std::optional<Exported> exported;
    if (is_refused([&] { exported = export_model(model, {1e-3, 400}); })) {
      continue;  // its states do not close, which another test looks at
    }
    CAPTURE(seed);
    CHECK(exported->automaton.states == exported->program.states());
    CHECK(exported->automaton.states <= exported->automaton.states_found);
    CHECK(exported->automaton.largest_merge <= exported->automaton.merge_tolerance);
    recurrent += exported->program.states() > 1 ? 1 : 0;
    CHECK(exported->automaton.checked_steps == 32768);
    unsigned steps = 0;
    unsigned wrong = 0;
    for (unsigned run = 0; run < 20; ++run) {
      LstmState live = LstmState::start(shape);
      std::uint32_t state = 0;
      for (unsigned step = 0; step < 50; ++step) {
        const auto mask = static_cast<std::uint32_t>(random() % machine.masks());
        const auto logits = controller_outputs(model, zero_bits(machine, mask), live);
        const Transition& transition = exported->program.transition(state, mask);
        ++steps;
        if (circuit_at(exported->program, state, mask) !=
                live_part(machine, circuit_of(machine, logits)) ||
            transition.finish != (logits.back() > 0.0F)) {
          ++wrong;
        }
        if (transition.finish) {
          break;
        }
        state = transition.next_state;
      }
    }
    // Choices that hang on the tolerance itself are rarer than a random check sees.
    CHECK(wrong * 100 <= steps);
  }
  CHECK(recurrent >= seeds / 6);
}

TEST_CASE("the states of an LSTM that does not look back are one") {
  const Machine machine = small_machine();
  std::vector<float> biases(SelectorLayout(machine).outputs, 0.0F);
  biases[0] = 1.0F;
  biases.back() = -1.0F;
  const Exported exported =
      export_model(model_with_biases(machine, {ControllerKind::lstm, {3}}, biases));
  CHECK(exported.program.states() == 1);
  CHECK(exported.automaton.checked_steps > 0);
}

TEST_CASE("an LSTM that counts, but does nothing with it, is one state") {
  // The cell grows by 1/2 a step for ever: no tolerance closes that, behaviour does.
  const Exported exported = export_model(counter(0.5F), {1e-3, 100});
  CHECK(exported.program.states() == 1);
  CHECK(std::isinf(exported.automaton.merge_tolerance));
  CHECK(exported.automaton.largest_merge >= 0.5);
  CHECK(exported.automaton.checked_steps == 32768);
  const auto json = nlohmann::json::parse(to_json(export_report(exported)));
  CHECK(json["automaton"]["merge_tolerance"].is_null());

  CHECK(contains(message_of(ErrorKind::usage,
                            [] {
                              (void)export_model(counter(0.5F), {-1.0, 9});
                            }),
                 "negative"));
  CHECK(is_refused([] { (void)export_model(counter(0.5F), {std::nan(""), 9}); }));
}

TEST_CASE("states that are close but behave differently are not one") {
  // The same counter with steps far below the tolerance; it stops when it is above 20 of them.
  Model model = counter(1e-4F);
  std::vector<float> parameters = model.parameters();
  const std::size_t outputs = SelectorLayout(model.machine()).outputs;
  parameters[parameters.size() - outputs - 1] = 1.0F;
  parameters.back() = -std::tanh(20.5e-4F);
  const Exported exported =
      export_model(Model(model.machine(), model.controller(), parameters), {1e-3, 100});
  const Program& program = exported.program;
  CHECK(program.states() == 21);
  CHECK(exported.automaton.experiments > model.machine().masks());
  std::uint32_t state = 0;
  for (unsigned step = 1; step <= 21; ++step) {
    CHECK(program.transition(state, 2).finish == (step == 21));
    state = program.transition(state, 2).next_state;
  }
}

TEST_CASE("an LSTM that counts up and down does not close, and says so") {
  const Model model = up_and_down(0.5F);
  const std::string text = message_of(ErrorKind::data, [&] { (void)export_model(model); });
  CHECK(contains(text, "do not close"));
  CHECK(contains(text, "tolerance of 0.001"));
  CHECK(contains(text, "4097 different states were seen"));
  CHECK(contains(text, "the controller chooses "));
  CHECK(contains(text, "live controller"));
  CHECK(contains(text, "training longer"));
  CHECK(text.find('\n') == std::string::npos);
  try {
    (void)export_model(model, {1e-3, 50});
    FAIL_CHECK("it closes");
  } catch (const NotFinite& error) {
    CHECK(error.states_seen() == 51);
    CHECK(error.tolerance() == 1e-3);
    REQUIRE(error.verification().first);
    CHECK(error.verification().first->selector == "r0");
  }
  // Training takes what there is.
  CHECK(discretise(model, {1e-3, 50}).states() > 2);
}

TEST_CASE("random LSTMs with large weights: an automaton that does the same, or none") {
  unsigned closed = 0;
  unsigned open = 0;
  for (unsigned seed = 0; seed < 16; ++seed) {
    std::mt19937_64 random(seed);
    const ControllerShape shape{ControllerKind::lstm, {3}};
    const Model model = random_model(small_machine(), shape, 2.5F, random);
    try {
      const Exported exported = export_model(model, {1e-3, 200});
      const Verification fresh = verify_on_random_runs(model, exported.program, 20000, 77);
      CAPTURE(seed);
      // Whoever passes 32,768 steps by luck does not fail at once.
      CHECK(fresh.steps > 200);
      ++closed;
    } catch (const NotFinite&) {
      ++open;
    }
  }
  CHECK(closed >= 3);
  CHECK(open >= 3);
}

TEST_CASE("an LSTM that waits two steps has minimal states") {
  // The cell grows by 0.4 a step; the run finishes once it is above 1, so in the third step.
  Model model = counter(0.4F);
  std::vector<float> parameters = model.parameters();
  const std::size_t outputs = SelectorLayout(model.machine()).outputs;
  parameters[parameters.size() - outputs - 1] = 1.0F;  // finish logit = h ...
  parameters.back() = -std::tanh(1.0F);                // ... - tanh(1)
  const Exported exported =
      export_model(Model(model.machine(), model.controller(), parameters), {1e-3, 100});
  const Program& program = exported.program;
  CHECK(program.states() == 3);
  std::uint32_t state = 0;
  for (const bool finish : {false, false, true}) {
    CHECK(program.transition(state, 1).finish == finish);
    state = program.transition(state, 1).next_state;
  }
  CHECK(state == 0);
  CHECK(exported.automaton.checked_steps == 32768);
  CHECK(program.rules().size() == 3);
}

TEST_CASE("the report names where a selector is least sure") {
  std::mt19937_64 random(3);
  const Machine machine = small_machine();
  const Model model = random_model(machine, {ControllerKind::feed_forward, {4}}, 1.0F, random);
  const Exported exported = export_model(model);
  const std::vector<Visit> visited{{0, 3}, {0, 2}, {0, 3}};
  ExportReport report = export_report(exported, visited);
  REQUIRE(report.selectors.size() == 7);
  CHECK(report.selectors[0].selector == "READ[0]");
  CHECK(report.selectors[3].selector == "WRITE[1]");
  CHECK(report.selectors[4].selector == "r0");
  CHECK(report.selectors[6].selector == "finish");
  // READ[0] is a choice between two registers.
  double smallest = 1.0;
  double smallest_visited = 1.0;
  for (std::uint32_t mask = 0; mask < 4; ++mask) {
    const auto logits = controller_outputs(model, zero_bits(machine, mask));
    const double p = 1 / (1 + std::exp(-std::abs(double{logits[0]} - double{logits[1]})));
    smallest = std::min(smallest, p);
    smallest_visited = mask >= 2 ? std::min(smallest_visited, p) : smallest_visited;
  }
  CHECK(report.selectors[0].anywhere.probability == doctest::Approx(smallest).epsilon(1e-5));
  REQUIRE(report.selectors[0].on_visited);
  CHECK(report.selectors[0].on_visited->probability ==
        doctest::Approx(smallest_visited).epsilon(1e-5));
  const Visit at = report.selectors[0].anywhere.at;
  CHECK(report.selectors[0].anywhere.winner ==
        machine.source_name(circuit_at(exported.program, at.state, at.mask).arguments[0]));

  report.hard_accuracy = 0.5;
  const auto json = nlohmann::json::parse(to_json(report));
  CHECK(json["selectors"][0]["selector"] == "READ[0]");
  CHECK(json["hard_accuracy"] == 0.5);
  CHECK(json["soft_accuracy"].is_null());
  CHECK(json["automaton"]["states"] == 1);
  CHECK_FALSE(export_report(exported).selectors[0].on_visited);
  const std::vector<Visit> foreign{{1, 0}};
  CHECK(is_refused([&] { (void)export_report(exported, foreign); }));
}
