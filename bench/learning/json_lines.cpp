#include "json_lines.hpp"

#include <fstream>
#include <stdexcept>

#include <fmt/format.h>

namespace nram::bench {

void read_json_lines(const std::string& path, const std::string& what,
                     const std::function<void(const nlohmann::json&)>& add) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error("cannot read " + path);
  }
  unsigned number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    try {
      add(nlohmann::json::parse(line));
    } catch (const nlohmann::json::exception& error) {
      throw std::runtime_error(
          fmt::format("{}, line {}: not {} ({})", path, number, what, error.what()));
    }
  }
}

}  // namespace nram::bench
