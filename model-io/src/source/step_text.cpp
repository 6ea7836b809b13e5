#include "source/step_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <map>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/reserved_words.hpp>
#include <nram/model-io/inspect.hpp>
#include <nram/model-io/printable.hpp>

namespace nram::source {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), by);
    at += by.size();
  }
  return text;
}

std::string in_ascii(std::string text) {
  text = replaced(std::move(text), "≠", "!=");
  text = replaced(std::move(text), "≤", "<=");
  text = replaced(std::move(text), "*/", "* /");
  text = replaced(std::move(text), "/*", "/ *");
  for (char& c : text) {
    const bool plain = static_cast<unsigned char>(c) < 0x80U;
    c = plain && c != '\\' ? c : '?';  // a backslash at the end would join lines
  }
  return text;
}

// One step, module by module.
class StepWriter {
 public:
  StepWriter(const Machine& machine, const Circuit& circuit, const Language& language)
      : machine_(machine),
        circuit_(circuit),
        language_(language),
        live_(live_modules(machine, circuit)),
        idle_(write_is_idle(machine, circuit)) {}

  std::vector<std::string> lines() {
    for (unsigned q = 0; q < machine_.modules().size(); ++q) {
      if (live_[q]) {
        module(q);
      }
    }
    if (!pending_store_.empty()) {
      lines_.push_back(std::move(pending_store_));
    }
    registers();
    return used_lines();
  }

 private:
  [[nodiscard]] const Module& at(unsigned q) const { return machine_.modules()[q]; }
  [[nodiscard]] Source argument(unsigned q, unsigned position) const {
    return circuit_.arguments[machine_.first_argument(q) + position];
  }
  [[nodiscard]] std::string name(unsigned q) const {
    std::string name = at(q).name;
    std::ranges::transform(name, name.begin(), [](unsigned char c) {
      return static_cast<char>(std::isalnum(c) != 0 ? std::tolower(c) : '_');
    });
    return "the_" + name;
  }
  [[nodiscard]] std::string text(Source source) const {
    if (machine_.is_register(source)) {
      return fmt::format("r{}", source);
    }
    const Module& from = at(source - machine_.registers());
    if (from.opcode == Opcode::write) {
      return language_.number(0);
    }
    if (from.is_constant()) {
      return language_.value(from, "", "");
    }
    return name(source - machine_.registers());
  }

  void module(unsigned q) {
    const Module& what = at(q);
    if (what.opcode == Opcode::read) {
      const std::string address = text(argument(q, 0));
      add(language_.check(address, q));
      if (!pending_store_.empty()) {  // nothing can fail any more
        lines_.push_back(std::move(pending_store_));
        pending_store_.clear();
      }
      define(name(q), language_.load(address));
    } else if (what.opcode == Opcode::write) {
      if (!idle_) {
        const std::string address = text(argument(q, 0));
        add(language_.check(address, q));
        pending_store_ = language_.store(address, text(argument(q, 1)));
      }
    } else if (!what.is_constant()) {
      const std::string a = what.arity > 0 ? text(argument(q, 0)) : std::string();
      const std::string b = what.arity > 1 ? text(argument(q, 1)) : std::string();
      define(name(q), language_.value(what, a, b));
    }
  }

  // All at once: what moves from a register that changes, too, is kept first.
  void registers() {
    const auto changes = [&](Source r) { return circuit_.registers[r] != r; };
    std::vector<std::string> sources;
    for (Source r = 0; r < machine_.registers(); ++r) {
      const Source from = circuit_.registers[r];
      std::string value = text(from);
      // Those before it have changed by then.
      if (changes(r) && machine_.is_register(from) && changes(from) && from < r) {
        const std::string kept = "old_" + value;
        const std::string line = language_.define(kept, value);
        if (std::ranges::find(lines_, line) == lines_.end()) {
          lines_.push_back(line);
        }
        value = kept;
      }
      sources.push_back(std::move(value));
    }
    for (Source r = 0; r < machine_.registers(); ++r) {
      if (changes(r)) {
        lines_.push_back(language_.assign(fmt::format("r{}", r), sources[r]));
      }
    }
  }

  void add(const std::vector<std::string>& lines) {
    lines_.insert(lines_.end(), lines.begin(), lines.end());
  }
  void define(const std::string& defined, const std::string& value) {
    definitions_.emplace(lines_.size(), defined);
    lines_.push_back(language_.define(defined, value));
  }

  // Without definitions that nothing mentions: a comparison whose outcome is certain does not need
  // its operands.
  std::vector<std::string> used_lines() {
    std::vector<std::string> used;
    for (std::size_t i = lines_.size(); i-- > 0;) {
      const auto definition = definitions_.find(i);
      const bool is_needed = definition == definitions_.end() ||
                             std::ranges::any_of(used, [&](const std::string& line) {
                               return mentions_name(line, definition->second);
                             });
      if (is_needed) {
        used.push_back(std::move(lines_[i]));
      }
    }
    std::ranges::reverse(used);
    return used;
  }

  const Machine& machine_;
  const Circuit& circuit_;
  const Language& language_;
  std::vector<bool> live_;
  bool idle_;
  std::string pending_store_;  // of a WRITE behind which a READ might fail
  std::vector<std::string> lines_;
  std::map<std::size_t, std::string> definitions_;  // by line: what it defines
};

// Of Python; those of C and C++ besides: the function may be called from any of them.
constexpr auto python_words = std::to_array<std::string_view>(
    {"False", "None",   "True",     "as",      "assert", "async",  "await",  "def",
     "del",   "elif",   "except",   "finally", "from",   "global", "import", "in",
     "is",    "lambda", "nonlocal", "pass",    "raise",  "with",   "yield"});

// What the Python function calls, and would not find any more if it had that name itself.
constexpr auto python_callees =
    std::to_array<std::string_view>({"Run", "getattr", "int", "len", "max", "min", "namedtuple"});

bool is_taken(std::string_view name) {
  return is_reserved_word(name) || std::ranges::count(python_words, name) != 0 ||
         std::ranges::count(python_callees, name) != 0;
}

}  // namespace

bool mentions_name(const std::string& text, const std::string& name) {
  const auto belongs = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !belongs(text[at - 1])) && (end == text.size() || !belongs(text[end]))) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> step_lines(const Machine& machine, const Circuit& circuit,
                                    const Language& language) {
  return StepWriter(machine, circuit, language).lines();
}

std::vector<Rule> rules_of(const Program& program, std::uint32_t state) {
  std::vector<Rule> rules;
  for (const Rule& rule : program.rules()) {
    if (rule.state == state) {
      rules.push_back(rule);
      if (rule.care == 0) {
        break;
      }
    }
  }
  return rules;
}

std::vector<std::uint32_t> reachable_states(const Program& program) {
  std::vector<bool> seen(program.states(), false);
  std::vector<std::vector<std::uint32_t>> next(program.states());
  for (const Rule& rule : program.rules()) {
    if (!rule.transition.finish) {
      next[rule.state].push_back(rule.transition.next_state);
    }
  }
  std::vector<std::uint32_t> pending{0};
  seen[0] = true;
  while (!pending.empty()) {
    const std::uint32_t state = pending.back();
    pending.pop_back();
    for (const std::uint32_t one : next[state]) {
      if (!seen[one]) {
        seen[one] = true;
        pending.push_back(one);
      }
    }
  }
  std::vector<std::uint32_t> states;
  for (std::uint32_t state = 0; state < program.states(); ++state) {
    if (seen[state]) {
      states.push_back(state);
    }
  }
  return states;
}

std::string listing_comment(const Program& program, std::string_view begin) {
  std::string comment;
  std::string line;
  for (const char c : in_ascii(printable_lines(listing(program))) + "\n") {
    if (c != '\n') {
      line += c;
    } else if (!line.empty() || !comment.empty()) {
      std::string text = fmt::format("{} {}", begin, line);
      text.erase(text.find_last_not_of(' ') + 1);
      comment += text + "\n";
      line.clear();
    }
  }
  return comment;
}

std::string tested_condition(const Machine& machine, const Rule& rule,
                             std::string_view conjunction) {
  std::string text;
  for (unsigned r = 0; r < machine.registers(); ++r) {
    if (((rule.care >> r) & 1U) != 0) {
      text += fmt::format("{}r{} {} 0", text.empty() ? "" : conjunction, r,
                          ((rule.value >> r) & 1U) != 0 ? "==" : "!=");
    }
  }
  return text;
}

std::string plain_condition(const Machine& machine, const Rule& rule) {
  return in_ascii(condition_text(machine, rule));
}

void require_source(const Program& program, const std::string& name) {
  if (!is_identifier(name) || name.starts_with("_") || is_taken(name)) {
    throw Error(ErrorKind::usage,
                fmt::format("'{}' cannot be the name of a function in C, C++ and Python; choose "
                            "another name (--name)",
                            name));
  }
  for (const Module& module : program.machine().modules()) {
    if (module.opcode == Opcode::custom) {
      throw Error(ErrorKind::usage,
                  fmt::format("cannot write the program as source: its module {} is known by a "
                              "function of this process only",
                              module.name));
    }
  }
}

}  // namespace nram::source
