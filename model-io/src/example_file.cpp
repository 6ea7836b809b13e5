#include "content_kind.hpp"
#include "input_file.hpp"
#include "json_field.hpp"
#include "lines.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/machine.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/printable.hpp>

namespace nram {
namespace {

// An example nests two levels deep.
constexpr std::size_t example_depth = 4;
constexpr std::uint64_t max_file_bytes = std::uint64_t{4} << 30U;
constexpr Word max_word = ~Word{0};

// The values of an example. Cells are by far the most of a file, so a field with its path is made
// for a bad one only.
class Values {
 public:
  Word read(const JsonField& list, std::size_t index) {
    const Json& json = list.json()[index];
    if (json.is_number_unsigned()) {
      const auto value = json.get<Word>();
      has_large_ = has_large_ || value > max_word / 2;
      return value;
    }
    if (json.is_number_integer()) {
      const auto value = json.get<std::int64_t>();
      has_negative_ = has_negative_ || value < 0;
      return static_cast<Word>(value);
    }
    const JsonField field = list.element(index);
    field.fail(fmt::format("must be a whole number from -2^63 to 2^64-1, not {}",
                           json.dump().substr(0, 40)));
  }

  std::vector<Word> read_all(const JsonField& list) {
    std::vector<Word> words(list.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
      words[i] = read(list, i);
    }
    return words;
  }

  std::vector<std::optional<Word>> read_expected(const JsonField& list) {
    std::vector<std::optional<Word>> cells(list.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!list.json()[i].is_null()) {
        cells[i] = read(list, i);
      }
    }
    return cells;
  }

  [[nodiscard]] bool has_negative() const { return has_negative_; }
  // Whether some are below 0 and others no signed numbers.
  [[nodiscard]] bool is_mixed() const { return has_negative_ && has_large_; }

 private:
  bool has_negative_ = false;
  bool has_large_ = false;
};

Example parse_line(std::string_view line, const std::string& name, std::size_t number) {
  const Json document = parse_json(line, name, example_depth, number);
  const std::string where = fmt::format("{}: line {}", name, number);
  const JsonField root(where, document);
  root.require_keys({"memory", "expected"}, {"registers", "steps"});
  Example example;
  Values values;
  example.memory = values.read_all(root.member("memory"));
  example.expected = values.read_expected(root.member("expected"));
  if (root.has("registers")) {
    example.registers = values.read_all(root.member("registers"));
  }
  example.has_negative = values.has_negative();
  if (values.is_mixed()) {
    throw Error(ErrorKind::data,
                fmt::format("{}: some values are negative and others above 2^63-1; "
                            "signed numbers are from -2^63 to 2^63-1",
                            where));
  }
  if (root.has("steps")) {
    example.steps = root.member("steps").number(1, max_word);
  }
  validate(example, where);
  return example;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

template <typename Cells, typename Text>
std::string list(const Cells& cells, Text text) {
  std::string list = "[";
  for (const auto& cell : cells) {
    if (list.size() > 1) {
      list += ',';
    }
    text(list, cell);
  }
  return list + "]";
}

// Who has an array, a table or a text makes a file of examples of it and of what is to become of
// it.
void refuse_memories(InputFile& file, const std::string& path) {
  const bool is_array = content_of(file.peek(head_size)).kind == ContentKind::array;
  const std::string extension =
      is_array ? ".npy" : std::filesystem::path(path).extension().string();
  const bool is_table = extension == ".csv" || extension == ".tsv";
  if (!is_array && !is_table && (extension != ".txt" || file.peek(1) == "{")) {
    return;
  }
  constexpr std::size_t longest = 200;
  const std::string before = printable(path == "-" ? "BEFORE" + extension : path, longest);
  const char* const quote =
      before.find_first_of(" '\"$&|;()<>*?`\\") == std::string::npos ? "" : "'";
  throw Error(
      ErrorKind::data,
      fmt::format("{}: this is {}, not a file of examples (.jsonl); make one of it and of a file "
                  "with the same memories after the run: nram examples {}{}{} AFTER{} -o "
                  "mine.jsonl",
                  file.name(),
                  is_array   ? "an array (.npy)"
                  : is_table ? "a table"
                             : "a text",
                  quote, before, quote, extension));
}

}  // namespace

void validate(const Example& example, const std::string& where) {
  const auto reject = [&](const std::string& what) {
    throw Error(ErrorKind::data, where + ": " + what);
  };
  if (example.expected.size() != example.memory.size()) {
    reject(
        fmt::format("\"expected\" has {} cells, but \"memory\" has {}; they must agree (null marks "
                    "a cell that does not count)",
                    example.expected.size(), example.memory.size()));
  }
  if (std::none_of(example.expected.begin(), example.expected.end(),
                   [](const auto& cell) { return cell.has_value(); })) {
    reject("no cell of \"expected\" counts; at least one must be a number");
  }
  if (example.registers.size() > Machine::max_registers) {
    reject(fmt::format("\"registers\" has {} values; a machine has at most {}",
                       example.registers.size(), Machine::max_registers));
  }
  if (example.steps == std::uint64_t{0}) {
    reject("\"steps\" must be at least 1");
  }
}

ExampleFile parse_example_file(std::string_view text, const std::string& name) {
  ExampleFile file{name, {}, {}};
  std::size_t number = 0;
  Lines lines(text);
  while (const auto next = lines.next()) {
    ++number;
    const std::string_view line = *next;
    if (line.size() > max_example_line_bytes) {
      throw Error(ErrorKind::data,
                  fmt::format("{}: line {}: has {} bytes; at most {} are accepted (one example a "
                              "line)",
                              name, number, line.size(), max_example_line_bytes));
    }
    if (!is_blank(line)) {
      file.examples.push_back(parse_line(line, name, number));
      file.lines.push_back(number);
    }
  }
  if (file.examples.empty()) {
    throw Error(ErrorKind::data, fmt::format("{}: there is no example in it; one is a line such as "
                                             "{{\"memory\":[1,2],\"expected\":[2,null]}}",
                                             name));
  }
  return file;
}

std::vector<Example> parse_examples(std::string_view text, const std::string& name) {
  return parse_example_file(text, name).examples;
}

std::string ExampleFile::where(std::size_t i) const {
  return fmt::format("{}: line {}", name, lines[i]);
}

void ExampleFile::require_registers(unsigned registers) const {
  for (std::size_t i = 0; i < examples.size(); ++i) {
    if (examples[i].registers.size() > registers) {
      throw Error(ErrorKind::data,
                  fmt::format("{}: \"registers\" has {} values, but the machine has {} register{}",
                              where(i), examples[i].registers.size(), registers,
                              registers == 1 ? "" : "s"));
    }
  }
}

std::string examples_text(std::span<const Example> examples) {
  std::string text;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const Example& example = examples[i];
    validate(example, fmt::format("example {}", i + 1));
    const auto append = [&](std::string& out, Word word) {
      out += example.has_negative ? std::to_string(static_cast<std::int64_t>(word))
                                  : std::to_string(word);
    };
    text += "{\"memory\":" + list(example.memory, append);
    text += ",\"expected\":" + list(example.expected, [&](std::string& out, const auto& cell) {
              if (cell) {
                append(out, *cell);
              } else {
                out += "null";
              }
            });
    if (!example.registers.empty()) {
      text += ",\"registers\":" + list(example.registers, append);
    }
    if (example.steps) {
      text += fmt::format(",\"steps\":{}", *example.steps);
    }
    text += "}\n";
  }
  return text;
}

ExampleFile read_example_file(const std::string& path) {
  InputFile file(path);
  refuse_memories(file, path);
  require_content(file, {ContentKind::examples}, "a file of examples (.jsonl)");
  const std::string text = file.read_all(max_file_bytes, "a file of examples");
  return parse_example_file(text, file.name());
}

std::vector<Example> read_examples(const std::string& path) {
  return read_example_file(path).examples;
}

void write_examples(std::span<const Example> examples, const std::string& path) {
  write_file(path, examples_text(examples));
}

}  // namespace nram
