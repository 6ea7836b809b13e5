#include "choice.hpp"

#include "suggestion.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nram/model-io/printable.hpp>

namespace nram::cli {

CLI::Option* take_one_of(CLI::Option* option, const std::string& what,
                         const std::vector<std::string>& names) {
  return option->type_name(fmt::format("{}", fmt::join(names, "|")))
      ->check([what, names](const std::string& text) {
        return std::find(names.begin(), names.end(), text) != names.end()
                   ? std::string()
                   : fmt::format("there is no {} '{}'{}{}", what, printable(text, longest_quote),
                                 did_you_mean(text, names),
                                 fmt::format(" ({} is {})", what, fmt::join(names, ", ")));
      });
}

}  // namespace nram::cli
