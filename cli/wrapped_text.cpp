#include "wrapped_text.hpp"

#include <algorithm>

namespace nram::cli {
namespace {

// A line that begins with blanks: "  nram ..." is a command, "  name  text" a row.
Paragraph indented(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::size_t gap = line.find("  ");
  if (gap == std::string_view::npos || line.starts_with("nram ")) {
    return {Paragraph::Kind::command, std::string(line)};
  }
  const std::string_view rest = line.substr(gap);
  return {Paragraph::Kind::row, std::string(rest.substr(rest.find_first_not_of(' '))),
          std::string(line.substr(0, gap))};
}

}  // namespace

std::vector<Paragraph> paragraphs_of(std::string_view text) {
  std::vector<Paragraph> paragraphs;
  bool goes_on = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) {
      paragraphs.push_back({Paragraph::Kind::gap});
      goes_on = false;
    } else if (line.starts_with("   ") && !paragraphs.empty() &&
               paragraphs.back().kind == Paragraph::Kind::row) {
      paragraphs.back().text += ' ';
      paragraphs.back().text += line.substr(line.find_first_not_of(' '));
    } else if (line.front() == ' ') {
      paragraphs.push_back(indented(line));
      goes_on = false;
    } else if (goes_on) {
      paragraphs.back().text += " " + std::string(line);
    } else {
      paragraphs.push_back({Paragraph::Kind::text, std::string(line)});
      goes_on = true;
    }
  }
  return paragraphs;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent,
                    std::size_t used) {
  std::string lines;
  std::size_t column = used;
  bool is_first = true;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) {
      return lines;
    }
    const std::string_view word = text.substr(0, text.find(' '));
    if (!is_first && column + 1 + word.size() > width) {
      lines += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!is_first) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
    is_first = false;
    text.remove_prefix(word.size());
  }
}

}  // namespace nram::cli
