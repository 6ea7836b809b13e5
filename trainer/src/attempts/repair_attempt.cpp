#include "attempts/repair_attempt.hpp"

#include "attempt_plan.hpp"
#include "attempts/annealing_attempt.hpp"
#include "attempts/gradient_attempt.hpp"
#include "attempts/gradient_training.hpp"
#include "attempts/level_groups.hpp"
#include "discrete/candidate.hpp"
#include "soft/soft_table.hpp"
#include "storage/cbor.hpp"

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/exporter.hpp>

namespace nram {
namespace {

class RepairAttempt final : public Attempt {
 public:
  RepairAttempt(const AttemptContext& context, std::uint64_t number)
      : context_(context), number_(number), gradient_(make_gradient_attempt(context, number)) {}

  AttemptStatus advance() override {
    if (repair_) {
      return repair_->advance();
    }
    const AttemptStatus status = gradient_->advance();
    return status == AttemptStatus::exhausted && begin_repair() ? AttemptStatus::running : status;
  }

  [[nodiscard]] bool at_unit_end() const override {
    return repair_ ? repair_->at_unit_end() : gradient_->at_unit_end();
  }

  [[nodiscard]] AttemptProgress progress() const override {
    if (!repair_) {
      return gradient_->progress();
    }
    AttemptProgress progress = repair_->progress();
    progress.arm = arm();
    progress.best = std::max(progress.best, gradient_->progress().best);
    return progress;
  }

  [[nodiscard]] Model best() const override {
    const bool is_repaired = repair_ && repair_->progress().best >= gradient_->progress().best;
    return is_repaired ? repair_->best() : gradient_->best();
  }

  [[nodiscard]] std::vector<std::uint8_t> save() const override {
    return Json::to_cbor({{"arm", name_of(arm())},
                          {"number", number_},
                          {"gradient", Json::binary(gradient_->save())},
                          {"repair", repair_ ? Json::binary(repair_->save()) : Json()}});
  }

  void restore_from(const Json& saved) override {
    gradient_->restore_from(part_of(saved, "gradient"));
    if (saved.at("repair").is_null()) {
      return;
    }
    if (gradient_->progress().status != AttemptStatus::exhausted || !begin_repair()) {
      throw Error(ErrorKind::data, "a saved attempt repairs what has not ended, or cannot be");
    }
    repair_->restore_from(part_of(saved, "repair"));
  }

 private:
  [[nodiscard]] Arm arm() const {
    return context_.settings.portfolio.joint ? Arm::joint : Arm::repair;
  }

  // Both parts are of the same attempt: its number says how many registers there are.
  [[nodiscard]] Json part_of(const Json& saved, const char* name) const {
    Json part = parse_cbor(saved.at(name).get_binary());
    const std::uint64_t number = count_from(part.at("number"));
    if (number != number_) {
      throw Error(ErrorKind::data,
                  fmt::format("a saved attempt {} has a {} of number {}", number_, name, number));
    }
    return part;
  }

  // False if the program is larger than the search can handle.
  bool begin_repair() {
    const Model model = gradient_->best();
    if (const auto start = discrete::from_program(discretise(model))) {
      repair_ = make_repair_annealing(context_, number_, {*start, table_of(model)});
    }
    return repair_ != nullptr;
  }

  // What the model says about its program; nothing if it has no say. Of the same model always the
  // same, so that it need not be saved.
  [[nodiscard]] std::vector<float> table_of(const Model& model) const {
    const Settings& settings = context_.settings;
    if (!settings.portfolio.joint) {
      return {};
    }
    std::vector<float> table = soft_table(model);
    if (settings.repair.joint_gradient > 0.0) {
      table = informed_table(model.machine(), table, draw_batch(model.machine()),
                             cost_settings(varied_settings(settings, number_)),
                             settings.repair.joint_gradient, context_.poll);
    }
    return table;
  }

  // Of all levels up to the one that the attempt by gradient has reached.
  [[nodiscard]] std::vector<LaneGroup> draw_batch(const Machine& machine) const {
    const Settings settings = varied_settings(context_.settings, number_);
    constexpr unsigned parts = 8;
    Random random = random_of(settings, number_, Purpose::examples);
    std::vector<LaneGroup> batch;
    for (unsigned g = 0; g < parts; ++g) {
      const std::size_t level = random.between(0, gradient_->progress().level);
      add_level_group(context_, settings, machine, level, 0, parts, random, batch);
    }
    return batch;
  }

  AttemptContext context_;
  std::uint64_t number_;
  std::unique_ptr<Attempt> gradient_;
  std::unique_ptr<Attempt> repair_;  // null until the gradient has done its part
};

}  // namespace

std::unique_ptr<Attempt> make_repair_attempt(const AttemptContext& context, std::uint64_t number) {
  return std::make_unique<RepairAttempt>(context, number);
}

}  // namespace nram
