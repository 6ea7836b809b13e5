#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nram/engine/module.hpp>

namespace nram {

/// Where a module argument or a new register value comes from: indices 0..R-1 are the registers at
/// the start of the step, R+q is the output of module q. This is also the order of the candidates
/// of the controller's selectors.
using Source = std::uint16_t;

/// The fixed part of a program: how many registers, and which modules run in every step, in order.
/// Immutable, valid by construction.
class Machine {
 public:
  static constexpr unsigned max_registers = 16;
  static constexpr unsigned max_modules = 64;
  static constexpr unsigned max_constants = 8;

  /// Throws Error(data) unless 1 ≤ registers ≤ max_registers, 1 ≤ modules ≤ max_modules, no name
  /// occurs twice, there are max_constants different CONST(k) at most, and there is one WRITE at
  /// most and behind it one READ (a step that faults must change nothing); Error(usage) if a module
  /// is neither a row of the standard table nor a CONST(k) nor a valid custom one. A prime behind a
  /// name tells a second one of a kind; files cannot name such.
  ///
  /// Modules that compare are made to do so in this order; those of a signed machine are no modules
  /// of an unsigned one, so that nobody forgets to pass the order on.
  Machine(unsigned registers, std::vector<Module> modules, Order order = Order::unsigned_numbers);

  /// `registers` registers and the 14 standard modules in the default order.
  static Machine standard(unsigned registers, Order order = Order::unsigned_numbers);
  /// `registers` registers and the modules of these names (of the standard table, or CONST(k)), in
  /// this order. Throws as the
  /// constructor and ModuleTable::at do.
  static Machine standard(unsigned registers, const std::vector<std::string_view>& modules,
                          Order order = Order::unsigned_numbers);

  [[nodiscard]] unsigned registers() const { return registers_; }
  [[nodiscard]] const std::vector<Module>& modules() const { return modules_; }
  /// Whether values are compared as unsigned or as signed numbers.
  [[nodiscard]] Order order() const { return order_; }

  /// The number of module arguments, over all modules.
  [[nodiscard]] unsigned arguments() const { return arguments_; }
  /// The index of the first argument of module q among all arguments.
  [[nodiscard]] unsigned first_argument(unsigned q) const { return first_argument_[q]; }
  /// How many sources an argument of module q can choose from: R + q.
  [[nodiscard]] unsigned argument_candidates(unsigned q) const { return registers_ + q; }
  /// How many sources a new register value can choose from: R + Q.
  [[nodiscard]] unsigned register_candidates() const {
    return registers_ + static_cast<unsigned>(modules_.size());
  }

  /// The number of zero-masks: 2^R. Bit i of a mask is set when register i is zero.
  [[nodiscard]] std::uint32_t masks() const { return std::uint32_t{1} << registers_; }

  /// "r2" for a register, the module's name for a module output.
  [[nodiscard]] std::string source_name(Source source) const;
  /// The inverse of source_name; nothing if there is no such source.
  [[nodiscard]] std::optional<Source> find_source(std::string_view name) const;
  [[nodiscard]] bool is_register(Source source) const { return source < registers_; }
  /// The source that is the output of module q.
  [[nodiscard]] Source output_of(unsigned q) const { return static_cast<Source>(registers_ + q); }

 private:
  unsigned registers_;
  Order order_;
  unsigned arguments_ = 0;
  std::vector<Module> modules_;
  std::vector<unsigned> first_argument_;
};

}  // namespace nram
