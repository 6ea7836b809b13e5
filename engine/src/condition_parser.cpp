#include "condition_parser.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

constexpr std::string_view unequal_sign = "\u2260";

// Reads a condition from left to right, a word at a time.
class ConditionParser {
 public:
  ConditionParser(const Machine& machine, std::string_view text)
      : machine_(machine), text_(text), rest_(text) {}

  Rule parse() {
    skip_blanks();
    while (!rest_.empty()) {
      const std::string_view word = take_word();
      if (word == "state") {
        read_state();
      } else if (word != "always") {
        read_register(word);
      }
      skip_separators();
    }
    return rule_;
  }

 private:
  [[noreturn]] void reject(const std::string& what) const {
    throw Error(ErrorKind::data, fmt::format("condition \"{}\": {}", text_, what));
  }

  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size()));
  }

  void skip_separators() {
    skip_blanks();
    if (take(",")) {
      skip_blanks();
      if (rest_.empty() || rest_.front() == ',') {
        reject("a comma must have something behind it");
      }
    }
  }

  bool take(std::string_view token) {
    const bool there = rest_.starts_with(token);
    rest_.remove_prefix(there ? token.size() : 0);
    return there;
  }

  // Letters and digits; nothing if something else is next.
  std::string_view take_word() {
    const auto belongs = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), belongs);
    const std::string_view word = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(word.size());
    return word;
  }

  // What an error quotes: the rest up to the next blank or comma.
  [[nodiscard]] std::string_view next() const {
    return rest_.substr(0, rest_.find_first_of(" ,\t\n"));
  }

  void read_state() {
    skip_blanks();
    const std::string_view found = next();
    const std::string_view digits = take_word();
    std::uint32_t state = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), state);
    if (error != std::errc{} || end != digits.data() + digits.size() ||
        state >= Program::max_states) {
      reject(fmt::format("\"state\" must be followed by a number from 0 to {}, not by \"{}\"",
                         Program::max_states - 1, found));
    }
    if (state_seen_) {
      reject("the state can be said only once");
    }
    state_seen_ = true;
    rule_.state = state;
  }

  void read_register(std::string_view name) {
    const std::optional<Source> source = machine_.find_source(name);
    if (!source || !machine_.is_register(*source)) {
      reject(fmt::format("expected a register (r0 to r{}), \"state\" or \"always\", not \"{}\"",
                         machine_.registers() - 1, name.empty() ? next() : name));
    }
    skip_blanks();
    bool zero = false;
    if (take("==") || take("=")) {
      zero = true;
    } else if (!take("!=") && !take(unequal_sign)) {
      reject(fmt::format("{} must be followed by == 0 or != 0, not by \"{}\"", name, next()));
    }
    skip_blanks();
    const std::string_view found = next();
    if (found != "0") {
      reject(fmt::format("registers can be compared with 0 only, {} not with \"{}\"", name, found));
    }
    rest_.remove_prefix(found.size());
    const std::uint32_t bit = 1U << *source;
    if ((rule_.care & bit) != 0) {
      reject(fmt::format("{} is there twice", name));
    }
    rule_.care |= bit;
    rule_.value |= zero ? bit : 0;
  }

  const Machine& machine_;
  std::string_view text_;
  std::string_view rest_;
  Rule rule_;
  bool state_seen_ = false;
};

}  // namespace

Rule parse_condition(const Machine& machine, std::string_view text) {
  return ConditionParser(machine, text).parse();
}

}  // namespace nram
