#include "constants_option.hpp"

#include "number.hpp"

#include <string_view>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/module.hpp>
#include <nram/model-io/printable.hpp>

namespace nram::cli {

CLI::Option* add_constants(CLI::App& verb, std::string& text) {
  text = "auto";
  return verb
      .add_option("--constants", text,
                  "With --examples: numbers beside 0, 1 and 2 that programs may use, separated by "
                  "commas; `none`; or `auto`, those that the examples seem to need")
      ->type_name("auto|none|K,...")
      ->capture_default_str();
}

std::optional<std::vector<Word>> constants_named(const std::string& text) {
  if (text == "auto") {
    return std::nullopt;
  }
  std::vector<Word> numbers;
  if (text == "none") {
    return numbers;
  }
  std::string_view rest = text;
  for (bool is_last = false; !is_last;) {
    const std::size_t comma = rest.find(',');
    const std::string_view one = rest.substr(0, comma);
    const auto number = parse_number(one);
    if (!number || *number > max_constant) {
      throw Error(ErrorKind::usage,
                  fmt::format("--constants: '{}' is no number from 0 to {}; give numbers separated "
                              "by commas, auto or none",
                              printable(one, longest_quote), max_constant));
    }
    numbers.push_back(*number);
    is_last = comma == std::string_view::npos;
    rest.remove_prefix(is_last ? 0 : comma + 1);
  }
  return numbers;
}

}  // namespace nram::cli
