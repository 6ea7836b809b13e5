#include "tasks/layout.hpp"

#include <algorithm>
#include <array>

#include <nram/trainer/builtin_tasks.hpp>

namespace nram {
namespace {

// The table of tasks: name, summary, registers, smallest n, training sizes, steps = constant + k·n.
constexpr std::array rows = {
    BuiltinTask::Row{"access", "k, A[0..n-1]  ->  mem[0] = A[k]", 2, 1, 5, 4, 0, tasks::access},
    BuiltinTask::Row{"increment", "A[0..n-1], NULL  ->  A[i] + 1", 2, 1, 5, 3, 1, tasks::increment},
    BuiltinTask::Row{"copy", "p, A[0..n-1], NULL  ->  A at p", 3, 1, 5, 4, 1, tasks::copy},
    BuiltinTask::Row{"reverse", "p, A[0..n-1], NULL  ->  A reversed at p", 3, 1, 5, 5, 2,
                     tasks::reverse},
    BuiltinTask::Row{"swap", "p, q, A[0..n-1], NULL  ->  mem[p], mem[q] exchanged", 3, 1, 5, 7, 0,
                     tasks::swap},
    BuiltinTask::Row{"permutation",
                     "a, P[0..n-1], A[0..n-1] (a = address of A)  ->  P[i] replaced by A[P[i]]", 3,
                     1, 5, 5, 2, tasks::permutation},
    BuiltinTask::Row{"list-k", "head, k, out, nodes (next, value)  ->  mem[out] = k-th value", 3, 1,
                     5, 6, 2, tasks::list_k},
    BuiltinTask::Row{"list-search",
                     "head, v, out, nodes (next, value)  ->  mem[out] = first node holding v", 3, 1,
                     5, 6, 3, tasks::list_search},
    BuiltinTask::Row{"merge", "a, b, o, A, 0, B, 0 (sorted)  ->  merged at o", 6, 2, 6, 8, 3,
                     tasks::merge},
    BuiltinTask::Row{
        "walk-bst",
        "root, out, d1..dn, 0, nodes (value, left, right)  ->  mem[out] = value reached", 3, 1, 4,
        5, 2, tasks::walk_bst},
};

}  // namespace

Example BuiltinTask::draw(Draw draw, Random& random) const {
  draw.n = std::max(draw.n, row_->min_n);
  Example example = row_->draw(draw, random);
  example.steps = row_->steps_constant + row_->steps_per_n * draw.n;
  return example;
}

std::span<const BuiltinTask> builtin_tasks() {
  static const std::vector<BuiltinTask> tasks = [] {
    std::vector<BuiltinTask> made;
    made.reserve(std::size(rows));
    for (const BuiltinTask::Row& row : rows) {
      made.emplace_back(row);
    }
    return made;
  }();
  return tasks;
}

const BuiltinTask* find_task(std::string_view name) {
  const auto tasks = builtin_tasks();
  const auto it = std::find_if(tasks.begin(), tasks.end(),
                               [&](const BuiltinTask& task) { return task.name() == name; });
  return it == tasks.end() ? nullptr : &*it;
}

}  // namespace nram
