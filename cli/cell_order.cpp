#include "cell_order.hpp"

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/modulus_rule.hpp>

namespace nram::cli {

std::string name_of_input(const std::string& file) { return file == "-" ? "standard input" : file; }

void CellOrder::require(std::span<const MemoryView> memories, ElementType type) const {
  if (reinterpret || !compares || is_signed(type) == (order == Order::signed_numbers)) {
    return;
  }
  for (std::size_t i = 0; i < memories.size(); ++i) {
    const auto cell = first_negative(memories[i]);
    if (!cell) {
      continue;
    }
    const Modulus word = word_modulus(memories[i].type());
    const std::string where =
        fmt::format("{}: cell {} holds {}", name_of_memory(input, i, memories.size()), *cell,
                    number_text(memories[i].load(*cell), word,
                                is_signed(type) ? Order::signed_numbers : Order::unsigned_numbers));
    throw Error(
        ErrorKind::data,
        is_signed(type)
            ? fmt::format("{}, but {} compares unsigned numbers; learn a program for signed "
                          "ones (nram train --examples FILE --order signed), or say --reinterpret "
                          "if the bits are meant, not the number",
                          where, program)
            : fmt::format("{}, but {} compares signed numbers, of which the largest is {}; "
                          "say --reinterpret if the bits are meant, not the number",
                          where, program, word.largest() / 2));
  }
}

}  // namespace nram::cli
