#include <algorithm>
#include <cctype>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <support/pseudo_code_run.hpp>

#include <nram/engine/module.hpp>

namespace nram::test {
namespace {

// A line without its indentation, and the lines that are indented below it.
struct Block {
  std::string text;
  std::vector<Block> inside{};
};

struct AddressFaultInText {};
struct LimitOfLines {};

std::vector<Block> blocks_of(const std::vector<std::string>& lines, std::size_t& next,
                             std::size_t indent) {
  std::vector<Block> blocks;
  while (next < lines.size()) {
    const std::string& line = lines[next];
    const std::size_t blanks = line.find_first_not_of(' ');
    if (blanks < indent) {
      break;
    }
    if (blanks > indent) {
      blocks.back().inside = blocks_of(lines, next, blanks);
      continue;
    }
    std::string text = line.substr(indent, line.find("  # ") - indent);
    blocks.push_back({std::move(text)});
    ++next;
  }
  return blocks;
}

// Reads and computes an expression at once.
class Expressions {
 public:
  Expressions(const Machine& machine, Modulus modulus, std::vector<Word>& memory,
              std::map<std::string, Word, std::less<>>& variables)
      : machine_(machine), modulus_(modulus), memory_(memory), variables_(variables) {}

  Word condition(std::string_view text) {
    text_ = text;
    const Word value = comparison();
    if (!text_.empty()) {
      fail();
    }
    return value;
  }

  std::vector<Word> list(std::string_view text) {
    text_ = text;
    std::vector<Word> values = {sum()};
    while (take(", ")) {
      values.push_back(sum());
    }
    if (!text_.empty()) {
      fail();
    }
    return values;
  }

 private:
  [[noreturn]] void fail() const {
    throw std::runtime_error("pseudo-code ends at: " + std::string(text_));
  }

  bool take(std::string_view token) {
    if (!text_.starts_with(token)) {
      return false;
    }
    text_.remove_prefix(token.size());
    return true;
  }
  void need(std::string_view token) {
    if (!take(token)) {
      fail();
    }
  }

  Word apply(const char* module, Word a, Word b) const {
    return in_order(ModuleTable::standard().at(module), machine_.order()).value(a, b, modulus_);
  }

  Word comparison() {
    const Word a = sum();
    if (take(" = ")) {
      return sum() == a ? 1 : 0;
    }
    if (take(" ≠ ")) {
      return sum() == a ? 0 : 1;
    }
    if (take(" < ")) {
      return apply("LT", a, sum());
    }
    need(" ≤ ");
    return apply("LE", a, sum());
  }

  Word sum() {
    Word value = operand();
    while (true) {
      if (take(" + ")) {
        value = modulus_.add(value, operand());
      } else if (take(" - ")) {
        value = modulus_.sub(value, operand());
      } else {
        return value;
      }
    }
  }

  Word operand() {
    if (take("-")) {
      return modulus_.sub(0, operand());
    }
    if (take("(")) {
      const Word value = sum();
      need(")");
      return value;
    }
    if (take("[")) {
      const Word value = comparison();
      need("]");
      return value;
    }
    if (take("mem[")) {
      const Word address = sum();
      need("]");
      if (address >= memory_.size()) {
        throw AddressFaultInText{};
      }
      return memory_[address];
    }
    const auto end = std::find_if(text_.begin(), text_.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_';
    });
    const std::string word(text_.begin(), end);
    text_.remove_prefix(word.size());
    if (word.empty()) {
      fail();
    }
    if (std::isdigit(static_cast<unsigned char>(word.front())) != 0) {
      return modulus_.reduce(std::stoull(word));
    }
    return take("(") ? call(word) : variables_.at(word);
  }

  Word call(const std::string& name) {
    Word arguments[2] = {0, 0};
    for (unsigned i = 0; !take(")"); ++i) {
      if (i > 0) {
        need(", ");
      }
      arguments[i] = sum();
    }
    if (name == "min" || name == "max") {
      return apply(name == "min" ? "MIN" : "MAX", arguments[0], arguments[1]);
    }
    const auto& modules = machine_.modules();
    const auto module = std::find_if(modules.begin(), modules.end(),
                                     [&](const Module& m) { return m.name == name; });
    if (module == modules.end()) {
      fail();
    }
    return module->value(arguments[0], arguments[1], modulus_);
  }

  const Machine& machine_;
  Modulus modulus_;
  std::vector<Word>& memory_;
  std::map<std::string, Word, std::less<>>& variables_;
  std::string_view text_;
};

class PseudoCode {
 public:
  PseudoCode(const Machine& machine, std::vector<Word>& memory, Modulus modulus,
             std::uint64_t limit)
      : expressions_(machine, modulus, memory, variables_), memory_(memory), limit_(limit) {}

  void run(const std::vector<std::string>& lines) {
    std::size_t next = 0;
    const std::vector<Block> blocks = blocks_of(lines, next, 0);
    const std::vector<Block>* section = &blocks;
    while (run(*section) == Next::section) {
      const auto found = std::find_if(blocks.begin(), blocks.end(), [&](const Block& block) {
        return block.text == section_ + ":";
      });
      section = &found->inside;
      if (found == blocks.end()) {
        throw std::runtime_error("pseudo-code has no section " + section_);
      }
    }
  }

 private:
  enum class Next : std::uint8_t { line, leave, again, section, stop };

  Next run(const std::vector<Block>& blocks) {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      if (limit_-- == 0) {
        throw LimitOfLines{};
      }
      const Block& block = blocks[i];
      Next next = Next::line;
      if (block.text.starts_with("if ")) {
        const bool has_else = i + 1 < blocks.size() && blocks[i + 1].text == "else";
        if (expressions_.condition(block.text.substr(3)) != 0) {
          next = run(block.inside);
        } else if (has_else) {
          next = run(blocks[i + 1].inside);
        }
        i += has_else ? 1 : 0;
      } else if (block.text == "loop" || block.text.starts_with("while ")) {
        next = loop(block, "");
      } else if (block.text == "repeat") {
        next = loop(block, blocks.at(++i).text);
      } else {
        next = simple(block.text);
      }
      if (next != Next::line) {
        return next;
      }
    }
    return Next::line;
  }

  Next loop(const Block& block, const std::string& until) {
    while (true) {
      if (limit_-- == 0) {
        throw LimitOfLines{};
      }
      if (block.text.starts_with("while ") && expressions_.condition(block.text.substr(6)) == 0) {
        return Next::line;
      }
      const Next next = run(block.inside);
      if (next == Next::leave) {
        return Next::line;
      }
      if (next == Next::section || next == Next::stop) {
        return next;
      }
      if (!until.empty() && expressions_.condition(until.substr(std::size("until ") - 1)) != 0) {
        return Next::line;
      }
    }
  }

  Next simple(const std::string& text) {
    if (text == "break" || text == "continue") {
      return text == "break" ? Next::leave : Next::again;
    }
    if (text == "stop") {
      return Next::stop;
    }
    if (text.starts_with("go to ")) {
      section_ = text.substr(std::size("go to ") - 1);
      return Next::section;
    }
    const std::size_t sign = text.find(" := ");
    if (sign == std::string::npos) {
      throw std::runtime_error("no pseudo-code: " + text);
    }
    const std::string left = text.substr(0, sign);
    const std::vector<Word> values = expressions_.list(std::string_view(text).substr(sign + 4));
    if (left.starts_with("mem[")) {
      const Word address =
          expressions_.list(std::string_view(left).substr(4, left.size() - 5)).front();
      if (address >= memory_.size()) {
        throw AddressFaultInText{};
      }
      memory_[address] = values.front();
      return Next::line;
    }
    std::size_t start = 0;
    for (const Word value : values) {
      const std::size_t comma = std::min(left.find(", ", start), left.size());
      variables_[left.substr(start, comma - start)] = value;
      start = comma + 2;
    }
    return Next::line;
  }

  std::map<std::string, Word, std::less<>> variables_;
  Expressions expressions_;
  std::vector<Word>& memory_;
  std::uint64_t limit_;
  std::string section_;
};

}  // namespace

PseudoCodeRun run_pseudo_code(const std::vector<std::string>& lines, const Machine& machine,
                              std::vector<Word> memory, Modulus modulus, std::uint64_t limit) {
  PseudoCodeRun result;
  result.memory = std::move(memory);
  try {
    PseudoCode(machine, result.memory, modulus, limit).run(lines);
  } catch (const AddressFaultInText&) {
    result.end = PseudoCodeRun::End::fault;
  } catch (const LimitOfLines&) {
    result.end = PseudoCodeRun::End::limit;
  }
  return result;
}

}  // namespace nram::test
