#include "declaration.hpp"

#include "suggestion.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/printable.hpp>

namespace nram::cli {
namespace {

std::string in_capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

DeclaredOption declared_option(const CLI::Option& option) {
  DeclaredOption declared;
  if (option.get_positional()) {
    declared.names.push_back(in_capitals(option.get_single_name()));
  }
  for (const std::string& name : option.get_snames()) {
    declared.names.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    declared.names.push_back("--" + name);
  }
  if (option.get_items_expected_max() != 0) {
    // CLI11 adds what its checks say of themselves, behind a colon.
    const std::string type = option.get_type_name();
    declared.value = type.substr(0, type.find(':'));
  }
  declared.usual = option.get_default_str();
  declared.help = option.get_description();
  for (const CLI::Option* other : option.get_excludes()) {
    declared.excludes.push_back(other->get_name());
  }
  declared.is_required = option.get_required();
  declared.is_repeated =
      option.get_positional() && option.get_expected_max() >= CLI::detail::expected_max_vector_size;
  return declared;
}

std::vector<DeclaredOption> options_of(const CLI::App& app, const std::string& group) {
  std::vector<DeclaredOption> declared;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional() && option->get_group() == group) {
      declared.push_back(declared_option(*option));
    }
  }
  return declared;
}

}  // namespace

DeclaredVerb declared_verb(const CLI::App& app) {
  DeclaredVerb verb;
  verb.name = app.get_name();
  verb.summary = app.get_description();
  verb.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      verb.arguments.push_back(declared_option(*option));
    }
  }
  const auto is_group = [](const CLI::App* part) { return part->get_name().empty(); };
  for (const CLI::App* part : app.get_subcommands(is_group)) {
    verb.groups.push_back({part->get_group(), part->get_description(), {}});
    for (const CLI::Option* option : part->get_options()) {
      if (option != part->get_help_ptr()) {
        verb.groups.back().options.push_back(declared_option(*option));
      }
    }
  }
  for (const std::string& group : app.get_groups()) {
    if (std::vector<DeclaredOption> options = options_of(app, group);
        !group.empty() && !options.empty()) {
      verb.groups.push_back({group, "", std::move(options)});
    }
  }
  return verb;
}

DeclaredCommand declared_command(const CLI::App& app) {
  DeclaredCommand command{declared_verb(app), {}};
  const auto is_verb = [](const CLI::App* part) { return !part->get_name().empty(); };
  for (const CLI::App* verb : app.get_subcommands(is_verb)) {
    command.verbs.push_back(declared_verb(*verb));
  }
  return command;
}

std::vector<std::string> verb_names(const DeclaredCommand& command) {
  std::vector<std::string> names(command.verbs.size());
  std::transform(command.verbs.begin(), command.verbs.end(), names.begin(),
                 [](const DeclaredVerb& verb) { return verb.name; });
  return names;
}

const DeclaredVerb& verb_named(const DeclaredCommand& command, const std::string& name) {
  const auto found = std::find_if(command.verbs.begin(), command.verbs.end(),
                                  [&](const DeclaredVerb& verb) { return verb.name == name; });
  if (found == command.verbs.end()) {
    throw Error(ErrorKind::usage, fmt::format("there is no verb '{}'{}; `nram help` lists them",
                                              printable(name, longest_quote),
                                              did_you_mean(name, verb_names(command))));
  }
  return *found;
}

std::vector<std::string> option_names(const DeclaredVerb& verb) {
  std::vector<std::string> names;
  for (const DeclaredGroup& group : verb.groups) {
    for (const DeclaredOption& option : group.options) {
      names.insert(names.end(), option.names.begin(), option.names.end());
    }
  }
  return names;
}

}  // namespace nram::cli
