#pragma once

#include "json_text.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace nram {

/// A value of a parsed JSON document that knows where it stands, so that what is wrong with it can
/// be said as "prog.json: circuits[3].arguments.ADD[1]: ...". Every function throws Error(data).
class JsonField {
 public:
  /// The whole document. `file` must outlive all fields.
  JsonField(const std::string& file, const Json& document) : file_(&file), json_(&document) {}

  [[noreturn]] void fail(std::string_view reason) const;

  /// Requires an object that has all keys of `required` and none but these and `optional`.
  void require_keys(std::initializer_list<std::string_view> required,
                    std::initializer_list<std::string_view> optional = {}) const;

  /// Whether this object has the key.
  [[nodiscard]] bool has(std::string_view key) const;
  /// The member of this object; it must exist.
  [[nodiscard]] JsonField member(std::string_view key) const;
  /// All members of this object, in the order of their keys.
  [[nodiscard]] std::vector<std::pair<std::string, JsonField>> members() const;
  /// The number of elements of this array.
  [[nodiscard]] std::size_t size() const;
  /// An element of this array; it must exist.
  [[nodiscard]] JsonField element(std::size_t index) const;
  /// The elements of this array.
  [[nodiscard]] std::vector<JsonField> elements() const;

  [[nodiscard]] bool is_text() const { return json_->is_string(); }
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] bool boolean() const;
  /// A whole number from `low` to `high`.
  [[nodiscard]] std::uint64_t number(std::uint64_t low, std::uint64_t high) const;

  [[nodiscard]] const Json& json() const { return *json_; }

 private:
  JsonField(const std::string* file, const Json* json, std::string path)
      : file_(file), json_(json), path_(std::move(path)) {}

  const std::string* file_;
  const Json* json_;
  std::string path_{};
};

}  // namespace nram
