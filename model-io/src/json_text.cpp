#include "json_text.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

// Builds the document; nlohmann's own builder silently keeps the last of two equal keys.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  Builder(std::string_view text, const std::string& name, std::size_t max_depth,
          std::size_t first_line)
      : text_(text), name_(name), max_depth_(max_depth), first_line_(first_line) {}

  Json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& /*spelling*/) override {
    return add(value);
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
                         where.empty() ? "" : where + ": ", key));
    }
    level.key = std::move(key);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    // The parser says how many bytes it has read, the offending one included.
    const std::size_t offset = std::min(position == 0 ? 0 : position - 1, text_.size());
    const std::string_view before = text_.substr(0, offset);
    const std::size_t newline = before.rfind('\n');
    const std::size_t column = newline == std::string_view::npos ? offset : offset - newline - 1;
    const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    // "[json.exception.parse_error.101] parse error at line 1, column 2: <what we want>"
    std::string_view message = error.what();
    message.remove_prefix(std::min(message.find("] ") + 2, message.size()));
    if (message.substr(0, 11) == "parse error") {
      message.remove_prefix(std::min(message.find(": ") + 2, message.size()));
    }
    std::string reason(message);
    // It quotes what it has read, which need not be UTF-8.
    std::replace_if(
        reason.begin(), reason.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; },
        '?');
    reject(fmt::format("line {}, column {}: not valid JSON: {}", first_line_ + lines, column + 1,
                       reason));
  }

 private:
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
        path += (path.empty() ? "" : ".") + level.key;
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
