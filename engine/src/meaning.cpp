#include <charconv>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/meaning.hpp>

namespace nram {
namespace {

std::uint64_t steps_in(const std::string& text) {
  std::uint64_t steps = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, steps);
  if (error != std::errc{} || end != last || steps == 0) {
    throw Error(ErrorKind::data,
                fmt::format("metadata.steps: must be a whole number from 1 to 2^64-1, the steps "
                            "after which a run ends, not \"{}\"",
                            text.substr(0, 40)));
  }
  return steps;
}

Arithmetic arithmetic_in(const std::string& text) {
  const auto arithmetic = arithmetic_named(text);
  if (!arithmetic) {
    throw Error(
        ErrorKind::data,
        fmt::format("metadata.arithmetic: must be \"word\", \"cells\" or \"both\", what the "
                    "program was tested for, not \"{}\"",
                    text.substr(0, 40)));
  }
  return *arithmetic;
}

}  // namespace

std::string_view name_of(Arithmetic arithmetic) {
  switch (arithmetic) {
    case Arithmetic::word:
      return "word";
    case Arithmetic::cells:
      return "cells";
    case Arithmetic::both:
      break;
  }
  return "both";
}

std::optional<Arithmetic> arithmetic_named(std::string_view name) {
  for (const Arithmetic one : {Arithmetic::word, Arithmetic::cells, Arithmetic::both}) {
    if (name == name_of(one)) {
      return one;
    }
  }
  return std::nullopt;
}

Meaning meaning_of(const std::map<std::string, std::string>& metadata) {
  Meaning meaning;
  if (const auto found = metadata.find("arithmetic"); found != metadata.end()) {
    meaning.arithmetic = arithmetic_in(found->second);
  }
  if (const auto found = metadata.find("steps"); found != metadata.end()) {
    meaning.steps = steps_in(found->second);
  }
  return meaning;
}

}  // namespace nram
