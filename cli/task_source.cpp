#include "task_source.hpp"

#include "choice.hpp"
#include "constants_option.hpp"
#include "output.hpp"
#include "task_option.hpp"

#include <utility>

#include <fmt/format.h>

#include <nram/model-io/example_file.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/examples_task.hpp>

namespace nram::cli {
namespace {

// What was made of a file of examples.
std::string summary_of(const ExamplesTask& task) {
  constexpr std::size_t few = 40;
  const std::size_t different = task.examples().size();
  std::string text = fmt::format(
      "{} different examples{}: {} to learn from at first, of up to {} cells, and the {} longest, "
      "of up to {}, held out; {} numbers, modulus: {} ({})",
      different,
      task.merged_examples() > 0
          ? fmt::format(" ({} with equal inputs merged)", task.merged_examples())
          : "",
      task.training_examples(), task.learned_cells().value_or(0), task.held_out_examples(),
      task.examples().back().memory.size(), name_of(task.order()),
      name_of(task.arithmetic().value_or(Arithmetic::word)), task.arithmetic_reason());
  for (const ConstantSeen& constant : task.constants_seen()) {
    text += fmt::format("; the machine has the constant {} ({})", constant.number, constant.reason);
  }
  if (different < few) {
    text += "; these are few: other programs may fit them as well";
  }
  return text;
}

}  // namespace

void TaskSource::add_to(CLI::App& verb, Presence presence) {
  auto* source = verb.add_option_group("Examples", presence == Presence::required
                                                       ? "where they come from; one of"
                                                       : "where they come from; at most one of");
  source->add_option("--task", task_, "A built-in task")->type_name("TASK");
  file_option_ =
      source->add_option("--examples", file_, "A file of examples (.jsonl); - reads stdin")
          ->type_name("FILE");
  source->require_option(presence == Presence::required ? 1 : 0, 1);
  take_one_of(verb.add_option(
                  "--modulus", modulus_,
                  "With --examples: whether numbers wrap round at the `word` (2^64), at the number "
                  "of `cells`, or a program has to be right for `both`; without it, as the "
                  "examples tell: a value that is not below the number of cells, a sum that has "
                  "wrapped round there"),
              "modulus", {"word", "cells", "both"})
      ->needs(file_option_);
  take_one_of(verb.add_option("--order", order_,
                              "With --examples: whether numbers are compared as `unsigned` or as "
                              "`signed`; without it, signed if a value is below 0"),
              "order", {"unsigned", "signed"})
      ->needs(file_option_);
  add_constants(verb, constants_)->needs(file_option_);
}

std::vector<Example> TaskSource::read() const {
  return is_file() ? read_examples(file_) : std::vector<Example>{};
}

std::shared_ptr<const Task> TaskSource::open(std::vector<Example> examples) const {
  if (!is_file()) {
    return std::make_shared<BuiltinTask>(require_task(task_));
  }
  const ExamplesTask::Options how{arithmetic_named(modulus_), order_named(order_),
                                  constants_named(constants_)};
  auto task = std::make_shared<ExamplesTask>(file_, std::move(examples), how);
  complain(summary_of(*task));
  return task;
}

}  // namespace nram::cli
