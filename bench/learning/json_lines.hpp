#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

namespace nram::bench {

/// Calls `add` with each line of a file. Throws std::runtime_error with path and line number if it
/// cannot be read, is not JSON, or `add` throws nlohmann::json::exception: then it is not `what`.
void read_json_lines(const std::string& path, const std::string& what,
                     const std::function<void(const nlohmann::json&)>& add);

}  // namespace nram::bench
