#include "usage_error.hpp"

#include "declaration.hpp"
#include "help_text.hpp"
#include "suggestion.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <nram/model-io/printable.hpp>

namespace nram::cli {
namespace {

bool looks_like_option(std::string_view word) {
  return word.size() > 1 && word.front() == '-' && word != "--";
}

// The first word that CLI11 had no use for and that is an option, or is not.
std::optional<std::string> first_left(const CLI::App& app, bool is_option) {
  const std::vector<std::string> left = app.remaining();
  const auto found = std::find_if(left.begin(), left.end(), [&](const std::string& word) {
    return looks_like_option(word) == is_option && word != "--";
  });
  return found == left.end() ? std::nullopt : std::optional(*found);
}

// The verbs that have an option of this name, "run and eval"; empty if there is none.
std::string verbs_with(const DeclaredCommand& command, const std::string& option) {
  std::vector<std::string> verbs;
  for (const DeclaredVerb& verb : command.verbs) {
    const std::vector<std::string> names = option_names(verb);
    if (std::find(names.begin(), names.end(), option) != names.end()) {
      verbs.push_back(verb.name);
    }
  }
  return fmt::format("{}", fmt::join(verbs, ", "));
}

std::string unknown_option(const DeclaredCommand& command, const DeclaredVerb& verb,
                           const std::string& word) {
  const std::string option = word.substr(0, word.find('='));
  const std::string who = verb.name == "nram" ? verb.name : "nram " + verb.name;
  std::string text = fmt::format("`{}` has no option {}", who, printable(option, longest_quote));
  const std::vector<std::string> names = option_names(verb);
  if (std::find(names.begin(), names.end(), "-" + option) != names.end()) {
    return text + fmt::format("; did you mean -{}?", option);  // -task
  }
  const std::string others = verbs_with(command, option);
  return text + (others.empty() ? did_you_mean(option, names)
                                : fmt::format("; it is one of nram {}", others));
}

std::string without_verb(const DeclaredCommand& command, const CLI::App& app) {
  const std::vector<std::string> names = verb_names(command);
  const auto word = first_left(app, false);
  const auto option = first_left(app, true);
  if (!word && option) {
    return unknown_option(command, command.itself, *option);
  }
  const std::string meant = word ? did_you_mean(*word, names) : "";
  const std::string what =
      word ? fmt::format("there is no verb '{}'{}", printable(*word, longest_quote), meant)
           : "what to do is missing: nram VERB";
  return meant.empty() ? fmt::format("{}; verbs are {}", what, fmt::join(names, ", ")) : what;
}

}  // namespace

std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  constexpr std::size_t longest = 300;  // it quotes what was typed, or pasted
  const DeclaredCommand command = declared_command(app);
  const auto parsed = app.get_subcommands();
  if (parsed.empty()) {
    return without_verb(command, app) + " (`nram --help` says more)";
  }
  const CLI::App& chosen = *parsed.front();
  const DeclaredVerb verb = declared_verb(chosen);
  std::string text = printable(error.what(), longest);
  if (const auto option = first_left(chosen, true)) {
    text = unknown_option(command, verb, *option);
  } else if (const auto word = first_left(chosen, false)) {
    text = fmt::format("there is no place for '{}' in `{}`", printable(*word, longest_quote),
                       usage_of(verb));
  }
  return text + fmt::format(" (`nram {} --help` shows the usage)", verb.name);
}

}  // namespace nram::cli
