#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/file_kind.hpp>

namespace nram {
namespace {

struct KindRow {
  FileKind kind;
  std::string_view name;
  std::string_view extension;
};

constexpr std::array<KindRow, 9> kinds{{
    {FileKind::model, "a model", ".safetensors"},
    {FileKind::program, "a program", ".json"},
    {FileKind::examples, "a file of examples", ".jsonl"},
    {FileKind::array, "an array", ".npy"},
    {FileKind::memory_text, "a text of memories", ".txt"},
    {FileKind::object, "an object file", ".o"},
    {FileKind::page, "a page", ".html"},
    {FileKind::c_source, "a C source", ".c"},
    {FileKind::python_source, "a Python module", ".py"},
}};

const KindRow& row_of_kind(FileKind kind) { return kinds.at(static_cast<std::size_t>(kind)); }

// ".npy" of "a/b.npy"; empty for "a.b/c" and for ".hidden".
std::string_view extension_of_name(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot);
}

bool may_be_anything(const std::string& path) {
  return path == "-" || path.starts_with("/dev/") || path.starts_with("/proc/");
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// What names with this extension hold, if nram knows.
std::optional<FileKind> kind_of_extension(const std::string& extension) {
  const auto* const row = std::find_if(kinds.begin(), kinds.end(),
                                       [&](const KindRow& r) { return r.extension == extension; });
  return row == kinds.end() ? std::nullopt : std::optional(row->kind);
}

[[noreturn]] void refuse_name(const std::string& path, const std::string& why) {
  throw Error(ErrorKind::usage, fmt::format("{}: {}", path, why));
}

}  // namespace

std::string_view name_of(FileKind kind) { return row_of_kind(kind).name; }

std::string_view extension_of(FileKind kind) { return row_of_kind(kind).extension; }

void require_name_for(FileKind kind, const std::string& path) {
  if (may_be_anything(path)) {
    return;
  }
  const std::string extension(extension_of_name(path));
  const KindRow& wanted = row_of_kind(kind);
  if (extension == wanted.extension) {
    return;
  }
  const auto named = kind_of_extension(lower_case(extension));
  if (named && *named != kind) {
    refuse_name(path, fmt::format("{} is the name of {}; {} is named {}", extension,
                                  name_of(*named), wanted.name, wanted.extension));
  }
  const bool free_name = kind == FileKind::model || kind == FileKind::program;
  const bool bare_text =
      extension.empty() && (kind == FileKind::memory_text || kind == FileKind::examples);
  if (!free_name && !bare_text) {
    refuse_name(path, fmt::format("{} is named {}", wanted.name, wanted.extension));
  }
}

FileKind memory_kind_of_name(const std::string& path) {
  const std::string extension(extension_of_name(path));
  if (extension == extension_of(FileKind::array)) {
    return FileKind::array;
  }
  if (may_be_anything(path) || extension.empty() ||
      extension == extension_of(FileKind::memory_text)) {
    return FileKind::memory_text;
  }
  const bool is_case = lower_case(extension) == extension_of(FileKind::array);
  const bool is_zip = lower_case(extension) == ".npz";
  refuse_name(path,
              fmt::format("memories are written as an array (.npy) or as a text (.txt, or a name "
                          "without an extension), not as {}{}",
                          extension,
                          is_case  ? "; write the extension in small letters"
                          : is_zip ? "; write a .npy and pack it with numpy.savez"
                                   : ""));
}

}  // namespace nram
