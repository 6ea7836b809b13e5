#include "output.hpp"
#include "verbs.hpp"

#include <memory>
#include <string>

#include <fmt/format.h>

#include <nram/trainer/builtin_tasks.hpp>

namespace nram::cli {
namespace {

ExitCode list_tasks(bool as_json) {
  if (as_json) {
    Json report = Json::array();
    for (const BuiltinTask& task : builtin_tasks()) {
      report.push_back({{"name", task.name()},
                        {"layout", task.summary()},
                        {"registers", task.registers()},
                        {"smallest_length", task.min_n()}});
    }
    print_report(report);
    return ExitCode::done;
  }
  std::string table = fmt::format("{:<12} {:>9}  {}\n", "task", "registers", "memory  ->  result");
  for (const BuiltinTask& task : builtin_tasks()) {
    table += fmt::format("{:<12} {:>9}  {}\n", task.name(), task.registers(), task.summary());
  }
  print_text(table);
  return ExitCode::done;
}

}  // namespace

void add_tasks(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("tasks", "List the built-in tasks and their memory layouts");
  auto as_json = std::make_shared<bool>(false);
  verb->add_flag("--json", *as_json, "Print the table as JSON");
  verb->footer("Example:\n  nram tasks");
  verb->callback([as_json, &chosen] { chosen = [as_json] { return list_tasks(*as_json); }; });
}

}  // namespace nram::cli
