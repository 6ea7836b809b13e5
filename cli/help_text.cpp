#include "help_text.hpp"

#include "wrapped_text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nram::cli {
namespace {

// Where explanations begin, unless lines are short.
std::size_t explanation_column(std::size_t width) {
  constexpr std::size_t usual = 28;
  constexpr std::size_t share = 3;
  return std::min(usual, width / share);
}

// "  heading   explanation", the latter below if the heading is long.
std::string entry(const std::string& heading, const std::string& explanation, std::size_t width) {
  const std::size_t column = explanation_column(width);
  std::string text = "  " + heading;
  if (text.size() + 2 > column) {
    text += "\n" + std::string(column, ' ');
  } else {
    text.append(column - text.size(), ' ');
  }
  return text + wrapped(explanation, width, column, column) + "\n";
}

std::string title_of(const DeclaredGroup& group) {
  return group.note.empty() ? group.title : fmt::format("{} ({})", group.title, group.note);
}

std::string options_text(const DeclaredVerb& verb, std::size_t width) {
  std::string text;
  if (!verb.arguments.empty()) {
    text += "\nArguments:\n";
    for (const DeclaredOption& argument : verb.arguments) {
      text += entry(heading_of(argument), explanation_of(argument), width);
    }
  }
  for (const DeclaredGroup& group : verb.groups) {
    text += "\n" + wrapped(title_of(group) + ":", width, 2) + "\n";
    for (const DeclaredOption& option : group.options) {
      text += entry(heading_of(option), explanation_of(option), width);
    }
  }
  return text;
}

// Rows of a table next to each other have their second column in common.
std::string footer_text(const std::string& footer, std::size_t width) {
  const std::vector<Paragraph> paragraphs = paragraphs_of(footer);
  std::size_t column = 0;
  for (const Paragraph& paragraph : paragraphs) {
    if (paragraph.kind == Paragraph::Kind::row) {
      column = std::max(column, paragraph.name.size() + 4);
    }
  }
  std::string text;
  for (const Paragraph& paragraph : paragraphs) {
    switch (paragraph.kind) {
      case Paragraph::Kind::text:
        text += wrapped(paragraph.text, width, 0);
        break;
      case Paragraph::Kind::command:
        text += "  " + paragraph.text;
        break;
      case Paragraph::Kind::row:
        text += fmt::format("  {:<{}}", paragraph.name, column - 2) +
                wrapped(paragraph.text, width, column, column);
        break;
      case Paragraph::Kind::gap:
        break;
    }
    text += "\n";
  }
  return text;
}

}  // namespace

std::string usage_of(const DeclaredVerb& verb) {
  std::string usage = "nram" + (verb.name == "nram" ? "" : " " + verb.name) + " [OPTIONS]";
  for (const DeclaredOption& argument : verb.arguments) {
    const std::string name = argument.is_repeated ? argument.value + "..." : argument.names.front();
    usage += argument.is_required ? " " + name : " [" + name + "]";
  }
  return usage;
}

std::string heading_of(const DeclaredOption& option) {
  std::string heading = fmt::format("{}", fmt::join(option.names, ", "));
  const bool is_argument = !option.names.front().starts_with('-');
  if (is_argument) {
    return option.is_repeated ? option.value + "..." : heading;
  }
  return option.value.empty() ? heading : heading + " " + option.value;
}

std::string explanation_of(const DeclaredOption& option) {
  std::string text = option.help;
  if (option.is_required && option.names.front().starts_with('-')) {
    text += " (required)";
  }
  if (!option.usual.empty()) {
    text += fmt::format(" (default {})", option.usual);
  }
  if (!option.excludes.empty()) {
    text += fmt::format(" (not with {})", fmt::join(option.excludes, ", "));
  }
  return text;
}

std::string help_text(const DeclaredVerb& verb, std::size_t width) {
  return wrapped(verb.summary + ".", width, 0) + "\n\n" +
         wrapped("Usage: " + usage_of(verb), width, 2) + "\n" + options_text(verb, width) + "\n" +
         footer_text(verb.footer, width);
}

std::string help_text(const DeclaredCommand& command, std::size_t width) {
  std::string text =
      wrapped(command.itself.summary, width, 0) + "\n\nUsage: nram VERB [OPTIONS]\n" + "\nVerbs:\n";
  for (const DeclaredVerb& verb : command.verbs) {
    text += entry(verb.name, verb.summary, width);
  }
  return text + options_text(command.itself, width) + "\n" +
         footer_text(command.itself.footer, width);
}

}  // namespace nram::cli
