#include "difference_text.hpp"

#include <fmt/format.h>

namespace nram::cli {
namespace {

std::string parting_text(const Parting& parting, const std::string& name, const TraceView& view) {
  if (parting.write) {
    return fmt::format("{} writes {} in step {}", name, view.write_text(*parting.write),
                       parting.step);
  }
  switch (parting.outcome) {
    case Outcome::finished:
      return fmt::format("{} stops after {} steps", name, parting.step);
    case Outcome::address_fault:
      return fmt::format("{} faults in step {}", name, parting.step + 1);
    default:
      return fmt::format("{} does not stop within {} steps", name, parting.step);
  }
}

Json parting_json(const Parting& parting, const TraceView& view) {
  Json json{{"step", parting.step}};
  if (parting.write) {
    json["write"] = view.write_json(*parting.write);
  } else {
    json["outcome"] = outcome_name(parting.outcome);
  }
  return json;
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::finished:
      return "finished";
    case Outcome::address_fault:
      return "fault";
    case Outcome::step_limit:
      return "step limit";
    case Outcome::cancelled:
      break;
  }
  return "cancelled";
}

std::string difference_text(const RunDifference& difference, const DifferenceNames& names,
                            const TraceView& view) {
  const std::string begin = difference.equal_writes == 0
                                ? "at the first write"
                                : fmt::format("after {} equal write{}", difference.equal_writes,
                                              difference.equal_writes == 1 ? "" : "s");
  return fmt::format("they differ {}: {}; {}", begin, parting_text(difference.a, names.a, view),
                     parting_text(difference.b, names.b, view));
}

Json difference_json(const RunDifference& difference, const TraceView& view) {
  return {{"equal_writes", difference.equal_writes},
          {"a", parting_json(difference.a, view)},
          {"b", parting_json(difference.b, view)}};
}

}  // namespace nram::cli
