#include "source/c_arithmetic.hpp"
#include "source/step_text.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

std::string in_capitals(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

class CWriter {
 public:
  CWriter(const Program& program, const SourceOptions& options, std::optional<Modulus> modulus)
      : program_(program),
        name_(options.name),
        capitals_(in_capitals(options.name)),
        bits_(options.cells == CellType::u32 ? 32 : 64),
        modulus_(modulus),
        arithmetic_(options.name, modulus) {
    language_.value = [this](const Module& module, const std::string& a, const std::string& b) {
      return arithmetic_.value(module, a, b);
    };
    language_.number = [this](Word value) { return arithmetic_.number(value); };
    language_.define = [](const std::string& name, const std::string& value) {
      return fmt::format("const uint64_t {} = {};", name, value);
    };
    language_.assign = [](const std::string& name, const std::string& value) {
      return fmt::format("{} = {};", name, value);
    };
    language_.check = [](const std::string& address, unsigned module) {
      return std::vector{fmt::format("if ({} >= size) {{", address),
                         fmt::format("  run->fault_module = {};", module),
                         fmt::format("  run->fault_address = {};", address),
                         std::string("  goto fault;"), std::string("}")};
    };
    language_.load = [](const std::string& address) { return fmt::format("cells[{}]", address); };
    language_.store = [this](const std::string& address, const std::string& value) {
      return bits_ == 64 ? fmt::format("cells[{}] = {};", address, value)
                         : fmt::format("cells[{}] = (uint32_t)({});", address, value);
    };
  }

  std::string text() {
    const std::string body = states();  // says what else is needed
    std::string text = opening() + declarations() + arithmetic_.helpers(body);
    text += fmt::format(
        "{0} {{\n"
        "  enum {1}_outcome outcome = {2}_FINISHED;\n"
        "{6}"
        "{3}"
        "  uint64_t steps = 0;\n"
        "  uint32_t state = 0;\n"
        "  uint64_t {4} = 0;\n"
        "  run->fault_module = 0;\n"
        "  run->fault_address = 0;\n"
        "{5}\n",
        signature(), name_, capitals_,
        arithmetic_.needs_modulus(body)
            ? fmt::format("  const uint64_t m = {};\n", arithmetic_.modulus_text())
            : "",
        fmt::join(registers(), " = 0, "), program_.meaning().steps ? limit() : "", unused(body));
    return text + body + ending();
  }

 private:
  [[nodiscard]] std::vector<std::string> registers() const {
    std::vector<std::string> names;
    for (unsigned r = 0; r < program_.machine().registers(); ++r) {
      names.push_back(fmt::format("r{}", r));
    }
    return names;
  }

  [[nodiscard]] std::string signature() const {
    return fmt::format(
        "enum {0}_outcome {0}(uint{1}_t *cells, size_t count, uint64_t step_limit,\n"
        "{2}struct {0}_run *run)",
        name_, bits_, std::string(name_.size() * 2 + 15, ' '));
  }

  [[nodiscard]] std::string opening() const {
    const std::string modulo = modulus_ ? modulus_->to_string() : "the number of cells";
    std::string text = fmt::format(
        "/* {0}: a program of nram, as C11.\n"
        " *\n"
        " * {0}(cells, count, step_limit, run) runs it on `count` cells, which it changes in "
        "place,\n"
        " * for at most `step_limit` steps. Arithmetic is modulo {1}{2}.\n",
        name_, modulo,
        modulus_ == Modulus::word64() || (bits_ == 32 && modulus_ == Modulus::word32())
            ? ""
            : "; every cell has to be below it");
    if (program_.machine().order() == Order::signed_numbers) {
      text += " * Cells are compared as signed numbers, two's complement.\n";
    }
    if (program_.meaning().steps) {
      text += fmt::format(" * It ends, finished, after {} steps, if not before.\n",
                          *program_.meaning().steps);
    }
    return text + " *\n" + source::listing_comment(program_, " *  ") + " */\n\n";
  }

  [[nodiscard]] std::string declarations() const {
    return fmt::format(
        "#include <stddef.h>\n"
        "#include <stdint.h>\n\n"
        "enum {0}_outcome {{\n"
        "  {1}_FINISHED = 0,\n"
        "  {1}_STEP_LIMIT = 1,   /* it did not finish within the limit */\n"
        "  {1}_ADDRESS_FAULT = 2 /* there is no cell `fault_address`; cells are as before that "
        "step "
        "*/\n"
        "}};\n\n"
        "struct {0}_run {{\n"
        "  uint64_t steps;         /* completed */\n"
        "  uint64_t fault_address; /* of an address fault */\n"
        "  uint32_t fault_module;  /* index of the READ or WRITE in the program */\n"
        "  uint32_t state;         /* of the program, after the last completed step */\n"
        "  uint64_t registers[{2}];  /* after the last completed step */\n"
        "}};\n\n"
        "{3};\n\n",
        name_, capitals_, program_.machine().registers(), signature());
  }

  // What a program that touches no memory leaves alone.
  [[nodiscard]] std::string unused(const std::string& body) const {
    const bool has_size = body.find("size") != std::string::npos;
    std::string text = has_size ? "  const uint64_t size = count;\n" : "";
    if (!has_size && !(arithmetic_.needs_modulus(body) && !modulus_)) {
      text += "  (void)count;\n";
    }
    return body.find("cells[") == std::string::npos ? text + "  (void)cells;\n" : text;
  }

  [[nodiscard]] std::string limit() const {
    return fmt::format(
        "  const int ends_by_steps = step_limit >= UINT64_C({0});\n"
        "  if (ends_by_steps) {{\n"
        "    step_limit = UINT64_C({0});\n"
        "  }}\n",
        *program_.meaning().steps);
  }

  [[nodiscard]] std::string ending() const {
    std::string text = "limit:\n";
    text +=
        program_.meaning().steps
            ? fmt::format("  outcome = ends_by_steps ? {0}_FINISHED : {0}_STEP_LIMIT;\n", capitals_)
            : fmt::format("  outcome = {}_STEP_LIMIT;\n", capitals_);
    text += has_faults_ || has_ends_ ? "  goto end;\n" : "";
    if (has_faults_) {
      text += fmt::format("fault:\n  outcome = {}_ADDRESS_FAULT;\n", capitals_);
    }
    text += has_faults_ || has_ends_ ? "end:\n" : "";
    text += "  run->steps = steps;\n  run->state = state;\n";
    for (unsigned r = 0; r < program_.machine().registers(); ++r) {
      text += fmt::format("  run->registers[{0}] = r{0};\n", r);
    }
    return text + "  return outcome;\n}\n";
  }

  std::string states() {
    const auto reachable = source::reachable_states(program_);
    std::set<std::uint32_t> targets;
    for (const std::uint32_t state : reachable) {
      for (const Rule& rule : source::rules_of(program_, state)) {
        if (!rule.transition.finish) {
          targets.insert(rule.transition.next_state);
        }
      }
    }
    std::string text;
    for (const std::uint32_t state : reachable) {
      if (targets.contains(state)) {
        text += fmt::format("state_{}:\n", state);
      }
      if (reachable.size() > 1) {
        text += fmt::format("  state = {};\n", state);
      }
      text += "  if (steps == step_limit) {\n    goto limit;\n  }\n";
      text += rules(state);
    }
    return text;
  }

  std::string rules(std::uint32_t state) {
    const Machine& machine = program_.machine();
    const std::vector<Rule> rules = source::rules_of(program_, state);
    std::string text;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const Rule& rule = rules[i];
      // Together they leave no case out: the last one needs no condition.
      const bool last = i + 1 == rules.size();
      text += fmt::format(
          "  {}{{ /* {}: circuit {} */\n",
          last ? std::string()
               : fmt::format("if ({}) ", source::tested_condition(machine, rule, " && ")),
          source::plain_condition(machine, rule), rule.transition.circuit);
      for (const std::string& line :
           source::step_lines(machine, program_.circuits()[rule.transition.circuit], language_)) {
        has_faults_ = has_faults_ || line.find("goto fault") != std::string::npos;
        text += "    " + line + "\n";
      }
      text += "    ++steps;\n";
      if (rule.transition.finish) {
        has_ends_ = true;
        text += rule.transition.next_state != state
                    ? fmt::format("    state = {};\n", rule.transition.next_state)
                    : std::string();
        text += "    goto end;\n";
      } else {
        text += fmt::format("    goto state_{};\n", rule.transition.next_state);
      }
      text += "  }\n";
    }
    return text;
  }

  const Program& program_;
  std::string name_;
  std::string capitals_;
  int bits_;
  std::optional<Modulus> modulus_;
  source::CArithmetic arithmetic_;
  source::Language language_{};
  bool has_faults_ = false;
  bool has_ends_ = false;
};

}  // namespace

std::string c_source(const Program& program, const SourceOptions& options) {
  source::require_source(program, options.name);
  const ModulusRule rule = options.modulus.value_or(ModulusRule::of(program.meaning()));
  const std::optional<Modulus> modulus =
      rule.is_cells() ? std::nullopt : std::optional(rule.modulus_for(1, options.cells));
  const Modulus word = word_modulus(options.cells);
  if (modulus && !word.contains(modulus->largest())) {
    throw Error(ErrorKind::usage, fmt::format("the modulus {} is larger than a cell's {}",
                                              modulus->to_string(), word.to_string()));
  }
  return CWriter(program, options, modulus).text();
}

}  // namespace nram
