#include "listing/names.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace nram::listings {
namespace {

// What is known of a variable's use.
struct Use {
  bool is_address = false;
  bool counts = false;     // gets its own value and a constant
  bool is_loaded = false;  // gets cells
  bool is_other = false;   // gets what is neither a cell nor a number

  friend bool operator==(const Use&, const Use&) = default;
};

class NameSearch {
 public:
  NameSearch(Expressions& expressions, std::size_t variables)
      : expressions_(expressions), uses_(variables) {}

  void look(const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
      if (statement.kind == Statement::Kind::line) {
        look(statement.line);
      } else {
        look_at_value(statement.condition);
        look(statement.body);
        look(statement.otherwise);
      }
    }
  }

  std::vector<std::string> names(const std::vector<std::set<unsigned>>& registers) {
    share_uses();
    std::vector<std::string> names(uses_.size());
    for (const std::size_t variable : order_) {
      const Use& use = uses_[variable];
      names[variable] = use.is_address && use.counts     ? free_name("ijkl", variable, registers)
                        : use.is_address                 ? free_name("pqsw", variable, registers)
                        : use.counts                     ? free_name("nm", variable, registers)
                        : use.is_loaded && !use.is_other ? free_name("xyz", variable, registers)
                                                         : free_name("", variable, registers);
    }
    return names;
  }

 private:
  // What is known of a variable is known of those that it is exchanged with; and what it gets, of
  // those that are copied from it.
  void share_uses() {
    for (bool again = true; again;) {
      again = false;
      for (const auto& [x, y] : exchanged_) {
        Use& a = uses_[x];
        Use& b = uses_[y];
        const Use both{a.is_address || b.is_address, a.counts || b.counts,
                       a.is_loaded || b.is_loaded, a.is_other || b.is_other};
        again = again || a != both || b != both;
        a = b = both;
      }
      for (const auto& [to, from] : copies_) {
        Use& use = uses_[to];
        const bool is_loaded = use.is_loaded || uses_[from].is_loaded;
        const bool is_other = use.is_other || uses_[from].is_other;
        again = again || is_loaded != use.is_loaded || is_other != use.is_other;
        use.is_loaded = is_loaded;
        use.is_other = is_other;
      }
    }
  }

  void look(const Line& line) {
    for (std::size_t i = 0; i < line.values.size(); ++i) {
      look_at_value(line.values[i]);
      if (line.variables.empty()) {
        continue;
      }
      const std::size_t variable = line.variables[i];
      meet(variable);
      const Offset from = expressions_.offset_of(line.values[i]);
      const Expression base = expressions_[from.base];
      Use& use = uses_[variable];
      use.counts = use.counts || (from.offset != 0 && is(base, variable));
      const Expression value = expressions_[line.values[i]];
      use.is_loaded = use.is_loaded || value.kind == Kind::load;
      use.is_other = use.is_other || (value.operands() > 0 && value.kind != Kind::load);
      if (value.kind == Kind::variable) {
        (line.values.size() > 1 ? exchanged_ : copies_)
            .emplace_back(variable, static_cast<std::size_t>(value.number));
      }
    }
    if (line.variables.empty()) {
      look_at_address(line.address);
    }
  }

  static bool is(const Expression& expression, std::size_t variable) {
    return expression.kind == Kind::variable &&
           static_cast<std::size_t>(expression.number) == variable;
  }

  void look_at_value(Value value) {
    const Expression expression = expressions_[value];
    if (expression.kind == Kind::variable) {
      meet(static_cast<std::size_t>(expression.number));
    } else if (expression.kind == Kind::load) {
      look_at_address(expression.a);
    } else if (expression.operands() > 1) {
      look_at_value(expression.a);
      look_at_value(expression.b);
    }
  }

  void look_at_address(Value address) {
    look_at_value(address);
    const Expression base = expressions_[expressions_.offset_of(address).base];
    if (base.kind == Kind::variable) {
      uses_[static_cast<std::size_t>(base.number)].is_address = true;
    }
  }

  void meet(std::size_t variable) {
    if (met_.insert(variable).second) {
      order_.push_back(variable);
    }
  }

  // The first letter that is free, or else a register's name, or else t, u, v, t1, t2...
  std::string free_name(std::string_view letters, std::size_t variable,
                        const std::vector<std::set<unsigned>>& registers) {
    std::vector<std::string> candidates;
    for (const char letter : letters) {
      candidates.emplace_back(1, letter);
    }
    if (variable < registers.size()) {
      for (const unsigned r : registers[variable]) {
        candidates.push_back(fmt::format("r{}", r));
      }
    }
    candidates.insert(candidates.end(), {"t", "u", "v"});
    for (std::string& candidate : candidates) {
      if (used_.insert(candidate).second) {
        return std::move(candidate);
      }
    }
    std::size_t number = 1;
    while (!used_.insert(fmt::format("t{}", number)).second) {
      ++number;
    }
    return fmt::format("t{}", number);
  }

  Expressions& expressions_;
  std::vector<Use> uses_;
  std::vector<std::size_t> order_;  // as they are met
  std::set<std::size_t> met_;
  std::vector<std::pair<std::size_t, std::size_t>> copies_;
  std::vector<std::pair<std::size_t, std::size_t>> exchanged_;
  std::set<std::string> used_;
};

}  // namespace

std::vector<std::string> find_names(Expressions& expressions, const Structure& structure,
                                    std::size_t variables,
                                    const std::vector<std::set<unsigned>>& registers) {
  NameSearch search(expressions, variables);
  for (const auto& section : structure.sections) {
    search.look(section);
  }
  return search.names(registers);
}

}  // namespace nram::listings
