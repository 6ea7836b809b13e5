// An attempt by gradient descent: fresh random weights, a curriculum, and the current model
// discretised every so often and tested as a hard program on held-out examples.

#include "attempts/attempts.hpp"
#include "varied_settings.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/trainer/optimizer.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram {
namespace {

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

class GradientAttempt final : public Attempt {
 public:
  GradientAttempt(const AttemptContext& context, std::uint64_t number)
      : context_(context),
        settings_(varied_settings(context.settings, number)),
        number_(number),
        machine_(registers_of(settings_, number), context.modules),
        soft_(machine_, controller_of(settings_)),
        workspace_(true),
        adam_(soft_.parameters(), AdamSettings{settings_.learning_rate}),
        random_(random_of(settings_, number, Purpose::learning)),
        parameters_(initial_parameters(machine_, settings_, random_)),
        gradient_(soft_.parameters()) {}

  AttemptStatus advance() override {
    while (status_ == AttemptStatus::running) {
      iterate();
      const bool last = iteration_ >= ends_at();
      if (status_ == AttemptStatus::running && (last || iteration_ % settings_.test_every == 0)) {
        test();
        if (last && status_ == AttemptStatus::running) {
          status_ = AttemptStatus::exhausted;
        }
        break;
      }
    }
    return status_;
  }

  [[nodiscard]] AttemptProgress progress() const override {
    return {number_, status_, "gradient", iteration_, ends_at(), level_, cost_, best_score_};
  }

  [[nodiscard]] Model best() const override {
    return {machine_, controller_of(settings_), best_.empty() ? parameters_ : best_,
            provenance(context_, number_, "gradient", iteration_)};
  }

  [[nodiscard]] std::vector<std::uint8_t> save() const override {
    return Json::to_cbor({{"arm", "gradient"},
                          {"number", number_},
                          {"status", static_cast<unsigned>(status_)},
                          {"iteration", iteration_},
                          {"level", level_},
                          {"level-reached-at", level_reached_at_},
                          {"cost", exact(cost_)},
                          {"level-error", exact(level_error_)},
                          {"parameters", to_json(parameters_)},
                          {"adam-first", to_json(adam_.first_moment())},
                          {"adam-second", to_json(adam_.second_moment())},
                          {"random", to_json(random_)},
                          {"best-score", to_json(best_score_)},
                          {"best", to_json(best_)}});
  }

  void restore_from(const Json& saved) {
    status_ = status_from(saved.at("status"));
    iteration_ = saved.at("iteration").get<std::uint64_t>();
    level_ = saved.at("level").get<std::size_t>();
    level_reached_at_ = saved.at("level-reached-at").get<std::uint64_t>();
    cost_ = exact_double(saved.at("cost"));
    level_error_ = exact_double(saved.at("level-error"));
    parameters_ = floats_from(saved.at("parameters"));
    best_score_ = score_from(saved.at("best-score"));
    best_ = floats_from(saved.at("best"));
    restore(random_, saved.at("random"));
    const bool fits = parameters_.size() == soft_.parameters() &&
                      (best_.empty() || best_.size() == soft_.parameters()) &&
                      level_ < context_.task.levels();
    if (!fits) {
      throw Error(ErrorKind::data,
                  fmt::format("the saved attempt {} does not fit this machine and task", number_));
    }
    adam_.restore(floats_from(saved.at("adam-first")), floats_from(saved.at("adam-second")),
                  iteration_);
  }

 private:
  [[nodiscard]] bool at_last_level() const { return level_ + 1 == context_.task.levels(); }

  // An attempt that does not get on is given up; one that has got everywhere has still to become
  // hard.
  [[nodiscard]] std::uint64_t ends_at() const {
    const std::uint64_t patience = settings_.patience;
    return std::min<std::uint64_t>(settings_.iterations,
                                   level_reached_at_ + (at_last_level() ? 2 : 1) * patience);
  }

  // Zaremba and Sutskever's curriculum, as the paper uses it: mostly the current level and a little
  // beyond, sometimes an easier one, sometimes any.
  std::size_t draw_level() {
    const std::size_t top = context_.task.levels() - 1;
    const double p = random_.uniform();
    if (p < 0.1) {
      return random_.between(0, top);
    }
    std::size_t reach = level_;
    while (reach < top && random_.chance(0.5)) {
      ++reach;
    }
    return p < 0.35 ? random_.between(0, reach) : reach;
  }

  // One lane group for each entry added to `levels`; a level's examples fill its group exactly.
  std::vector<LaneGroup> draw_batch(std::vector<std::size_t>& levels) {
    PackSettings pack;
    pack.preserve_weight =
        settings_.preserve ? static_cast<float>(settings_.preserve_weight) : 0.0F;
    std::vector<LaneGroup> batch;
    pack.parts = settings_.batch / LaneGroup::lanes;
    for (unsigned g = 0; g < pack.parts; ++g) {
      levels.push_back(draw_level());
      pack.extra_steps = static_cast<unsigned>(random_.between(0, settings_.slack_steps));
      const std::vector<Example> examples =
          context_.task.draw_level(levels.back(), LaneGroup::lanes, random_);
      for (LaneGroup& group : pack_lanes(machine_, examples, pack)) {
        batch.push_back(std::move(group));
      }
    }
    return batch;
  }

  // The level rises when the share of wrong cells on it has become small.
  void note_error(const BatchResult& result, const std::vector<std::size_t>& levels) {
    constexpr double memory = 0.9;
    for (std::size_t g = 0; g < levels.size(); ++g) {
      if (levels[g] != level_) {
        continue;
      }
      unsigned cells = 0;
      unsigned right = 0;
      for (unsigned lane = 0; lane < LaneGroup::lanes; ++lane) {
        cells += result.groups[g].result_cells[lane];
        right += result.groups[g].right_cells[lane];
      }
      const double error = cells == 0 ? 0.0 : 1.0 - static_cast<double>(right) / cells;
      level_error_ = memory * level_error_ + (1.0 - memory) * error;
    }
    if (level_error_ < settings_.level_error && !at_last_level()) {
      ++level_;
      level_reached_at_ = iteration_;
      level_error_ = 1.0;
    }
  }

  void iterate() {
    const Settings& settings = settings_;
    std::vector<std::size_t> levels;
    const std::vector<LaneGroup> batch = draw_batch(levels);
    CostSettings cost;
    cost.step_price = settings.step_price;
    cost.renormalise = true;
    cost.entropy_bonus =
        settings.entropy * std::exp(-settings.entropy_decay * static_cast<double>(iteration_));
    const BatchResult result =
        soft_.cost_and_gradient(parameters_, batch, cost, workspace_, gradient_);
    cost_ = result.cost;
    if (!result.finite) {
      status_ = AttemptStatus::diverged;
      return;
    }
    note_error(result, levels);
    if (settings.clip_element > 0) {
      clip_elements(gradient_, static_cast<float>(settings.clip_element));
    }
    if (settings.clip_norm > 0) {
      clip_norm(gradient_, settings.clip_norm);
    }
    if (settings.noise > 0) {
      add_gradient_noise(gradient_, settings.noise, settings.noise_decay, iteration_, random_);
    }
    adam_.step(parameters_, gradient_);
    ++iteration_;
    if (!std::all_of(parameters_.begin(), parameters_.end(),
                     [](float value) { return std::isfinite(value); })) {
      status_ = AttemptStatus::diverged;
    }
  }

  // Nothing if a recurrent controller has no finite set of states (yet).
  std::optional<Program> discretised() const {
    constexpr std::size_t most_states = 256;
    const Model model(machine_, controller_of(settings_), parameters_);
    if (!settings_.lstm) {
      return discretise(model);
    }
    try {
      ExportOptions options;
      options.max_states = most_states;
      return discretise(model, options);
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  void test() {
    const std::optional<Program> program = discretised();
    if (!program) {
      return;
    }
    const TestResult result = test_program(context_, number_, *program);
    if (result.passed || result.score > best_score_) {
      best_score_ = result.score;
      best_ = parameters_;
    }
    if (result.passed) {
      status_ = AttemptStatus::solved;
    }
  }

  AttemptContext context_;
  Settings settings_;  // of this attempt
  std::uint64_t number_;
  Machine machine_;
  AttemptStatus status_ = AttemptStatus::running;
  SoftMachine soft_;
  SoftWorkspace workspace_;
  Adam adam_;
  Random random_;
  std::vector<float> parameters_;
  std::vector<float> gradient_;
  std::uint64_t iteration_ = 0;
  std::size_t level_ = 0;
  std::uint64_t level_reached_at_ = 0;  // iterations
  double cost_ = 0.0;
  double level_error_ = 1.0;  // share of wrong cells at the current level, smoothed
  Score best_score_;
  std::vector<float> best_;  // parameters with the best score; empty until the first test
};

}  // namespace

ControllerShape controller_of(const Settings& settings) {
  if (settings.lstm) {
    return {ControllerKind::lstm, {settings.hidden}, Activation::tanh};
  }
  return {ControllerKind::feed_forward, std::vector<unsigned>(settings.layers, settings.hidden),
          Activation::relu};
}

std::unique_ptr<Attempt> make_gradient_attempt(const AttemptContext& context,
                                               std::uint64_t number) {
  return std::make_unique<GradientAttempt>(context, number);
}

std::unique_ptr<Attempt> restore_gradient_attempt(const AttemptContext& context,
                                                  const Json& saved) {
  auto attempt =
      std::make_unique<GradientAttempt>(context, saved.at("number").get<std::uint64_t>());
  attempt->restore_from(saved);
  return attempt;
}

}  // namespace nram
