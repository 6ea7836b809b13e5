#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/trainer/optimizer.hpp>
#include <nram/trainer/restart.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram {
namespace {

// Streams of random numbers of one restart; those of testing never depend on the training so far.
constexpr std::uint64_t streams_per_restart = 4;
enum Stream : std::uint64_t { training_stream, testing_stream, confirming_stream };

Random random_of(const Settings& settings, std::uint64_t restart, Stream stream) {
  return Random(settings.seed, restart * streams_per_restart + stream);
}

// Normal weights scaled by fan-in, zero biases.
std::vector<float> initial_parameters(const Machine& machine, const Settings& settings,
                                      Random& random) {
  std::vector<float> parameters;
  for (const TensorShape& tensor : tensor_shapes(machine, controller_of(settings))) {
    const bool is_weight = tensor.shape.size() == 2;
    const double scale =
        is_weight ? settings.init_scale / std::sqrt(static_cast<double>(tensor.shape[1])) : 0.0;
    for (std::size_t i = 0; i < tensor.size(); ++i) {
      parameters.push_back(static_cast<float>(scale * random.normal()));
    }
  }
  return parameters;
}

}  // namespace

std::string_view name_of(RestartStatus status) {
  switch (status) {
    case RestartStatus::training:
      return "training";
    case RestartStatus::solved:
      return "solved";
    case RestartStatus::exhausted:
      return "exhausted";
    case RestartStatus::diverged:
      return "diverged";
  }
  return "unknown";
}

ControllerShape controller_of(const Settings& settings) {
  if (settings.lstm) {
    return {ControllerKind::lstm, {settings.hidden}, Activation::tanh};
  }
  return {ControllerKind::feed_forward, std::vector<unsigned>(settings.layers, settings.hidden),
          Activation::relu};
}

struct Restart::Impl {
  Impl(const Task& task_in, const Machine& machine_in, const Settings& settings_in,
       RestartState state_in)
      : task(task_in),
        machine(machine_in),
        settings(settings_in),
        soft(machine, controller_of(settings)),
        workspace(true),
        adam(soft.parameters(), AdamSettings{settings.learning_rate}),
        random(settings.seed),
        gradient(soft.parameters()),
        state(std::move(state_in)) {}

  void iterate();
  void test();
  std::vector<LaneGroup> draw_batch(std::vector<std::size_t>& levels);
  std::size_t draw_level();
  void note_error(const BatchResult& result, const std::vector<std::size_t>& levels);
  void store();

  const Task& task;
  const Machine& machine;
  const Settings& settings;
  SoftMachine soft;
  SoftWorkspace workspace;
  Adam adam;
  Random random;
  std::vector<float> gradient;
  RestartState state;
};

Restart::Restart(const Task& task, const Machine& machine, const Settings& settings,
                 std::uint64_t number) {
  RestartState state;
  state.restart = number;
  impl_ = std::make_unique<Impl>(task, machine, settings, std::move(state));
  impl_->random = random_of(settings, number, training_stream);
  impl_->state.parameters = initial_parameters(machine, settings, impl_->random);
  impl_->store();
}

Restart::Restart(const Task& task, const Machine& machine, const Settings& settings,
                 RestartState state) {
  impl_ = std::make_unique<Impl>(task, machine, settings, std::move(state));
  const RestartState& restored = impl_->state;
  const std::size_t parameters = impl_->soft.parameters();
  const bool best_fits =
      restored.best_parameters.empty() || restored.best_parameters.size() == parameters;
  if (restored.parameters.size() != parameters || !best_fits || restored.level >= task.levels()) {
    throw Error(ErrorKind::data,
                fmt::format("the stored state of restart {} does not fit this machine and task",
                            restored.restart));
  }
  impl_->adam.restore(restored.adam_first, restored.adam_second, restored.iteration);
  impl_->random.restore(restored.random);
}

Restart::~Restart() = default;
Restart::Restart(Restart&&) noexcept = default;

const RestartState& Restart::state() const { return impl_->state; }

RestartProgress Restart::progress() const {
  const RestartState& s = impl_->state;
  return {s.restart, s.iteration, s.level, s.cost, s.soft_error, s.best};
}

RestartStatus Restart::advance() {
  RestartState& state = impl_->state;
  const Settings& settings = impl_->settings;
  while (state.status == RestartStatus::training) {
    impl_->iterate();
    const bool last = state.iteration >= settings.iterations;
    if (state.status == RestartStatus::training &&
        (last || state.iteration % settings.test_every == 0)) {
      impl_->test();
      if (last && state.status == RestartStatus::training) {
        state.status = RestartStatus::exhausted;
      }
      break;
    }
  }
  impl_->store();
  return state.status;
}

// Zaremba and Sutskever's curriculum, as the paper uses it: mostly the current level and a little
// beyond, sometimes an easier one, sometimes any.
std::size_t Restart::Impl::draw_level() {
  const std::size_t top = task.levels() - 1;
  const double p = random.uniform();
  if (p < 0.1) {
    return random.between(0, top);
  }
  std::size_t reach = state.level;
  while (reach < top && random.chance(0.5)) {
    ++reach;
  }
  return p < 0.35 ? random.between(0, reach) : reach;
}

std::vector<LaneGroup> Restart::Impl::draw_batch(std::vector<std::size_t>& levels) {
  std::vector<Example> examples;
  for (unsigned drawn = 0; drawn < settings.batch; drawn += LaneGroup::lanes) {
    levels.push_back(draw_level());
    std::vector<Example> group = task.draw_level(levels.back(), LaneGroup::lanes, random);
    const std::uint64_t slack = random.between(0, settings.slack_steps);
    for (Example& example : group) {
      example.steps = *example.steps + slack;
      examples.push_back(std::move(example));
    }
  }
  PackSettings pack;
  pack.preserve_weight = settings.preserve ? static_cast<float>(settings.preserve_weight) : 0.0F;
  return pack_lanes(machine, examples, pack);
}

// The level rises when the share of wrong cells at or above it has become small.
void Restart::Impl::note_error(const BatchResult& result, const std::vector<std::size_t>& levels) {
  constexpr double memory = 0.9;
  for (std::size_t g = 0; g < result.groups.size(); ++g) {
    // Neighbouring groups of equal shape are never merged: each fills its lanes exactly.
    if (levels[g] < state.level) {
      continue;
    }
    unsigned cells = 0;
    unsigned right = 0;
    for (unsigned lane = 0; lane < LaneGroup::lanes; ++lane) {
      cells += result.groups[g].result_cells[lane];
      right += result.groups[g].right_cells[lane];
    }
    const double error = cells == 0 ? 0.0 : 1.0 - static_cast<double>(right) / cells;
    state.soft_error = memory * state.soft_error + (1.0 - memory) * error;
  }
  if (state.soft_error < settings.level_error && state.level + 1 < task.levels()) {
    ++state.level;
    state.soft_error = 1.0;
  }
}

void Restart::Impl::iterate() {
  std::vector<std::size_t> levels;
  const std::vector<LaneGroup> batch = draw_batch(levels);
  const auto iteration = static_cast<double>(state.iteration);
  CostSettings cost;
  cost.step_price = settings.step_price;
  cost.entropy_bonus = settings.entropy * std::exp(-settings.entropy_decay * iteration);
  const BatchResult result =
      soft.cost_and_gradient(state.parameters, batch, cost, workspace, gradient);
  state.cost = result.cost;
  if (!result.finite) {
    state.status = RestartStatus::diverged;
    return;
  }
  note_error(result, levels);
  if (settings.clip_element > 0) {
    clip_elements(gradient, static_cast<float>(settings.clip_element));
  }
  if (settings.clip_norm > 0) {
    clip_norm(gradient, settings.clip_norm);
  }
  if (settings.noise > 0) {
    add_gradient_noise(gradient, settings.noise, settings.noise_decay, state.iteration, random);
  }
  adam.step(state.parameters, gradient);
  ++state.iteration;
  const bool finite = std::all_of(state.parameters.begin(), state.parameters.end(),
                                  [](float value) { return std::isfinite(value); });
  if (!finite) {
    state.status = RestartStatus::diverged;
  }
}

// Discretises the model and runs it as a hard program: first on a few cases, then, if these are all
// right, on many.
void Restart::Impl::test() {
  constexpr std::size_t few = 60;
  constexpr std::size_t many = 600;
  constexpr std::size_t harder = 3;
  const Program program = discretise(Model(machine, controller_of(settings), state.parameters));
  const auto executor = make_executor(Engine::interpreter, program);
  const auto passes = [&](const Evaluation& evaluation) {
    return evaluation.perfect() &&
           (!settings.preserve || evaluation.clean_cases == evaluation.cases);
  };

  Random testing = random_of(settings, state.restart, testing_stream);
  const Evaluation quick = evaluate(*executor, task.draw_held_out(few, 1, testing));
  const Score score{quick.accuracy(), quick.stops(), quick.clean()};
  if (score > state.best) {
    state.best = score;
    state.best_parameters = state.parameters;
  }
  if (!passes(quick)) {
    return;
  }
  Random confirming = random_of(settings, state.restart, confirming_stream);
  if (passes(evaluate(*executor, task.draw_held_out(many, harder, confirming)))) {
    state.best = score;
    state.best_parameters = state.parameters;
    state.status = RestartStatus::solved;
  }
}

// Brings the state up to what the optimiser and the generator hold.
void Restart::Impl::store() {
  state.adam_first = adam.first_moment();
  state.adam_second = adam.second_moment();
  state.random = random.state();
}

}  // namespace nram
