#include "json_field.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/printable.hpp>

namespace nram {
namespace {

// What stands there instead, short enough for a message.
std::string shown(const Json& json) {
  if (json.is_object() || json.is_array()) {
    return fmt::format("an {}", json.type_name());
  }
  return printable(json.dump(-1, ' ', true, Json::error_handler_t::replace), longest_quote);
}

}  // namespace

void JsonField::fail(std::string_view reason) const {
  // It may quote what the file says, at any length.
  constexpr std::size_t longest = 500;
  const std::string shown = printable(reason, longest);
  throw Error(ErrorKind::data, path_.empty() ? fmt::format("{}: {}", *file_, shown)
                                             : fmt::format("{}: {}: {}", *file_, path_, shown));
}

void JsonField::require_keys(std::initializer_list<std::string_view> required,
                             std::initializer_list<std::string_view> optional) const {
  if (!json_->is_object()) {
    fail(fmt::format("must be an object, not {}", shown(*json_)));
  }
  for (const std::string_view key : required) {
    if (!has(key)) {
      fail(fmt::format("the key \"{}\" is missing", key));
    }
  }
  const auto known = [](const auto& keys, const std::string& key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  for (const auto& [key, value] : json_->items()) {
    if (!known(required, key) && !known(optional, key)) {
      std::string allowed;
      for (const auto& keys : {required, optional}) {
        for (const std::string_view name : keys) {
          allowed += fmt::format("{}\"{}\"", allowed.empty() ? "" : ", ", name);
        }
      }
      fail(fmt::format("unknown key \"{}\"; allowed are {}", printable(key, longest_quote),
                       allowed));
    }
  }
}

bool JsonField::has(std::string_view key) const { return json_->contains(key); }

JsonField JsonField::member(std::string_view key) const {
  const std::string prefix = path_.empty() ? "" : path_ + ".";
  return {file_, &json_->at(std::string(key)), prefix + printable(key, longest_quote)};
}

std::vector<std::pair<std::string, JsonField>> JsonField::members() const {
  if (!json_->is_object()) {
    fail(fmt::format("must be an object, not {}", shown(*json_)));
  }
  std::vector<std::pair<std::string, JsonField>> members;
  for (const auto& [key, value] : json_->items()) {
    members.emplace_back(key, member(key));
  }
  return members;
}

std::size_t JsonField::size() const {
  if (!json_->is_array()) {
    fail(fmt::format("must be an array, not {}", shown(*json_)));
  }
  return json_->size();
}

JsonField JsonField::element(std::size_t index) const {
  return {file_, &(*json_)[index], fmt::format("{}[{}]", path_, index)};
}

std::vector<JsonField> JsonField::elements() const {
  std::vector<JsonField> elements;
  elements.reserve(size());
  for (std::size_t i = 0; i < json_->size(); ++i) {
    elements.push_back(element(i));
  }
  return elements;
}

const std::string& JsonField::text() const {
  if (!json_->is_string()) {
    fail(fmt::format("must be a text, not {}", shown(*json_)));
  }
  return json_->get_ref<const std::string&>();
}

bool JsonField::boolean() const {
  if (!json_->is_boolean()) {
    fail(fmt::format("must be true or false, not {}", shown(*json_)));
  }
  return json_->get<bool>();
}

std::uint64_t JsonField::number(std::uint64_t low, std::uint64_t high) const {
  if (!json_->is_number_unsigned() || json_->get<std::uint64_t>() < low ||
      json_->get<std::uint64_t>() > high) {
    fail(fmt::format("must be a whole number from {} to {}, not {}", low, high, shown(*json_)));
  }
  return json_->get<std::uint64_t>();
}

}  // namespace nram
