#include "json_schema.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <stdexcept>
#include <string>

namespace nram::test {
namespace {

using Json = nlohmann::json;

bool has_type(const Json& value, const std::string& type) {
  return type == "integer" ? value.is_number_integer() : type == value.type_name();
}

class Validator {
 public:
  explicit Validator(const Json& root) : root_(root) {}

  std::string check(const Json& schema, const Json& value, const std::string& path) const {
    for (const auto& [keyword, operand] : schema.items()) {
      const std::string wrong = check_keyword(schema, keyword, operand, value, path);
      if (!wrong.empty()) {
        return wrong;
      }
    }
    return "";
  }

 private:
  std::string check_keyword(const Json& schema, const std::string& keyword, const Json& operand,
                            const Json& value, const std::string& path) const {
    const auto unless = [&](bool good) { return good ? "" : path + ": violates " + keyword; };
    if (keyword == "properties" || keyword == "additionalProperties" ||
        keyword == "propertyNames") {
      return check_members(schema, keyword, operand, value, path);
    }
    if (keyword == "items") {
      return check_items(operand, value, path);
    }
    if (keyword == "$ref") {
      return check(root_.at(Json::json_pointer(operand.get<std::string>().substr(1))), value, path);
    }
    if (keyword == "anyOf") {
      return unless(std::any_of(operand.begin(), operand.end(), [&](const Json& choice) {
        return check(choice, value, path).empty();
      }));
    }
    if (keyword == "type") {
      return unless(has_type(value, operand));
    }
    if (keyword == "const") {
      return unless(value == operand);
    }
    if (keyword == "enum") {
      return unless(std::find(operand.begin(), operand.end(), value) != operand.end());
    }
    if (keyword == "required") {
      return unless(!value.is_object() ||
                    std::all_of(operand.begin(), operand.end(),
                                [&](const Json& key) { return value.contains(key); }));
    }
    if (keyword == "pattern") {
      return unless(!value.is_string() ||
                    std::regex_search(value.get<std::string>(), pattern(operand)));
    }
    if (keyword == "minimum") {
      return unless(!value.is_number() || value >= operand);
    }
    if (keyword == "maximum") {
      return unless(!value.is_number() || value <= operand);
    }
    if (keyword == "minItems") {
      return unless(!value.is_array() || value.size() >= operand.get<std::size_t>());
    }
    if (keyword == "maxItems") {
      return unless(!value.is_array() || value.size() <= operand.get<std::size_t>());
    }
    if (keyword == "uniqueItems") {
      Json sorted = value;
      std::sort(sorted.begin(), sorted.end());
      return unless(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
    }
    const bool is_remark = keyword == "$schema" || keyword == "$id" || keyword == "$defs" ||
                           keyword == "title" || keyword == "description" || keyword == "default";
    if (!is_remark) {
      throw std::invalid_argument("unknown keyword " + keyword);
    }
    return "";
  }

  std::string check_members(const Json& schema, const std::string& keyword, const Json& operand,
                            const Json& value, const std::string& path) const {
    if (!value.is_object()) {
      return "";
    }
    for (const auto& [key, member] : value.items()) {
      const bool named = schema.contains("properties") && schema["properties"].contains(key);
      const std::string where = path + "." + key;
      std::string wrong;
      if (keyword == "properties" && named) {
        wrong = check(operand.at(key), member, where);
      } else if (keyword == "propertyNames") {
        wrong = check(operand, Json(key), where);
      } else if (keyword == "additionalProperties" && !named) {
        wrong = operand == Json(false) ? where + ": unknown" : check(operand, member, where);
      }
      if (!wrong.empty()) {
        return wrong;
      }
    }
    return "";
  }

  std::string check_items(const Json& schema, const Json& value, const std::string& path) const {
    for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
      const std::string wrong = check(schema, value[i], path + "[" + std::to_string(i) + "]");
      if (!wrong.empty()) {
        return wrong;
      }
    }
    return "";
  }

  // Compiling an expression takes much longer than a search.
  const std::regex& pattern(const std::string& text) const {
    return patterns_.try_emplace(text, text).first->second;
  }

  const Json& root_;
  mutable std::map<std::string, std::regex> patterns_;
};

}  // namespace

std::string schema_violation(const Json& schema, const Json& value) {
  return Validator(schema).check(schema, value, "$");
}

}  // namespace nram::test
