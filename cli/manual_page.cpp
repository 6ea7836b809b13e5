#include "manual_page.hpp"

#include "help_text.hpp"
#include "wrapped_text.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

namespace nram::cli {
namespace {

// Text as troff takes it: a hyphen that may be typed is a minus, and no line begins with a request.
std::string troff_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '\'') {
      result += "\\(aq";
    } else if (c == '`') {
      result += "\\(ga";
    } else {
      result += c;
    }
  }
  return result.starts_with('.') ? "\\&" + result : result;
}

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string small_first(std::string text) {
  text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
  return text;
}

std::string page_head(const std::string& name, const std::string& summary) {
  return fmt::format(
      ".\\\" Made by `nram manual`.\n"
      ".TH {} 1 \"\" \"nram {}\" \"nram manual\"\n"
      ".SH NAME\n{} \\- {}\n",
      upper_case(troff_text(name)), NRAM_VERSION, troff_text(name),
      troff_text(small_first(summary)));
}

// The name is bold, the value slanted, as is usual.
std::string bold_heading(const DeclaredOption& option) {
  if (!option.names.front().starts_with('-')) {
    return fmt::format("\\fI{}\\fR", troff_text(heading_of(option)));
  }
  std::string text;
  for (const std::string& name : option.names) {
    text += fmt::format("{}\\fB{}\\fR", text.empty() ? "" : ", ", troff_text(name));
  }
  return option.value.empty() ? text : fmt::format("{} \\fI{}\\fR", text, troff_text(option.value));
}

std::string page_entry(const std::string& heading, const std::string& text) {
  return fmt::format(".TP\n{}\n{}\n", heading, troff_text(text));
}

std::string options_section(const DeclaredVerb& verb) {
  std::string text;
  if (!verb.arguments.empty()) {
    text += ".SH ARGUMENTS\n";
    for (const DeclaredOption& argument : verb.arguments) {
      text += page_entry(bold_heading(argument), explanation_of(argument));
    }
  }
  text += ".SH OPTIONS\n";
  for (const DeclaredGroup& group : verb.groups) {
    const std::string note = group.note.empty() ? "" : " (" + group.note + ")";
    text += fmt::format(".SS \"{}\"\n", troff_text(group.title + note));
    for (const DeclaredOption& option : group.options) {
      text += page_entry(bold_heading(option), explanation_of(option));
    }
  }
  return text;
}

// The footer: what it explains, then its examples.
std::string footer_sections(const std::string& footer) {
  std::string text;
  std::string separator = ".SH NOTES\n";
  bool is_in_commands = false;
  for (const Paragraph& paragraph : paragraphs_of(footer)) {
    const bool is_command = paragraph.kind == Paragraph::Kind::command;
    if (is_in_commands && !is_command) {
      text += ".EE\n.RE\n";
    }
    if (paragraph.kind == Paragraph::Kind::text) {
      const bool is_title = paragraph.text == "Examples:" || paragraph.text == "Example:";
      text +=
          is_title ? std::string(".SH EXAMPLES\n") : separator + troff_text(paragraph.text) + "\n";
      separator = is_title ? separator : ".PP\n";
    } else if (paragraph.kind == Paragraph::Kind::row) {
      text += page_entry("\\fB" + troff_text(paragraph.name) + "\\fR", paragraph.text);
    } else if (is_command) {
      text += (is_in_commands ? "" : ".RS\n.EX\n") + troff_text(paragraph.text) + "\n";
    }
    is_in_commands = is_command;
  }
  return text + (is_in_commands ? ".EE\n.RE\n" : "");
}

constexpr std::string_view exit_status = R"(.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Ran but did not succeed: nothing learned, a wrong result, not finished.
.TP
.B 2
Wrong usage.
.TP
.B 3
A bad file, or bad data.
.TP
.B 130
Interrupted.
)";

constexpr std::string_view environment = R"(.SH ENVIRONMENT
.TP
.B COLUMNS
The width of help, instead of the terminal\(aqs.
.TP
.B NRAM_INSTRUCTION_SET
The instruction set that learning uses, instead of the best one that there is.
)";

std::string see_also(const DeclaredCommand& command, const std::string& besides) {
  std::string text = ".SH SEE ALSO\n";
  std::vector<std::string> pages;
  if (!besides.empty()) {
    pages.emplace_back("nram");
  }
  for (const DeclaredVerb& verb : command.verbs) {
    if (verb.name != besides) {
      pages.push_back("nram-" + verb.name);
    }
  }
  for (std::size_t i = 0; i < pages.size(); ++i) {
    text += fmt::format(".BR {} (1){}\n", troff_text(pages[i]), i + 1 < pages.size() ? "," : "");
  }
  return text;
}

}  // namespace

std::string manual_page(const DeclaredCommand& command) {
  std::string text = page_head("nram", "learn, export and run programs of a register machine");
  text += ".SH SYNOPSIS\n.B nram\n.I VERB\n[\\fIOPTIONS\\fR]\n.SH DESCRIPTION\n" +
          troff_text(command.itself.summary) + "\n.SH VERBS\n";
  for (const DeclaredVerb& verb : command.verbs) {
    text += page_entry("\\fB" + troff_text(verb.name) + "\\fR", verb.summary);
  }
  return text + options_section(command.itself) + std::string(exit_status) +
         std::string(environment) + see_also(command, "");
}

std::string manual_page(const DeclaredCommand& command, const DeclaredVerb& verb) {
  return page_head("nram-" + verb.name, verb.summary) + ".SH SYNOPSIS\n" +
         troff_text(usage_of(verb)) + "\n" + options_section(verb) + footer_sections(verb.footer) +
         std::string(exit_status) + see_also(command, verb.name);
}

}  // namespace nram::cli
