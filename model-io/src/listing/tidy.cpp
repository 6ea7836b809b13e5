#include "listing/tidy.hpp"

#include <iterator>
#include <utility>

namespace nram::listings {
namespace {

using Statements = std::vector<Statement>;
using Shape = Statement::Kind;

// Whether control never comes behind these statements.
bool leads_elsewhere(const Statements& statements) {
  if (statements.empty()) {
    return false;
  }
  const Statement& last = statements.back();
  switch (last.kind) {
    case Shape::leave:
    case Shape::again:
    case Shape::go:
    case Shape::stop:
      return true;
    case Shape::branch:
      return leads_elsewhere(last.body) && leads_elsewhere(last.otherwise);
    default:
      return false;
  }
}

bool is_only(const Statements& statements, Shape kind) {
  return statements.size() == 1 && statements.front().kind == kind;
}

bool has_again(const Statements& statements) {
  for (const Statement& statement : statements) {
    const bool is_found = statement.kind == Shape::again ||
                          (statement.kind == Shape::branch &&
                           (has_again(statement.body) || has_again(statement.otherwise)));
    if (is_found) {
      return true;
    }
  }
  return false;
}

void append(Statements& to, Statements from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void swap_arms(Expressions& expressions, Statement& branch) {
  branch.condition = expressions.negation(branch.condition);
  std::swap(branch.body, branch.otherwise);
}

// The last lines of both arms, if they are the same, in their order; they are taken away.
Statements common_end(Statement& branch) {
  Statements common;
  const auto is_line = [](const Statements& arm) {
    return !arm.empty() && arm.back().kind == Shape::line;
  };
  while (is_line(branch.body) && is_line(branch.otherwise) &&
         branch.body.back().line == branch.otherwise.back().line) {
    common.insert(common.begin(), branch.body.back());
    branch.body.pop_back();
    branch.otherwise.pop_back();
  }
  return common;
}

// The branch, and what is to stand behind it instead of in its arms.
Statements straighten(Expressions& expressions, Statement& branch) {
  if (branch.body.empty() || (!leads_elsewhere(branch.body) && leads_elsewhere(branch.otherwise))) {
    swap_arms(expressions, branch);
  }
  // The shorter way out first.
  if (leads_elsewhere(branch.body) && leads_elsewhere(branch.otherwise) &&
      branch.otherwise.size() < branch.body.size()) {
    swap_arms(expressions, branch);
  }
  return leads_elsewhere(branch.body) ? std::exchange(branch.otherwise, {}) : Statements{};
}

void shape_loop(Expressions& expressions, Statement& loop) {
  Statements& body = loop.body;
  // if not c: again; leave  ->  if c: leave
  if (body.size() >= 2 && body.back().kind == Shape::leave) {
    Statement& test = body[body.size() - 2];
    if (test.kind == Shape::branch && test.otherwise.empty() && is_only(test.body, Shape::again)) {
      test.condition = expressions.negation(test.condition);
      test.body.front().kind = Shape::leave;
      body.pop_back();
    }
  }
  const auto is_exit = [](const Statement& statement) {
    return statement.kind == Shape::branch && is_only(statement.body, Shape::leave) &&
           statement.otherwise.empty();
  };
  if (!body.empty() && is_exit(body.front())) {
    loop.kind = Shape::while_loop;
    loop.condition = expressions.negation(body.front().condition);
    body.erase(body.begin());
  } else if (!body.empty() && is_exit(body.back()) && !has_again(body)) {
    loop.kind = Shape::repeat;
    loop.condition = body.back().condition;
    body.pop_back();
  }
}

}  // namespace

void tidy(Expressions& expressions, Statements& statements,
          const std::map<std::size_t, std::size_t>& number) {
  Statements tidied;
  for (Statement& statement : statements) {
    tidy(expressions, statement.body, number);
    tidy(expressions, statement.otherwise, number);
    if (statement.kind == Shape::go) {
      statement.section = number.at(statement.section);
    }
    if (statement.kind != Shape::branch) {
      if (statement.kind == Shape::loop) {
        shape_loop(expressions, statement);
      }
      tidied.push_back(std::move(statement));
      continue;
    }
    Statements behind = common_end(statement);
    if (behind.empty()) {
      behind = straighten(expressions, statement);
    } else if (statement.body.empty()) {
      swap_arms(expressions, statement);
    }
    if (statement.body.empty()) {
      append(tidied, std::move(behind));  // nothing depends on it
      continue;
    }
    tidied.push_back(std::move(statement));
    append(tidied, std::move(behind));
  }
  statements = std::move(tidied);
}

}  // namespace nram::listings
