#include "file_names.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nram/engine/error.hpp>

namespace nram::cli {
namespace {

// What their values are called in the declarations of verbs.
constexpr std::array<std::string_view, 3> file_types = {"FILE", "DIR", "BEFORE AFTER"};
// Files that are written.
constexpr std::array<std::string_view, 3> outputs = {"--output", "--log", "--answers"};

bool is_of_files(const CLI::Option& option) {
  return std::ranges::find(file_types, option.get_type_name()) != file_types.end();
}

bool is_output(const CLI::Option& option) {
  return std::ranges::any_of(
      outputs, [&](std::string_view name) { return option.check_name(std::string(name)); });
}

}  // namespace

void require_sensible_names(const CLI::App& verb) {
  std::vector<std::string> from_standard_input;
  // Those of option groups are the verb's own.
  std::vector<const CLI::App*> groups{&verb};
  for (const CLI::App* group : verb.get_subcommands([](const CLI::App*) { return true; })) {
    groups.push_back(group);
  }
  for (const CLI::App* group : groups) {
    for (const CLI::Option* option : group->get_options()) {
      if (option->count() == 0 || !is_of_files(*option)) {
        continue;
      }
      for (const std::string& name : option->results()) {
        if (name.empty()) {
          throw Error(ErrorKind::usage, fmt::format("{}: the name is empty", option->get_name()));
        }
        if (name == "-" && !is_output(*option)) {
          from_standard_input.push_back(option->get_name());
        }
      }
    }
  }
  if (from_standard_input.size() > 1) {
    throw Error(ErrorKind::usage, fmt::format("{} cannot all be the standard input, which can be "
                                              "read once; name files",
                                              fmt::join(from_standard_input, " and ")));
  }
}

}  // namespace nram::cli
