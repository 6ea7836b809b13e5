#pragma once

// What the modules of a machine compute, written in C.

#include "source/step_text.hpp"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/module.hpp>
#include <nram/engine/modulus.hpp>

namespace nram::source {

// Arithmetic in C: all values are uint64_t, below the modulus, which is 2^64, 2^32, a number, or
// the number of cells (`m`).
class CArithmetic {
 public:
  CArithmetic(std::string prefix, std::optional<Modulus> modulus)
      : prefix_(std::move(prefix)), modulus_(modulus) {}

  [[nodiscard]] bool is_word64() const { return modulus_ == Modulus::word64(); }
  [[nodiscard]] bool is_word32() const { return modulus_ == Modulus::word32(); }
  /// Whether code in which these values stand has to have the modulus.
  [[nodiscard]] static bool needs_modulus(const std::string& code) {
    return mentions_name(code, "m");
  }

  std::string number(Word value) {
    if (modulus_) {
      return literal(modulus_->reduce(value));
    }
    if (value == 0) {
      return literal(0);
    }
    return fmt::format("({} % m)", literal(value));
  }

  std::string value(const Module& module, const std::string& a, const std::string& b) {
    switch (module.opcode) {
      case Opcode::zero:
        return number(0);
      case Opcode::one:
        return number(1);
      case Opcode::two:
        return number(2);
      case Opcode::constant:
        return number(module.constant);
      case Opcode::inc:
        return natural() ? wrapped(a + " + 1") : call("add", a, "1");
      case Opcode::dec:
        return natural() ? wrapped(a + " - 1") : call("sub", a, "1");
      case Opcode::add:
        return natural() ? wrapped(a + " + " + b) : call("add", a, b);
      case Opcode::sub:
        return natural() ? wrapped(a + " - " + b) : call("sub", a, b);
      default:
        return compared(module, a, b);
    }
  }

  /// The functions that the code calls.
  [[nodiscard]] std::string helpers(const std::string& code) const {
    std::string text;
    if (mentions_name(code, prefix_ + "_add")) {
      text += fmt::format(
          "static uint64_t {}_add(uint64_t a, uint64_t b, uint64_t m) {{\n"
          "  return a < m - b ? a + b : a - (m - b);\n}}\n\n",
          prefix_);
    }
    if (mentions_name(code, prefix_ + "_sub")) {
      text += fmt::format(
          "static uint64_t {}_sub(uint64_t a, uint64_t b, uint64_t m) {{\n"
          "  return a >= b ? a - b : a + (m - b);\n}}\n\n",
          prefix_);
    }
    if (mentions_name(code, prefix_ + "_place")) {
      text += fmt::format(
          "/* Where a signed number stands among all: those from ceil(m / 2) on are "
          "below 0. */\n"
          "static uint64_t {}_place(uint64_t a, uint64_t m) {{\n"
          "  const uint64_t below_zero = m / 2;\n"
          "  return a < m - below_zero ? a + below_zero : a - (m - below_zero);\n"
          "}}\n\n",
          prefix_);
    }
    return text;
  }

  // The modulus as an expression, where there is one.
  [[nodiscard]] std::string modulus_text() const {
    return modulus_ ? literal(modulus_->value()) : "count == 0 ? 1 : count";
  }

 private:
  // Compilers warn of comparisons whose outcome is certain.
  std::string compared(const Module& module, const std::string& a, const std::string& b) {
    const std::string none = literal(0);
    switch (module.opcode) {
      case Opcode::eq:
        return a == b ? number(1) : truth(a + " == " + b);
      case Opcode::lt:
        return a == b || b == none ? none : truth(a + " < " + b);
      case Opcode::le:
        return a == b || a == none ? number(1) : truth(a + " <= " + b);
      case Opcode::min:
        return a == b || a == none ? a : b == none ? b : choice(a + " <= " + b, a, b);
      case Opcode::max:
        return a == b || b == none ? a : a == none ? b : choice(a + " >= " + b, a, b);
      case Opcode::signed_lt:
        return a == b ? none : truth(place(a) + " < " + place(b));
      case Opcode::signed_le:
        return a == b ? number(1) : truth(place(a) + " <= " + place(b));
      case Opcode::signed_min:
        return a == b ? a : choice(place(a) + " <= " + place(b), a, b);
      case Opcode::signed_max:
        return a == b ? a : choice(place(a) + " >= " + place(b), a, b);
      default:
        throw Error(ErrorKind::usage, "no source for module " + module.name);
    }
  }
  // Modulo 1 there is no 1.
  std::string truth(const std::string& condition) {
    return fmt::format("{} ? {} : {}", condition, number(1), literal(0));
  }
  static std::string literal(Word value) { return fmt::format("UINT64_C({})", value); }
  [[nodiscard]] bool natural() const { return is_word64() || is_word32(); }
  [[nodiscard]] std::string wrapped(const std::string& text) const {
    return is_word64() ? text : fmt::format("({}) & UINT64_C(0xffffffff)", text);
  }
  std::string call(const std::string& helper, const std::string& a, const std::string& b) {
    // Modulo 1 all numbers are 0, 1 among them.
    const std::string second = b == "1" ? number(1) : b;
    return fmt::format("{}_{}({}, {}, m)", prefix_, helper, a, second);
  }
  static std::string choice(const std::string& condition, const std::string& a,
                            const std::string& b) {
    return fmt::format("{} ? {} : {}", condition, a, b);
  }
  std::string place(const std::string& a) {
    if (natural()) {
      return fmt::format("({} ^ UINT64_C({}))", a,
                         is_word64() ? "0x8000000000000000" : "0x80000000");
    }
    return fmt::format("{}_place({}, m)", prefix_, a);
  }

  std::string prefix_;
  std::optional<Modulus> modulus_;
};

}  // namespace nram::source
