#include "training_report.hpp"

#include "minimising.hpp"
#include "number.hpp"
#include "training_log.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nram/model-io/example.hpp>

namespace nram::cli {
namespace {

Json json_of_question(const Question& question) {
  Json counts = Json::array();
  for (const auto& wanted : question.input.expected) {
    counts.push_back(wanted.has_value());
  }
  const Order order = order_of(question.input);
  Json answers = Json::array();
  for (const Question::Answer& answer : question.answers) {
    answers.push_back({{"memory", answer.memory ? json_numbers(*answer.memory, order) : Json()},
                       {"programs", answer.programs},
                       {"kept", answer.is_kept}});
  }
  return {{"memory", json_numbers(question.input.memory, order)},
          {"registers", json_numbers(question.input.registers, order)},
          {"counts", std::move(counts)},
          {"answers", std::move(answers)}};
}

Json json_of_verdict(const Assessment& assessment) {
  Json questions = Json::array();
  for (const Question& question : assessment.questions) {
    questions.push_back(json_of_question(question));
  }
  return {{"grade", name_of(assessment.grade)},        {"text", assessment.text()},
          {"learned_cells", assessment.learned_cells}, {"tested_cells", assessment.tested_cells},
          {"examples", assessment.examples},           {"programs", assessment.programs},
          {"compared", assessment.compared},           {"relies_on", assessment.relies_on},
          {"questions", std::move(questions)}};
}

// What the model's metadata says, or null.
Json said_of(const Model& model, const std::string& key) {
  const auto found = model.metadata().find(key);
  return found == model.metadata().end() ? Json() : Json(found->second);
}

std::string head_of(const TrainReport& report) {
  if (!report.is_solved()) {
    return fmt::format("not solved ({}); the best is", name_of(report.end));
  }
  return report.assessment.grade == Grade::generalises ? "solved" : "examples fitted";
}

}  // namespace

Json outcome_json(const TrainingOutcome& outcome) {
  const TrainReport& report = outcome.result.report;
  const AttemptProgress& attempt = report.attempt;
  return {{"solved", report.assessment.grade == Grade::generalises},
          {"fits", report.is_solved()},
          {"verdict", json_of_verdict(report.assessment)},
          {"smallest_failure", outcome.failure ? Json(*outcome.failure) : Json()},
          {"advice", outcome.advice},
          {"end", name_of(report.end)},
          {"found_by", name_of(attempt.arm)},
          {"attempt", attempt.number},
          {"work", attempt.work},
          {"attempts", report.attempts_done},
          {"diverged", report.diverged},
          {"seconds", report.seconds},
          {"look_cut_short", report.look_cut_short},
          {"accuracy", attempt.best.accuracy},
          {"stops", attempt.best.stops},
          {"clean", attempt.best.clean},
          {"seed", outcome.seed},
          {"arithmetic", said_of(outcome.result.model, "arithmetic")},
          {"arithmetic_reason", said_of(outcome.result.model, "arithmetic-reason")},
          {"order", name_of(outcome.result.model.machine().order())},
          {"constants", outcome.constants},
          {"answered", outcome.answered},
          {"minimised", outcome.minimised ? minimised_json(*outcome.minimised) : Json()},
          {"moves", move_counts_json(report.moves)},
          {"model", outcome.model}};
}

std::string outcome_text(const TrainingOutcome& outcome) {
  const TrainReport& report = outcome.result.report;
  const AttemptProgress& attempt = report.attempt;
  return fmt::format(
      "{} by attempt {} ({}, {} {}); {} attempts ended, {} diverged, {:.1f} s\n"
      "verdict: {}\n"
      "as a hard program on held-out examples: {:.1f} % of the results right, stops by itself in "
      "{:.1f} %, clean (changes no cell that does not count) in {:.1f} %\n"
      "{}"
      "model: {}\n",
      head_of(report), attempt.number, name_of(attempt.arm), attempt.work, unit_of(attempt.arm),
      report.attempts_done, report.diverged, report.seconds, report.assessment.text(),
      100 * std::max(0.0, attempt.best.accuracy), 100 * attempt.best.stops,
      100 * attempt.best.clean, outcome.minimised ? minimised_text(*outcome.minimised) : "",
      outcome.model);
}

std::string table_of(const std::vector<MoveCount>& moves) {
  std::string text =
      fmt::format("{:<20} {:>12} {:>12} {:>12}\n", "move", "proposed", "accepted", "improved");
  for (const MoveCount& move : moves) {
    text += fmt::format("{:<20} {:>12} {:>12} {:>12}\n", move.name, move.proposed, move.accepted,
                        move.improved);
  }
  return text;
}

}  // namespace nram::cli
