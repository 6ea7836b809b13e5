#include "json_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/printable.hpp>

namespace nram {
namespace {

// The magnitude of a decimal number with a point or an exponent ("1.0", "-25e-1", "3E+2") if that
// is a whole number below 2^64: exactly, not by way of a float.
std::optional<std::uint64_t> whole_magnitude(std::string_view spelling) {
  spelling.remove_prefix(spelling.starts_with('-') ? 1 : 0);
  const std::size_t e = std::min(spelling.find_first_of("eE"), spelling.size());
  const std::string_view mantissa = spelling.substr(0, e);
  std::string_view power = spelling.substr(std::min(e + 1, spelling.size()));
  power.remove_prefix(power.starts_with('+') ? 1 : 0);
  std::int64_t exponent = 0;
  const auto parsed = std::from_chars(power.data(), power.data() + power.size(), exponent);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  std::string digits(mantissa.substr(0, point));
  digits += mantissa.substr(std::min(point + 1, mantissa.size()));
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) {
    return 0;
  }
  if (parsed.ec == std::errc::result_out_of_range) {
    return std::nullopt;
  }
  constexpr std::int64_t most_digits = 20;
  exponent -= static_cast<std::int64_t>(mantissa.size() - std::min(point + 1, mantissa.size()));
  for (; exponent < 0 && !digits.empty() && digits.back() == '0'; ++exponent) {
    digits.pop_back();
  }
  if (exponent < 0 || exponent > most_digits) {
    return std::nullopt;
  }
  digits.append(static_cast<std::size_t>(exponent), '0');
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && end == digits.data() + digits.size() ? std::optional(value)
                                                                      : std::nullopt;
}

// Builds the document; nlohmann's own builder silently keeps the last of two equal keys.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  Builder(std::string_view text, const std::string& name, std::size_t max_depth,
          std::size_t first_line)
      : text_(text), name_(name), max_depth_(max_depth), first_line_(first_line) {}

  Json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override {
    return value == 0 ? add(number_unsigned_t{0}) : add(value);  // -0
  }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  // 1.0 is as whole as 1, as JSON Schema has it.
  bool number_float(number_float_t value, const string_t& spelling) override {
    const auto whole = whole_magnitude(spelling);
    if (!whole || (spelling.starts_with('-') && *whole > largest_magnitude)) {
      return add(value);
    }
    if (*whole == 0 || !spelling.starts_with('-')) {
      return add(number_unsigned_t{*whole});
    }
    return add(-static_cast<number_integer_t>(*whole));
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& value) override { return add(Json::binary(std::move(value))); }

  bool start_object(std::size_t /*elements*/) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*elements*/) override { return open(Json::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& key) override {
    Level& level = levels_.back();
    if (level.value.contains(key)) {
      const std::string where = path();
      reject(fmt::format("{}{}the key \"{}\" occurs twice; remove one of them", line(),
                         where.empty() ? "" : where + ": ", printable(key, longest_quote)));
    }
    level.key = std::move(key);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    // The parser says how many bytes it has read, the offending one included.
    const std::size_t offset = std::min(position == 0 ? 0 : position - 1, text_.size());
    // "[json.exception.parse_error.101] parse error at line 1, column 2: <what we want>"
    std::string_view message = error.what();
    message.remove_prefix(std::min(message.find("] ") + 2, message.size()));
    if (message.substr(0, 11) == "parse error") {
      message.remove_prefix(std::min(message.find(": ") + 2, message.size()));
    }
    reject_at(offset, fmt::format("not valid JSON: {}", reason_of(message)));
  }

  // The parser takes a NUL for the end of the text and whatever follows for nothing.
  void require_no_nul() const {
    if (const std::size_t nul = text_.find('\0'); nul != std::string_view::npos) {
      reject_at(nul, "there is a NUL byte here, which no JSON text has; the file is damaged");
    }
  }

 private:
  static constexpr std::uint64_t largest_magnitude = std::uint64_t{1} << 62U;

  // The parser's message without all of a long token that it quotes: "<what>; last read:
  // '<token>'".
  static std::string reason_of(std::string_view message) {
    constexpr std::string_view quote = "last read: '";
    const std::size_t at = message.find(quote);
    if (at == std::string_view::npos) {
      return printable(message, 4 * longest_quote);
    }
    const std::string_view token = message.substr(at + quote.size());
    const std::size_t end = token.rfind('\'');
    return fmt::format(
        "{}{}{}", printable(message.substr(0, at + quote.size())),
        printable(token.substr(0, end), longest_quote),
        end == std::string_view::npos ? "" : printable(token.substr(end), 2 * longest_quote));
  }

  // Of a document of many lines, or of one line of a file.
  [[noreturn]] void reject_at(std::size_t offset, const std::string& what) const {
    const std::string_view before = text_.substr(0, offset);
    const std::size_t newline = before.rfind('\n');
    const std::size_t column = newline == std::string_view::npos ? offset : offset - newline - 1;
    const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    reject(fmt::format("line {}, column {}: {}", first_line_ + lines, column + 1, what));
  }

  struct Level {
    Json value;
    std::string key{};  // of the member that comes next
  };

  bool add(Json value) {
    if (levels_.empty()) {
      root_ = std::move(value);
    } else if (Level& level = levels_.back(); level.value.is_array()) {
      level.value.push_back(std::move(value));
    } else {
      level.value.emplace(std::exchange(level.key, {}), std::move(value));
    }
    return true;
  }

  bool open(Json empty) {
    if (levels_.size() == max_depth_) {
      reject(fmt::format("{}{}: nested deeper than {} levels, which no such file is", line(),
                         path(), max_depth_));
    }
    levels_.push_back({std::move(empty)});
    return true;
  }

  bool close() {
    Json value = std::move(levels_.back().value);
    levels_.pop_back();
    return add(std::move(value));
  }

  // "line 7: " if the whole text is one line, of many in a file; else the path has to do.
  [[nodiscard]] std::string line() const {
    return text_.find('\n') == std::string_view::npos ? fmt::format("line {}: ", first_line_) : "";
  }

  // Of the value that is about to be added.
  [[nodiscard]] std::string path() const {
    std::string path;
    for (const Level& level : levels_) {
      if (level.value.is_array()) {
        path += fmt::format("[{}]", level.value.size());
      } else if (!level.key.empty()) {
        path += (path.empty() ? "" : ".") + printable(level.key, longest_quote);
      }
    }
    return path;
  }

  [[noreturn]] void reject(const std::string& what) const {
    throw Error(ErrorKind::data, fmt::format("{}: {}", name_, what));
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t max_depth_;
  std::size_t first_line_;
  std::vector<Level> levels_;
  Json root_;
};

}  // namespace

Json parse_json(std::string_view text, const std::string& name, std::size_t max_depth,
                std::size_t first_line) {
  Builder builder(text, name, max_depth, first_line);
  builder.require_no_nul();
  Json::sax_parse(text, &builder);
  return builder.take();
}

std::string quoted(const std::string& text) {
  try {
    return Json(text).dump();
  } catch (const Json::exception&) {
    throw Error(ErrorKind::data, "a text to be written to a file is not valid UTF-8");
  }
}

}  // namespace nram
