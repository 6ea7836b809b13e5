#include "task_option.hpp"

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram::cli {

const BuiltinTask& require_task(const std::string& name) {
  const BuiltinTask* task = find_task(name);
  if (task == nullptr) {
    throw Error(ErrorKind::usage,
                fmt::format("there is no task '{}'; `nram tasks` lists them", name));
  }
  return *task;
}

}  // namespace nram::cli
