#include "listing/text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace nram::listings {
namespace {

class Writer {
 public:
  Writer(const Expressions& expressions, const std::vector<std::string>& names)
      : expressions_(expressions), names_(names) {}

  void write(const std::vector<Statement>& statements, std::size_t level) {
    for (const Statement& statement : statements) {
      write(statement, level);
    }
  }

  void add(std::size_t level, std::string_view text) {
    lines_.push_back(std::string(2 * level, ' ') + std::string(text));
  }

  std::vector<std::string> take() { return std::move(lines_); }

 private:
  void write(const Statement& statement, std::size_t level) {
    using Way = Statement::Kind;
    switch (statement.kind) {
      case Way::line:
        return add(level, line(statement.line));
      case Way::branch:
        add(level, "if " + condition(statement.condition));
        write(statement.body, level + 1);
        if (!statement.otherwise.empty()) {
          add(level, "else");
          write(statement.otherwise, level + 1);
        }
        return;
      case Way::loop:
        return write_loop("loop", statement, level);
      case Way::while_loop:
        return write_loop("while " + condition(statement.condition), statement, level);
      case Way::repeat:
        write_loop("repeat", statement, level);
        return add(level, "until " + condition(statement.condition));
      case Way::leave:
        return add(level, "break");
      case Way::again:
        return add(level, "continue");
      case Way::go:
        return add(level, fmt::format("go to {}", section_name(statement.section)));
      case Way::stop:
        return add(level, "stop");
    }
  }

  void write_loop(const std::string& head, const Statement& loop, std::size_t level) {
    std::string text = head;
    if (loop.round) {
      text += fmt::format("  # each time {}, {}, {}", amount(loop.round->steps, "step"),
                          amount(loop.round->reads, "read"), amount(loop.round->writes, "write"));
    }
    add(level, text);
    write(loop.body, level + 1);
  }

  static std::string amount(const Range& range, std::string_view what) {
    const std::string_view plural = range.least == 1 && range.most == 1 ? "" : "s";
    return range.least == range.most
               ? fmt::format("{} {}{}", range.least, what, plural)
               : fmt::format("{} to {} {}{}", range.least, range.most, what, plural);
  }

 public:
  static std::string section_name(std::size_t section) {
    return section < 26 ? std::string(1, static_cast<char>('A' + section))
                        : fmt::format("A{}", section);
  }

 private:
  std::string line(const Line& line) const {
    std::string left;
    std::string right;
    for (std::size_t i = 0; i < line.values.size(); ++i) {
      const char* const comma = i == 0 ? "" : ", ";
      right += comma + value(line.values[i]);
      left += line.variables.empty() ? fmt::format("mem[{}]", value(line.address))
                                     : comma + names_[line.variables[i]];
    }
    return left + " := " + right;
  }

  std::string comparison(const Expression& expression) const {
    const char* const op = expression.kind == Kind::less            ? "<"
                           : expression.kind == Kind::less_or_equal ? "≤"
                           : expression.kind == Kind::equal         ? "="
                                                                    : "≠";
    return fmt::format("{} {} {}", value(expression.a), op, value(expression.b));
  }

  std::string condition(Value value) const {
    const Expression& expression = expressions_[value];
    return is_comparison(expression.kind) ? comparison(expression) : this->value(value) + " ≠ 0";
  }

  std::string value(Value value) const {
    const Expression& expression = expressions_[value];
    switch (expression.kind) {
      case Kind::constant:
        return fmt::format("{}", expression.number);
      case Kind::variable:
        return names_[static_cast<std::size_t>(expression.number)];
      case Kind::load:
        return fmt::format("mem[{}]", this->value(expression.a));
      case Kind::add:
        return sum(expression);
      case Kind::subtract:
        return fmt::format("{} - {}", this->value(expression.a), behind_minus(expression.b));
      case Kind::smaller:
      case Kind::larger:
        return fmt::format("{}({}, {})", expression.kind == Kind::smaller ? "min" : "max",
                           this->value(expression.a), this->value(expression.b));
      case Kind::custom:
        return custom(expression);
      default:
        return fmt::format("[{}]", comparison(expression));
    }
  }

  std::string sum(const Expression& expression) const {
    const Expression& b = expressions_[expression.b];
    return b.kind == Kind::constant && b.number < 0
               ? fmt::format("{} - {}", value(expression.a), -b.number)
               : fmt::format("{} + {}", value(expression.a), value(expression.b));
  }

  std::string behind_minus(Value subtracted) const {
    const Expression& expression = expressions_[subtracted];
    const bool is_sum = expression.kind == Kind::add || expression.kind == Kind::subtract ||
                        (expression.kind == Kind::constant && expression.number < 0);
    return is_sum ? fmt::format("({})", value(subtracted)) : value(subtracted);
  }

  std::string custom(const Expression& expression) const {
    const Module& module =
        expressions_.machine().modules()[static_cast<std::size_t>(expression.number)];
    std::string arguments;
    for (unsigned i = 0; i < module.arity; ++i) {
      arguments += (i == 0 ? "" : ", ") + value(i == 0 ? expression.a : expression.b);
    }
    return fmt::format("{}({})", module.name, arguments);
  }

  const Expressions& expressions_;
  const std::vector<std::string>& names_;
  std::vector<std::string> lines_;
};

// Whether control can come to the end of the section.
bool ends(const std::vector<Statement>& section) {
  using Way = Statement::Kind;
  if (section.empty()) {
    return true;
  }
  const Statement& last = section.back();
  return last.kind == Way::branch ? ends(last.body) || ends(last.otherwise)
                                  : last.kind != Way::go && last.kind != Way::stop;
}

}  // namespace

std::vector<std::string> lines_of(const Expressions& expressions, const Structure& structure,
                                  const std::vector<std::string>& names) {
  Writer writer(expressions, names);
  const std::size_t sections = structure.sections.size();
  for (std::size_t s = 0; s < sections; ++s) {
    if (s > 0) {
      writer.add(0, Writer::section_name(s) + ":");
    }
    writer.write(structure.sections[s], s > 0 ? 1 : 0);
    if (ends(structure.sections[s])) {
      writer.add(s > 0 ? 1 : 0, "stop");
    }
  }
  return writer.take();
}

}  // namespace nram::listings
