#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <nram/engine/modulus.hpp>
#include <nram/engine/order.hpp>

namespace nram::cli {

/// The decimal number that the whole text is, from 0 to 2^64 - 1; nothing if it is none.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// A value as a number of JSON: below 0 where it is so in this order, modulo the modulus.
nlohmann::ordered_json json_number(Word value, Order order, Modulus modulus = Modulus::word64());
/// Likewise, all of a memory.
nlohmann::ordered_json json_numbers(std::span<const Word> values, Order order,
                                    Modulus modulus = Modulus::word64());

/// "3 7 - 1": the texts of so many cells, of the first `most` of them if there are more, and then
/// how many there are.
std::string cells_text(std::size_t count, std::size_t most,
                       const std::function<std::string(std::size_t cell)>& text_of);

/// For CLI::Option::check: CLI11 itself takes -1 for 2^64 - 1, and so every number that is too
/// large.
std::string check_number(const std::string& text);

/// The number of a cell that the whole text is, from -2^63 to 2^64 - 1, those below 0 as two's
/// complement; nothing if it is none.
std::optional<std::uint64_t> parse_cell(std::string_view text);

/// As check_number, for what parse_cell takes.
std::string check_cell(const std::string& text);

}  // namespace nram::cli
