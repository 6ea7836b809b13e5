#include "attempts/attempts.hpp"
#include "storage/cbor.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram {

std::string_view name_of(AttemptStatus status) {
  switch (status) {
    case AttemptStatus::running:
      return "running";
    case AttemptStatus::solved:
      return "solved";
    case AttemptStatus::exhausted:
      return "exhausted";
    case AttemptStatus::diverged:
      return "diverged";
  }
  return "unknown";
}

std::unique_ptr<Attempt> make_attempt(const AttemptContext& context, std::uint64_t number) {
  const Settings& settings = context.settings;
  if (!settings.gradient && !settings.search) {
    throw Error(ErrorKind::usage, "all arms are switched off: there is nothing to learn with");
  }
  const bool differentiable = context.task.differentiable();
  if (!settings.search && !differentiable) {
    throw Error(ErrorKind::usage,
                "the examples have values too large for the gradient arm; use the search arm, too");
  }
  // The gradient arm is quick where it succeeds at all, so every second attempt of every fourth
  // stream is enough for it.
  constexpr std::uint64_t gradient_share = 4;
  const std::uint64_t stream = number % settings.streams;
  const bool gradient_turn = stream % gradient_share == 0 && number / settings.streams % 2 == 0;
  const bool gradient = settings.gradient && differentiable && (gradient_turn || !settings.search);
  // Every eighth attempt by gradient, the first one among them, is at a controller; the search
  // mends the programs of feed-forward ones.
  constexpr std::uint64_t controller_share = 8;
  const bool chart = settings.charts && turn_of(settings, number) % controller_share != 0;
  return !gradient                           ? make_search_attempt(context, number)
         : chart                             ? make_chart_attempt(context, number)
         : settings.repair && !settings.lstm ? make_repair_attempt(context, number)
                                             : make_gradient_attempt(context, number);
}

std::uint64_t turn_of(const Settings& settings, std::uint64_t number) {
  return number % settings.streams + number / settings.streams;
}

unsigned registers_of(const Settings& settings, std::uint64_t number) {
  // Few registers make the search smaller, some tasks need more; five are rarely better than four.
  constexpr std::array usual = {3U, 3U, 4U, 3U, 5U, 4U};
  return settings.registers != 0 ? settings.registers
                                 : usual[turn_of(settings, number) % usual.size()];
}

std::unique_ptr<Attempt> restore_attempt(const AttemptContext& context,
                                         const std::vector<std::uint8_t>& saved) {
  try {
    const Json json = parse_cbor(saved);
    const auto arm = json.at("arm").get<std::string>();
    return arm == "gradient" ? restore_gradient_attempt(context, json)
           : arm == "chart"  ? restore_chart_attempt(context, json)
           : arm == "repair" ? restore_repair_attempt(context, json)
                             : restore_search_attempt(context, json);
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::data, fmt::format("a saved attempt is damaged: {}", error.what()));
  }
}

Random random_of(const Settings& settings, std::uint64_t number, Purpose purpose) {
  constexpr std::uint64_t streams = 4;
  return Random(settings.seed, number * streams + static_cast<std::uint64_t>(purpose));
}

TestResult test_program(const AttemptContext& context, std::uint64_t number,
                        const Program& program) {
  constexpr std::size_t few = 60;
  constexpr std::size_t many = 600;
  constexpr std::size_t harder = 3;
  const auto executor = make_executor(Engine::interpreter, program);
  const auto passes = [&](const Evaluation& evaluation) {
    return evaluation.perfect() &&
           (!context.settings.preserve || evaluation.clean_cases == evaluation.cases);
  };

  Random testing = random_of(context.settings, number, Purpose::testing);
  const Evaluation quick = evaluate(*executor, context.task.draw_held_out(few, 1, testing));
  TestResult result{{quick.accuracy(), quick.stops(), quick.clean()}};
  if (!passes(quick)) {
    return result;
  }
  Random confirming = random_of(context.settings, number, Purpose::confirming);
  const std::vector<TestCase> cases = context.task.draw_held_out(many, harder, confirming);
  result.passed = passes(evaluate(*executor, cases));
  if (!result.passed) {
    std::copy_if(cases.begin(), cases.end(), std::back_inserter(result.failures),
                 [&](const TestCase& test) {
                   const Verdict verdict = judge(*executor, test, step_limit_of(test));
                   return !verdict.right() || !verdict.stopped;
                 });
  }
  return result;
}

std::map<std::string, std::string> provenance(const AttemptContext& context, std::uint64_t number,
                                              std::string_view found_by, std::uint64_t work) {
  return {{"task", std::string(context.task.name())},
          {"found-by", std::string(found_by)},
          {"seed", std::to_string(context.settings.seed)},
          {"attempt", std::to_string(number)},
          {"work", std::to_string(work)},
          {"settings", describe(context.settings)}};
}

Json to_json(const Score& score) {
  return {exact(score.accuracy), exact(score.stops), exact(score.clean)};
}

Score score_from(const Json& json) {
  return {exact_double(json.at(0)), exact_double(json.at(1)), exact_double(json.at(2))};
}

Json to_json(const std::vector<float>& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof(float));
  if (!bytes.empty()) {
    std::memcpy(bytes.data(), values.data(), bytes.size());
  }
  return Json::binary(std::move(bytes));
}

std::vector<float> floats_from(const Json& json) {
  const auto& bytes = json.get_binary();
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) {
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  }
  return values;
}

Json to_json(const Random& random) { return random.state(); }

void restore(Random& random, const Json& json) {
  random.restore(json.get<std::array<std::uint64_t, 4>>());
}

Json exact(double value) { return std::bit_cast<std::uint64_t>(value); }

double exact_double(const Json& json) { return std::bit_cast<double>(json.get<std::uint64_t>()); }

AttemptStatus status_from(const Json& json) {
  const auto status = json.get<unsigned>();
  if (status > static_cast<unsigned>(AttemptStatus::diverged)) {
    throw Error(ErrorKind::data, fmt::format("a saved attempt has the unknown status {}", status));
  }
  return static_cast<AttemptStatus>(status);
}

}  // namespace nram
