#include "explorer/page_parts.hpp"
#include "json_text.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>
#include <nram/model-io/explorer_page.hpp>
#include <nram/model-io/inspect.hpp>
#include <nram/model-io/printable.hpp>
#include <nram/model-io/program_file.hpp>

namespace nram {
namespace {

void require_small(const Program& program, const std::string& text, const ExplorerInput& input) {
  for (const Module& module : program.machine().modules()) {
    if (module.opcode == Opcode::custom) {
      throw Error(ErrorKind::usage,
                  fmt::format("{} has the module {}, which is not one of nram's own: a page cannot "
                              "know what it computes",
                              input.program_name, module.name));
    }
  }
  if (text.size() > max_explorer_program_bytes) {
    throw Error(ErrorKind::data,
                fmt::format("{}: the program takes {} bytes as text; a page holds at most {}",
                            input.program_name, text.size(), max_explorer_program_bytes));
  }
  if (input.memory.empty() || input.memory.size() > max_explorer_cells) {
    throw Error(ErrorKind::data,
                fmt::format("{}: the memory has {} cells; a page holds 1 to {}. Try the program on "
                            "a shorter input",
                            input.input_name, input.memory.size(), max_explorer_cells));
  }
  if (!input.expected.empty() && input.expected.size() != input.memory.size()) {
    throw Error(ErrorKind::data,
                fmt::format("{}: the memory has {} cells, the expected one {}", input.input_name,
                            input.memory.size(), input.expected.size()));
  }
}

void require_below(const std::vector<Word>& memory, Modulus modulus, const std::string& name) {
  const auto large =
      std::ranges::find_if_not(memory, [&](Word value) { return modulus.contains(value); });
  if (large != memory.end()) {
    throw Error(ErrorKind::data,
                fmt::format("{}: cell {} holds {}, which is not below the modulus {}", name,
                            large - memory.begin(), *large, modulus.to_string()));
  }
}

/// Values as a text of memories has them.
std::string memory_text(const std::vector<Word>& memory) {
  std::string text;
  for (const Word value : memory) {
    text += (text.empty() ? "" : " ") + std::to_string(value);
  }
  return text;
}

/// M in digits, 2^64 as well.
std::string digits_of(Modulus modulus) {
  return modulus == Modulus::word64() ? "18446744073709551616" : std::to_string(modulus.value());
}

Json expected_json(const ExplorerInput& input) {
  if (input.expected.empty()) {
    return nullptr;
  }
  Json values = Json::array();
  for (const std::optional<Word>& value : input.expected) {
    values.push_back(value ? Json(std::to_string(*value)) : Json());
  }
  return values;
}

Json page_data(const Program& program, const std::string& text, const ExplorerInput& input) {
  const Modulus modulus = input.modulus.modulus_for(input.memory.size(), input.type);
  require_below(input.memory, modulus, input.input_name);
  Json circuits = Json::array();
  for (const Circuit& circuit : program.circuits()) {
    circuits.push_back({{"statements", statements(program.machine(), circuit)},
                        {"writeIsIdle", write_is_idle(program.machine(), circuit)}});
  }
  const std::optional<std::uint64_t> own_end = program.meaning().steps;
  const std::uint64_t limit = std::min(
      input.step_limit.value_or(default_step_limit(input.memory.size())), max_explorer_steps);
  const bool is_end = own_end && *own_end <= limit;
  Json data;
  data["programName"] = printable(input.program_name);
  data["inputName"] = printable(input.input_name);
  data["program"] = Json::parse(text);
  data["circuits"] = std::move(circuits);
  data["listing"] = listing(program);
  data["memory"] = memory_text(input.memory);
  data["expected"] = expected_json(input);
  data["modulus"] = digits_of(modulus);
  data["modulusIsCells"] = input.modulus.is_cells();
  data["word"] = digits_of(word_modulus(input.type));
  data["limit"] = is_end ? *own_end : limit;
  data["limitIsEnd"] = is_end;
  return data;
}

/// JSON that may stand in a page: no text in it can end the element it is in, or begin a comment.
std::string json_in_page(const Json& data) {
  std::string text;
  for (const char c : data.dump(-1, ' ', true)) {  // in ASCII; of these only texts have any
    if (c == '<' || c == '>' || c == '&') {
      text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::string explorer_page(const Program& program, const ExplorerInput& input) {
  const std::string text = program_text(program);
  require_small(program, text, input);
  std::string page(explorer::page_before_data);
  page += json_in_page(page_data(program, text, input));
  page += explorer::page_behind_data;
  return page;
}

}  // namespace nram
