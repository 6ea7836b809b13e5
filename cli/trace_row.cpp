#include "trace_row.hpp"

#include "number.hpp"

#include <fmt/format.h>

namespace nram::cli {
namespace {

Json chosen_json(const std::vector<LikelySources>& chosen) {
  Json json = Json::object();
  for (const LikelySources& one : chosen) {
    Json& sources = json[one.selector] = Json::object();
    for (const auto& [source, probability] : one.sources) {
      sources[source] = probability;
    }
  }
  return json;
}

Json soft_json(const TraceView& view, const SoftRow& soft) {
  Json registers = Json::array();
  for (const auto& values : soft.registers) {
    Json one = Json::array();
    for (const auto& [value, probability] : values) {
      one.push_back({{"value", view.number_json(value)}, {"probability", probability}});
    }
    registers.push_back(std::move(one));
  }
  return {{"registers", std::move(registers)},
          {"chosen", chosen_json(soft.chosen)},
          {"finish", soft.finish}};
}

Json values_json(const TraceView& view, const FollowedStep& step) {
  Json values = Json::object();
  const auto& modules = view.machine.modules();
  for (unsigned q = 0; q < modules.size(); ++q) {
    const Source output = view.machine.output_of(q);
    if (step.record.live[q] && modules[q].opcode != Opcode::write &&
        output < step.record.values.size()) {
      values[modules[q].name] = view.number_json(step.record.values[output]);
    }
  }
  return values;
}

}  // namespace

std::string TraceView::number(Word value) const {
  return number_text(value, modulus, machine.order());
}

Json TraceView::number_json(Word value) const {
  return json_number(value, machine.order(), modulus);
}

std::string TraceView::condition(const FollowedStep& step) const {
  if (program != nullptr) {
    return condition_text(machine, program->rules()[step.choice.rule.value()]);
  }
  std::string seen;
  for (unsigned r = 0; r < machine.registers(); ++r) {
    seen += fmt::format("{}r{}{}0", r == 0 ? "" : " ", r, step.record.values[r] == 0 ? "=" : "≠");
  }
  return seen;
}

std::string TraceView::write_text(const MemoryAccess& write) const {
  return write.changes() ? fmt::format("mem[{}] {} -> {}", write.address, number(write.before),
                                       number(write.value))
                         : fmt::format("mem[{}] = {}", write.address, number(write.value));
}

Json TraceView::write_json(const MemoryAccess& write) const {
  return {{"address", write.address},
          {"before", number_json(write.before)},
          {"value", number_json(write.value)}};
}

Json trace_json(const TraceView& view, const TraceRow& row) {
  const FollowedStep& step = row.step;
  Json registers = Json::array();
  for (unsigned r = 0; r < view.machine.registers(); ++r) {
    registers.push_back(view.number_json(step.record.values[r]));
  }
  Json reads = Json::array();
  for (const MemoryAccess& read : step.reads(view.machine)) {
    reads.push_back({{"address", read.address}, {"value", view.number_json(read.value)}});
  }
  Json json{{"step", step.number}};
  if (view.program != nullptr) {
    json["state"] = step.state;
    json["rule"] = *step.choice.rule;
    json["circuit"] = fmt::format("c{}", step.choice.number);
  }
  json["when"] = view.condition(step);
  json["registers"] = std::move(registers);
  json["reads"] = std::move(reads);
  const auto write = step.write(view.machine);
  json["write"] = write ? view.write_json(*write) : Json();
  json["values"] = values_json(view, step);
  json["finish"] = step.choice.finish;
  if (view.program != nullptr) {
    json["next_state"] = step.choice.next_state;
  } else {
    json["chosen"] = chosen_json(row.chosen);
    json["finish_probability"] = row.finish;
  }
  if (row.soft) {
    json["soft"] = soft_json(view, *row.soft);
  }
  if (step.fault) {
    json["fault"] = {{"module", view.machine.modules()[step.fault->module].name},
                     {"address", step.fault->address}};
  }
  return json;
}

}  // namespace nram::cli
