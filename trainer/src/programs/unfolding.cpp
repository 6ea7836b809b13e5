#include "programs/unfolding.hpp"

#include <algorithm>

namespace nram {

Unfolding::Unfolding(const Machine& machine, std::span<const unsigned> modules,
                     const MemoryModules& memory, const Circuit& circuit)
    : machine_(machine),
      modules_(modules),
      memory_(memory),
      circuit_(circuit),
      live_(live_modules(machine, circuit)),
      early_(modules.size()),
      holder_(modules.size()),
      registers_(machine.registers()) {
  put_off();
  find_holders();
}

template <typename Action>
void Unfolding::for_each_argument(unsigned module, const Action& action) const {
  const unsigned first = machine_.first_argument(module);
  for (unsigned a = 0; a < machine_.modules()[module].arity; ++a) {
    action(circuit_.arguments[first + a]);
  }
}

template <typename Mapping>
void Unfolding::connect(unsigned module, const Machine& wide, const Mapping& mapped,
                        Circuit& circuit) const {
  unsigned argument = wide.first_argument(modules_[module]);
  for_each_argument(module, [&](Source source) { circuit.arguments[argument++] = mapped(source); });
}

// The last modules first, so that all that use an output are known before it.
void Unfolding::put_off() {
  std::vector<unsigned> taken;  // modules of the target in the last step
  for (auto k = static_cast<unsigned>(modules_.size()); k-- > 0;) {
    if (!live_[k]) {
      continue;
    }
    // A constant is the same whoever asks for it.
    const bool another =
        machine_.modules()[k].arity != 0 && std::ranges::find(taken, modules_[k]) != taken.end();
    early_[k] = early_[k] || another;
    in_two_ = in_two_ || early_[k];
    if (!early_[k]) {
      taken.push_back(modules_[k]);
    }
    for_each_argument(k, [&](Source source) {
      if (!machine_.is_register(source)) {
        const unsigned argument = source - machine_.registers();
        const bool in_time = !early_[k] && modules_[argument] < modules_[k];
        early_[argument] = early_[argument] || !in_time;
      }
    });
  }
}

void Unfolding::find_holders() {
  const unsigned registers = machine_.registers();
  std::vector<bool> needed(registers);  // in the last step
  std::vector<bool> kept(modules_.size());
  const auto need = [&](Source source) {
    if (machine_.is_register(source)) {
      needed[source] = true;
    } else if (early_[source - registers]) {
      kept[source - registers] = true;
    }
  };
  std::ranges::for_each(circuit_.registers, need);
  for (unsigned k = 0; k < modules_.size(); ++k) {
    if (live_[k] && !early_[k]) {
      for_each_argument(k, need);
    }
  }
  // The register that an output is for anyway holds it best.
  for (unsigned r = 0; r < registers; ++r) {
    const Source source = circuit_.registers[r];
    if (!needed[r] && !machine_.is_register(source) && kept[source - registers] &&
        !holder_[source - registers]) {
      holder_[source - registers] = r;
      needed[r] = true;
    }
  }
  for (unsigned k = 0; k < modules_.size(); ++k) {
    if (kept[k] && !holder_[k]) {
      const auto free = std::ranges::find(needed, false);
      holder_[k] = static_cast<unsigned>(free - needed.begin());
      if (free == needed.end()) {
        needed.push_back(true);
      } else {
        *free = true;
      }
    }
  }
  registers_ = static_cast<unsigned>(needed.size());
}

Circuit Unfolding::first(const Machine& wide) const {
  Circuit circuit = blank_circuit(wide);
  const auto mapped = [&](Source source) {
    return machine_.is_register(source) ? source
                                        : wide.output_of(modules_[source - machine_.registers()]);
  };
  memory_.leave_alone(wide, mapped(address_to_leave_alone()), circuit);
  for (unsigned k = 0; k < modules_.size(); ++k) {
    if (early_[k]) {
      connect(k, wide, mapped, circuit);
    }
    if (holder_[k]) {
      circuit.registers[*holder_[k]] = wide.output_of(modules_[k]);
    }
  }
  return circuit;
}

// An address that is in range if the whole step is: one that is read anyway, or is written in the
// end. If these are not known in time, it is anything.
Source Unfolding::address_to_leave_alone() const {
  Source address = 0;
  for (unsigned k = 0; k < modules_.size(); ++k) {
    if (live_[k] && machine_.modules()[k].touches_memory()) {
      const Source source = circuit_.arguments[machine_.first_argument(k)];
      if (early_[k]) {
        return source;
      }
      address = machine_.is_register(source) ? source : address;
    }
  }
  return address;
}

Circuit Unfolding::last(const Machine& wide) const {
  Circuit circuit = blank_circuit(wide);
  const auto mapped = [&](Source source) {
    if (machine_.is_register(source)) {
      return source;
    }
    const unsigned k = source - machine_.registers();
    return holder_[k] ? static_cast<Source>(*holder_[k]) : wide.output_of(modules_[k]);
  };
  for (unsigned k = 0; k < modules_.size(); ++k) {
    if (live_[k] && !early_[k]) {
      connect(k, wide, mapped, circuit);
    }
  }
  std::ranges::transform(circuit_.registers, circuit.registers.begin(), mapped);
  return circuit;
}

}  // namespace nram
