#include <algorithm>
#include <array>
#include <cctype>

#include <nram/engine/reserved_words.hpp>

namespace nram {
namespace {

// The keywords of C17, C23, GNU C and C++23, in the order of the alphabet.
constexpr auto keywords = std::to_array<std::string_view>({
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "decltype",
    "default",
    "delete",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "int",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "struct",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "typeof",
    "typeof_unqual",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
    "xor_eq",
});

// Not keywords, but not free either: the program's entry, and macros that compilers predefine.
constexpr auto taken = std::to_array<std::string_view>({"i386", "linux", "main", "unix"});

// What <stdint.h> defines: uint32_t, INT8_MAX, UINT64_C...
bool is_of_stdint(std::string_view name) {
  const bool type = (name.starts_with("int") || name.starts_with("uint")) && name.ends_with("_t");
  const bool upper =
      std::none_of(name.begin(), name.end(), [](unsigned char c) { return std::islower(c) != 0; });
  const auto ends = std::to_array<std::string_view>({"_MAX", "_MIN", "_C", "_WIDTH"});
  const bool macro = upper && std::any_of(ends.begin(), ends.end(), [&](std::string_view end) {
                       return name.ends_with(end);
                     });
  return type || macro;
}

}  // namespace

bool is_identifier(std::string_view name) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::all_of(name.begin(), name.end(), fits);
}

bool is_reserved_word(std::string_view name) {
  const bool of_the_compiler =
      name.find("__") != std::string_view::npos ||
      (name.size() > 1 && name[0] == '_' && std::isupper(static_cast<unsigned char>(name[1])) != 0);
  const bool of_the_header =
      name.starts_with("NRAM_") || name == "nram_run" || name == "nram_outcome";
  return of_the_compiler || of_the_header || is_of_stdint(name) ||
         std::binary_search(keywords.begin(), keywords.end(), name) ||
         std::binary_search(taken.begin(), taken.end(), name);
}

}  // namespace nram
