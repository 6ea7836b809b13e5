#include "pass_option.hpp"

#include "output.hpp"
#include "suggestion.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nram/model-io/printable.hpp>

namespace nram::cli {
namespace {

const PassInfo* find_pass(const std::string& name) {
  const auto found = std::find_if(passes().begin(), passes().end(),
                                  [&](const PassInfo& info) { return info.name == name; });
  return found == passes().end() ? nullptr : &*found;
}

std::string pass_list() {
  std::string text;
  for (const PassInfo& info : passes()) {
    text += fmt::format("{:<12} {}\n", info.name, info.summary);
  }
  return text;
}

}  // namespace

void PassOption::add_to(CLI::App& verb) {
  verb.add_option("--without", without_, "Leave these optimisation passes out")
      ->delimiter(',')
      ->check([](const std::string& name) {
        return find_pass(name) != nullptr
                   ? std::string()
                   : fmt::format("there is no pass '{}'{} (--list-passes lists them)",
                                 printable(name, longest_quote),
                                 did_you_mean_of(name, passes(),
                                                 [](const PassInfo& info) { return info.name; }));
      })
      ->type_name("PASS,...");
  verb.add_flag_callback(
      "--list-passes",
      [] {
        print_text(pass_list());
        throw CLI::Success();
      },
      "List the optimisation passes");
}

OptimisationOptions PassOption::options() const {
  OptimisationOptions options;
  for (const std::string& name : without_) {
    options.disable(find_pass(name)->pass);
  }
  return options;
}

}  // namespace nram::cli
