#include "run_report.hpp"

#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace nram::cli {
namespace {

/// Why a memory has no result; nothing if it has one.
std::optional<std::string> reason(const RunReport& report, std::size_t i) {
  if (report.runs.outcome(i) == Outcome::finished) {
    return std::nullopt;
  }
  const RunResult result = report.runs.result(i);
  switch (result.outcome) {
    case Outcome::address_fault:
      return describe_fault(report.runnable.executor->machine(), result, report.memories[i].size());
    case Outcome::step_limit:
      return fmt::format("did not finish after {} steps", result.steps);
    default:
      return std::nullopt;
  }
}

/// 2^64 does not fit a JSON integer as libraries read them, but a double holds it exactly.
Json to_json(Modulus modulus) {
  return modulus.value() != 0 ? Json(modulus.value()) : Json(std::ldexp(1.0, 64));
}

}  // namespace

void complain_about_failures(const RunReport& report) {
  constexpr std::size_t most = 10;
  const std::size_t memories = report.memories.size();
  std::size_t shown = 0;
  for (std::size_t i = 0; i < memories && shown < most; ++i) {
    if (const auto why = reason(report, i)) {
      complain(fmt::format("{}: {}", name_of_memory(report.input, i, memories), *why));
      ++shown;
    }
  }
  const std::size_t failures = memories - report.runs.finished();
  if (failures > shown) {
    complain(fmt::format("and {} more of {} memories", failures - shown, memories));
  }
}

std::string run_summary(const MemoryRuns& runs) {
  const double millions = static_cast<double>(runs.steps()) / runs.seconds() / 1e6;
  const auto modulus = runs.common_modulus();
  return fmt::format(
      "{} steps in {:.3g} s ({} million a second), modulus {}", runs.steps(), runs.seconds(),
      millions < 10 ? fmt::format("{:.2g}", millions) : fmt::format("{:.0f}", millions),
      modulus ? modulus->to_string() : "cells");
}

Json run_json(const RunReport& report, unsigned threads) {
  const MemoryRuns& runs = report.runs;
  std::size_t cells = 0;
  Json failures = Json::array();
  for (std::size_t i = 0; i < report.memories.size(); ++i) {
    cells += report.memories[i].size();
    if (const auto why = reason(report, i)) {
      failures.push_back({{"memory", i}, {"reason", *why}});
    }
  }
  const auto modulus = runs.common_modulus();
  Json json{{"finished", report.finished()},
            {"steps", runs.steps()},
            {"vectorised_steps", runs.vectorised_steps()},
            {"seconds", runs.seconds()},
            {"steps_per_second", static_cast<double>(runs.steps()) / runs.seconds()},
            {"engine", report.runnable.executor->name()},
            {"controller", report.runnable.controller},
            {"threads", threads},
            {"modulus", modulus ? to_json(*modulus) : Json("cells")},
            {"cells", cells},
            {"rows", report.memories.size()}};
  if (runs.size() == 1) {
    json["registers"] = runs.result(0).registers;
  }
  if (!failures.empty()) {
    json["failures"] = std::move(failures);
  }
  return json;
}

}  // namespace nram::cli
