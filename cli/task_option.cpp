#include "task_option.hpp"

#include "suggestion.hpp"

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/printable.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram::cli {

const BuiltinTask& require_task(const std::string& name) {
  const BuiltinTask* task = find_task(name);
  if (task == nullptr) {
    throw Error(ErrorKind::usage,
                fmt::format("there is no task '{}'{} (`nram tasks` lists them)",
                            printable(name, longest_quote),
                            did_you_mean_of(name, builtin_tasks(), [](const BuiltinTask& known) {
                              return known.name();
                            })));
  }
  return *task;
}

}  // namespace nram::cli
