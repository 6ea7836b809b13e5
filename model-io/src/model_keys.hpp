#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace nram::model_keys {

// The keys of a model file's `__metadata__` that are not Model::metadata.
inline constexpr std::string_view format = "format";
inline constexpr std::string_view version = "version";
inline constexpr std::string_view registers = "registers";
inline constexpr std::string_view modules = "modules";
inline constexpr std::string_view controller = "controller";
inline constexpr std::string_view hidden = "hidden";
inline constexpr std::string_view activation = "activation";
// Only there if it is signed, so that readers that do not know it refuse nothing else.
inline constexpr std::string_view order = "order";

inline constexpr std::array all{format,     version, registers, modules,
                                controller, hidden,  activation};

inline bool reserved(std::string_view key) {
  return key == order || std::find(all.begin(), all.end(), key) != all.end();
}

inline constexpr std::string_view format_name = "nram-model";
inline constexpr std::string_view format_version = "1";
inline constexpr std::string_view metadata = "__metadata__";

}  // namespace nram::model_keys
