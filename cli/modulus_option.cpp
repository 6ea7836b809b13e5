#include "modulus_option.hpp"

#include "number.hpp"
#include "output.hpp"
#include "suggestion.hpp"

#include <span>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/printable.hpp>

namespace nram::cli {
namespace {

// What CLI11 calls to check the option's value: the empty string means that all is well.
std::string complaint_about(const std::string& text, bool allows_both) {
  if (text == "cells" || text == "word" || parse_number(text).value_or(0) > 0) {
    return {};
  }
  const std::vector<std::string> names = {"cells", "word", "both"};
  return fmt::format("'{}' is not cells, word or a positive number below 2^64{}",
                     printable(text, longest_quote),
                     did_you_mean(text, std::span(names).first(allows_both ? 3 : 2)));
}

}  // namespace

void ModulusOption::add_to(CLI::App& verb, const std::string& otherwise) {
  verb.add_option("--modulus", text_,
                  "The integers wrap around at M: `cells` (the number of cells: every address is "
                  "in range), `word` (2^32 or 2^64, as the cells are) or a number; without it, " +
                      otherwise)
      ->check([](const std::string& text) { return complaint_about(text, false); })
      ->type_name("cells|word|K");
}

void ModulusOption::add_with_both_to(CLI::App& verb, const std::string& otherwise) {
  verb.add_option("--modulus", text_,
                  "The integers wrap around at M: `cells` (the number of cells), `word` (2^64), a "
                  "number, or `both`: every case modulo its cells and modulo 2^64; without it, " +
                      otherwise)
      ->check([](const std::string& text) {
        return text == "both" ? std::string() : complaint_about(text, true);
      })
      ->type_name("cells|word|K|both");
}

ModulusRule ModulusOption::rule(const Meaning& meaning) const {
  if (text_.empty()) {
    return ModulusRule::of(meaning);
  }
  if (text_ == "word") {
    return ModulusRule::word();
  }
  return text_ == "cells" ? ModulusRule::cells()
                          : ModulusRule::fixed(Modulus::of(parse_number(text_).value_or(0)));
}

void ModulusOption::complain_if_untested(const std::string& file, const Meaning& meaning) const {
  if (text_.empty() || !meaning.arithmetic) {
    return;
  }
  // Any other number is as good as both.
  const Arithmetic asked = arithmetic_named(text_).value_or(Arithmetic::both);
  if (!includes(*meaning.arithmetic, asked)) {
    complain(
        fmt::format("{} was learned and tested for --modulus {} only; what it does with {} has "
                    "not been tested",
                    file, name_of(*meaning.arithmetic), text_));
  }
}

}  // namespace nram::cli
