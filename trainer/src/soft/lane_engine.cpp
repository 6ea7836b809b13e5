#include "instruction_set/targets.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "soft/lane_engine.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "soft/float_lanes.hpp"
#include "soft/lane_engine.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::soft::HWY_NAMESPACE {

template <typename T>
LaneEngine<T>::LaneEngine(const Machine& machine, const ControllerShape& controller)
    : LaneEngine(machine, Controller(std::in_place_type<SoftController>, controller,
                                     SelectorLayout(machine), machine.registers())) {}

template <typename T>
LaneEngine<T>::LaneEngine(const Machine& machine, unsigned states)
    : LaneEngine(machine, Controller(std::in_place_type<AutomatonController>, machine, states)) {}

template <typename T>
LaneEngine<T>::LaneEngine(const Machine& machine, Controller controller)
    : machine_(machine), layout_(machine), controller_(std::move(controller)) {
  for (unsigned r = 0; r < machine_.registers(); ++r) {
    full_.push_back(std::size_t{r} * float_lanes);
  }
  const auto modules = static_cast<unsigned>(machine_.modules().size());
  write_ = modules;
  for (unsigned q = 0; q < modules; ++q) {
    const Module& module = machine_.modules()[q];
    PlannedModule planned{};
    planned.kernel = module.arity == 0 ? nullptr : &soft_kernel<T>(module.opcode);
    planned.support = module.arity == 0 ? Support::constant : planned.kernel->support;
    planned.first_argument = machine_.first_argument(q);
    planned.arity = module.arity;
    planned.full = static_cast<unsigned>(full_modules_.size());
    planned.binary = static_cast<unsigned>(binary_modules_.size());
    planned.constant = static_cast<unsigned>(constant_modules_.size());
    modules_.push_back(planned);
    switch (planned.support) {
      case Support::full:
        full_modules_.push_back(q);
        full_.push_back(std::size_t{machine_.output_of(q)} * float_lanes);
        break;
      case Support::binary:
        binary_modules_.push_back(q);
        break;
      case Support::constant:
        constant_modules_.push_back(q);
        break;
    }
    if (module.opcode == Opcode::write) {
      write_ = q;
    }
  }
  selectors_ = selectors_of(layout_);
  for (const Selector& selector : selectors_) {
    selector_offsets_.push_back(std::size_t{selector.first} * float_lanes);
  }
}

template <typename T>
void LaneEngine<T>::prepare(const LaneGroup& group, Tape<T>& tape) const {
  const std::size_t m = group.modulus;
  const std::size_t t = group.steps;
  const std::size_t r = machine_.registers();
  const std::size_t selectors = selectors_.size();
  tape.memory.reserve(writes() ? t + 1 : 1, m * m);
  tape.registers.reserve(t + 1, r * m);
  tape.outputs.reserve(t, full_modules_.size() * m + binary_modules_.size() * 2);
  tape.arguments.reserve(t, machine_.arguments() * m);
  tape.probabilities.reserve(t, layout_.outputs);
  tape.factors.reserve(t, r + m);
  tape.finish.reserve(t);
  tape.alive.reserve(t + 1);
  tape.share.reserve(t);
  tape.loss.reserve(t);
  tape.blame.reserve(t);
  tape.slope.reserve(t);
  tape.scale.reserve(1);
  tape.weight.reserve(m);
  tape.memory_gradient.reserve(m * m);
  tape.register_gradient.reserve(r * m);
  tape.selector_gradient.reserve(selectors * m);
  tape.output_gradient.reserve(m);
  tape.probability_gradient.reserve(layout_.outputs);
  tape.input_gradient.reserve(r);
  tape.indecision.reserve(2);
  std::visit(
      [&](const auto& controller) {
        const std::size_t rows = controller.state_rows();
        tape.controller.reserve(t, rows);
        tape.carry.reserve(controller.carry_rows());
        const std::size_t scratch = controller.scratch(group.steps) / float_lanes;
        tape.scratch.reserve(std::max({2 * m, scratch, rows}));
      },
      controller_);

  tape.selected.resize(selectors);
  for (std::size_t s = 0; s < selectors; ++s) {
    tape.selected[s] = tape.selector_gradient[s * m];
  }
  const Modulus modulus = Modulus::of(m);
  tape.constants.clear();
  for (const unsigned q : constant_modules_) {
    const Module& module = machine_.modules()[q];
    tape.constants.push_back(
        module.touches_memory() ? 0 : static_cast<unsigned>(module.value(0, 0, modulus)));
  }
  tape.tables.resize(modules_.size());
  for (std::size_t q = 0; q < modules_.size(); ++q) {
    if (modules_[q].kernel != nullptr && modules_[q].kernel->opcode == Opcode::custom) {
      value_table(machine_.modules()[q], group.modulus, tape.tables[q]);
    }
  }
}

// Initial values become distributions; cells that count in no lane are left out of the lists.
template <typename T>
void LaneEngine<T>::load(const LaneGroup& group, Tape<T>& tape) const {
  const std::size_t m = group.modulus;
  const auto one_hot = [m](const std::vector<std::uint16_t>& values, T* rows) {
    const std::size_t count = values.size() / float_lanes;
    std::fill_n(rows, count * m * float_lanes, T(0));
    for (std::size_t i = 0; i < count; ++i) {
      for (unsigned l = 0; l < float_lanes; ++l) {
        rows[(i * m + values[i * float_lanes + l]) * float_lanes + l] = T(1);
      }
    }
  };
  one_hot(group.initial_memory, tape.memory[0]);
  one_hot(group.initial_registers, tape.registers[0]);

  tape.targets.clear();
  tape.result_cells.clear();
  std::size_t counted = 0;
  for (std::size_t i = 0; i < m; ++i) {
    const auto used = [&](const auto& array) {
      return std::any_of(array.begin() + static_cast<std::ptrdiff_t>(i * float_lanes),
                         array.begin() + static_cast<std::ptrdiff_t>((i + 1) * float_lanes),
                         [](auto value) { return value != 0; });
    };
    if (used(group.weight)) {
      for (unsigned l = 0; l < float_lanes; ++l) {
        const std::size_t at = i * float_lanes + l;
        tape.targets.push_back(
            static_cast<std::uint32_t>((i * m + group.expected[at]) * float_lanes + l));
        tape.weight[counted][l] = static_cast<T>(group.weight[at]);
      }
      ++counted;
    }
    if (used(group.is_result)) {
      tape.result_cells.push_back(static_cast<unsigned>(i));
    }
  }
  for (unsigned l = 0; l < float_lanes; ++l) {
    tape.scale[0][l] = static_cast<T>(group.scale[l]);
  }
}

// What mixtures read in step t: registers, then module outputs.
template <typename T>
void LaneEngine<T>::point_at_sources(unsigned modulus, unsigned t, Tape<T>& tape) const {
  tape.full.clear();
  tape.binary.clear();
  for (unsigned r = 0; r < machine_.registers(); ++r) {
    tape.full.push_back(tape.registers[t] + std::size_t{r} * modulus * float_lanes);
  }
  for (const unsigned q : full_modules_) {
    tape.full.push_back(output_of(q, modulus, t, tape));
  }
  for (const unsigned q : binary_modules_) {
    tape.binary.push_back(output_of(q, modulus, t, tape));
  }
}

template <typename T>
ModuleCall<T> LaneEngine<T>::call(unsigned module, unsigned modulus, unsigned t,
                                  Tape<T>& tape) const {
  const PlannedModule& planned = modules_[module];
  const std::size_t size = std::size_t{modulus} * float_lanes;
  ModuleCall<T> call{modulus};
  call.a = tape.arguments[t] + planned.first_argument * size;
  call.b = planned.arity == 2 ? call.a + size : nullptr;
  call.out = output_of(module, modulus, t, tape);
  // A READ after the WRITE sees what has just been written.
  call.memory = tape.memory[writes() && module > write_ ? t + 1 : (writes() ? t : 0)];
  call.new_memory = module == write_ ? tape.memory[t + 1] : nullptr;
  call.table = tape.tables[module].data();
  call.scratch = tape.scratch.data();
  return call;
}

#define NRAM_INSTANTIATE(T)                                                          \
  template LaneEngine<T>::LaneEngine(const Machine&, const ControllerShape&);        \
  template LaneEngine<T>::LaneEngine(const Machine&, unsigned);                      \
  template void LaneEngine<T>::prepare(const LaneGroup&, Tape<T>&) const;            \
  template void LaneEngine<T>::load(const LaneGroup&, Tape<T>&) const;               \
  template void LaneEngine<T>::point_at_sources(unsigned, unsigned, Tape<T>&) const; \
  template ModuleCall<T> LaneEngine<T>::call(unsigned, unsigned, unsigned, Tape<T>&) const;
NRAM_INSTANTIATE(float)
NRAM_INSTANTIATE(double)
#undef NRAM_INSTANTIATE

}  // namespace nram::soft::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
