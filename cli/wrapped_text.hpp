#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nram::cli {

/// A footer as people write it in the source: lines that follow each other are one paragraph, lines
/// that begin with blanks stand for themselves, but go on with a row if there are more than two.
struct Paragraph {
  enum class Kind { text, command, row, gap };
  Kind kind = Kind::text;
  std::string text{};  ///< without the blanks in front; of a row, what it explains
  std::string name{};  ///< of a row "name  text": what is explained
};

std::vector<Paragraph> paragraphs_of(std::string_view text);

/// The words of a text in lines of at most `width` characters, if they fit, all but the first
/// indented by `indent`; the first one goes on where `used` characters are. No line break at the
/// end.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent,
                    std::size_t used = 0);

}  // namespace nram::cli
