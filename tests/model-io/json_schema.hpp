#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace nram::test {

/// Validates a value against the part of JSON Schema 2020-12 that program.schema.json uses. Returns
/// what is wrong, or nothing. Throws std::invalid_argument for a keyword that it does not know, so
/// that no part of a schema goes unchecked.
std::string schema_violation(const nlohmann::json& schema, const nlohmann::json& value);

}  // namespace nram::test
