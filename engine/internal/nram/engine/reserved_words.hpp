#pragma once

#include <string_view>

namespace nram {

/// Whether it consists of letters, digits and _, and does not begin with a digit.
bool is_identifier(std::string_view name);

/// Whether a header that declares a function of this name would not compile as C or as C++: it is a
/// keyword, a macro or type that every program has, or a name of the header itself.
bool is_reserved_word(std::string_view name);

}  // namespace nram
