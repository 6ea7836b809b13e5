#include "content_kind.hpp"
#include "input_file.hpp"
#include "lines.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/csv_file.hpp>
#include <nram/model-io/printable.hpp>

namespace nram {
namespace {

constexpr std::uint64_t max_csv_bytes = std::uint64_t{4} << 30U;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(blanks);
  return begin == std::string_view::npos
             ? std::string_view{}
             : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// Without the quotes around it; those within stay, and make it no number.
std::string_view unquoted(std::string_view field) {
  field = trimmed(field);
  const bool is_quoted = field.size() >= 2 && field.front() == '"' && field.back() == '"';
  return is_quoted ? trimmed(field.substr(1, field.size() - 2)) : field;
}

std::vector<std::string_view> fields_of(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t end = line.find(separator);
    fields.push_back(unquoted(line.substr(0, end)));
    if (end == std::string_view::npos) {
      return fields;
    }
    line.remove_prefix(end + 1);
  }
}

constexpr Word largest_signed_field = (Word{1} << 63U) - 1;

// A number that is not below 0.
std::optional<Word> magnitude_of(std::string_view field) {
  if (const std::size_t point = field.find('.');
      point != std::string_view::npos && point + 1 < field.size() &&
      field.find_first_not_of('0', point + 1) == std::string_view::npos) {
    field = field.substr(0, point);
  }
  Word value = 0;
  const char* const end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data(), end, value);
  return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

struct CsvNumber {
  Word value;  // below 0 as two's complement
  bool is_negative;
};

std::optional<CsvNumber> number_of(std::string_view field) {
  const bool has_sign = field.size() > 1 && field.front() == '-';
  const std::optional<Word> magnitude = magnitude_of(has_sign ? field.substr(1) : field);
  if (!magnitude || (has_sign && *magnitude > largest_signed_field + 1)) {
    return std::nullopt;
  }
  return CsvNumber{has_sign ? Word{0} - *magnitude : *magnitude, has_sign && *magnitude != 0};
}

[[noreturn]] void refuse_field(const std::string& name, std::size_t line, std::size_t number,
                               std::string_view field) {
  const bool fraction = field.find('.') != std::string_view::npos;
  throw Error(ErrorKind::data,
              fmt::format("{}: line {}: field {} is \"{}\", {}", name, line, number,
                          printable(field, longest_quote),
                          fraction ? "but values are whole numbers; multiply by a power of ten, "
                                     "or number the different values"
                                   : "which is no whole number from -2^63 to 2^64-1; number the "
                                     "different texts, say"));
}

}  // namespace

std::vector<CsvRow> parse_csv(std::string_view text, const std::string& name) {
  if (text.starts_with(byte_order_mark)) {
    text.remove_prefix(byte_order_mark.size());
  }
  const std::size_t first = text.find_first_of(",;\t");
  const char separator = first == std::string_view::npos ? ',' : text[first];
  std::vector<CsvRow> rows;
  bool is_first = true;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t newline = text.find('\n');
    const std::string_view content = text.substr(0, newline);
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    if (trimmed(content).empty()) {
      continue;
    }
    const std::vector<std::string_view> fields = fields_of(content, separator);
    const bool is_heading =
        is_first && std::none_of(fields.begin(), fields.end(), [](std::string_view field) {
          return field.empty() || number_of(field);
        });
    is_first = false;
    if (is_heading) {
      continue;
    }
    CsvRow row{line, {}};
    for (const std::string_view field : fields) {
      const std::optional<CsvNumber> number = number_of(field);
      row.cells.push_back(number ? std::optional(number->value) : std::nullopt);
      if (!number && !field.empty()) {
        refuse_field(name, line, row.cells.size(), field);
      }
      row.has_negative = row.has_negative || (number && number->is_negative);
      row.has_large =
          row.has_large || (number && !number->is_negative && number->value > largest_signed_field);
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty()) {
    throw Error(ErrorKind::data,
                fmt::format("{}: there are no numbers in it; a row is a line such as 2,5,6", name));
  }
  return rows;
}

std::vector<CsvRow> read_csv(const std::string& path) {
  InputFile file(path);
  require_content(file, {}, "a table (.csv, .tsv)");
  const std::string text = file.read_all(max_csv_bytes, "a CSV file");
  return parse_csv(text, file.name());
}

}  // namespace nram
