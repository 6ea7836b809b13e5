#include "attempts/attempt.hpp"

#include "attempt_plan.hpp"

#include <utility>

#include <fmt/format.h>

namespace nram {

AcceptanceResult accept_program(const AttemptContext& context, std::uint64_t number,
                                const Program& program) {
  return accept(program, context.task, context.settings.cost.preserve,
                random_of(context.settings, number, Purpose::testing),
                random_of(context.settings, number, Purpose::confirming), context.poll);
}

Json saved_head(Arm arm, std::uint64_t number, AttemptStatus status) {
  return {{"arm", name_of(arm)}, {"number", number}, {"status", static_cast<unsigned>(status)}};
}

std::map<std::string, std::string> provenance(const AttemptContext& context, std::uint64_t number,
                                              Arm found_by, std::uint64_t work) {
  std::map<std::string, std::string> facts{
      {"task", std::string(context.task.name())},
      {"found-by", std::string(name_of(found_by))},
      {"seed", std::to_string(context.settings.portfolio.seed)},
      {"attempt", std::to_string(number)},
      {"work", std::to_string(work)},
      {"settings", describe(context.settings, found_by, !context.task.examples().empty())}};
  if (context.warm_start != nullptr) {
    facts.emplace("warm-start", context.warm_start->name);
  }
  if (const std::vector<Word> constants = context.task.constants(); !constants.empty()) {
    facts.emplace("constants", fmt::format("{}", fmt::join(constants, ",")));
  }
  if (const auto arithmetic = context.task.arithmetic()) {
    facts.emplace("arithmetic", name_of(*arithmetic));
  }
  if (std::string reason = context.task.arithmetic_reason(); !reason.empty()) {
    facts.emplace("arithmetic-reason", std::move(reason));
  }
  return facts;
}

}  // namespace nram
