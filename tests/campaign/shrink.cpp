#include "shrink.hpp"

#include <algorithm>
#include <utility>

#include <nram/engine/error.hpp>

namespace nram::test {
namespace {

using Clock = std::chrono::steady_clock;

// A program in parts that may be changed.
struct Parts {
  Machine machine;
  std::vector<Circuit> circuits;
  std::vector<Rule> rules;

  explicit Parts(const Program& program)
      : machine(program.machine()), circuits(program.circuits()), rules(program.rules()) {}
};

class Shrinking {
 public:
  Shrinking(Trial trial, const std::function<bool(const Trial&)>& fails, Clock::time_point end)
      : trial_(std::move(trial)), fails_(fails), end_(end) {}

  Trial run() {
    fewer_memories();
    do {
      changed_ = false;
      simpler_options();
      fewer_cells();
      smaller_values();
      fewer_rules();
      simpler_circuits();
      fewer_circuits();
      fewer_modules();
    } while (changed_ && Clock::now() < end_);
    return std::move(trial_);
  }

 private:
  // Keeps what `change` makes of the trial if that still fails.
  template <typename Change>
  bool attempt(Change change) {
    if (Clock::now() >= end_) {
      return false;
    }
    Trial smaller = trial_;
    change(smaller);
    if (!fails_(smaller)) {
      return false;
    }
    trial_ = std::move(smaller);
    changed_ = true;
    return true;
  }

  // The same for the program; `change` says whether there is anything to change.
  template <typename Change>
  bool attempt_program(Change change) {
    Parts parts(trial_.program);
    if (!change(parts)) {
      return false;
    }
    try {
      const Program program(parts.machine, std::move(parts.circuits), std::move(parts.rules));
      return attempt([&](Trial& trial) { trial.program = program; });
    } catch (const Error&) {  // no program
      return false;
    }
  }

  void fewer_memories() {
    for (std::size_t i = 0; i < trial_.memories.size(); ++i) {
      if (attempt([&](Trial& trial) { trial.memories = {trial.memories[i]}; })) {
        return;
      }
    }
    for (std::size_t i = trial_.memories.size(); i-- > 0 && trial_.memories.size() > 1;) {
      attempt([&](Trial& trial) {
        trial.memories.erase(trial.memories.begin() + static_cast<std::ptrdiff_t>(i));
      });
    }
  }

  void simpler_options() {
    if (trial_.how.progress) {
      attempt([](Trial& trial) { trial.how.progress = false; });
    }
    if (!trial_.how.options.registers.empty()) {
      attempt([](Trial& trial) { trial.how.options.registers.clear(); });
    }
    if (trial_.threads != 1) {
      attempt([](Trial& trial) { trial.threads = 1; });
    }
    if (trial_.takeover != 0) {
      attempt([](Trial& trial) { trial.takeover = 0; });
    }
    for (std::uint64_t less = trial_.how.options.step_limit / 2 + 1; less != 0; less /= 2) {
      while (less <= trial_.how.options.step_limit &&
             attempt([&](Trial& trial) { trial.how.options.step_limit -= less; })) {
      }
    }
  }

  // `count` cells from the end or the beginning on; a modulus that is the number of cells stays so.
  bool remove_cells(std::size_t first, std::size_t count) {
    return attempt([&](Trial& trial) {
      const std::size_t cells = trial.memories.front().size();
      const bool as_many = trial.how.options.modulus == Modulus::of(cells);
      for (std::vector<Word>& memory : trial.memories) {
        const auto begin = memory.begin() + static_cast<std::ptrdiff_t>(first);
        memory.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
      }
      if (as_many) {
        const Modulus modulus = Modulus::of(cells - count);
        trial.how.options.modulus = modulus;
        for (std::vector<Word>& memory : trial.memories) {
          std::ranges::transform(memory, memory.begin(), [&](Word v) { return modulus.reduce(v); });
        }
        for (Word& value : trial.how.options.registers) {
          value = modulus.reduce(value);
        }
      }
    });
  }

  void fewer_cells() {
    for (std::size_t count = trial_.memories.front().size() / 2; count != 0; count /= 2) {
      std::size_t first = trial_.memories.front().size();
      while (first >= count) {
        first -= count;
        if (trial_.memories.front().size() > count &&
            first + count <= trial_.memories.front().size()) {
          remove_cells(first, count);
        }
      }
    }
  }

  void smaller_values() {
    for (std::size_t m = 0; m < trial_.memories.size(); ++m) {
      for (std::size_t i = 0; i < trial_.memories[m].size(); ++i) {
        const Word value = trial_.memories[m][i];
        for (const Word smaller : {Word{0}, Word{1}, value / 2, value - 1}) {
          if (smaller < value && attempt([&](Trial& trial) { trial.memories[m][i] = smaller; })) {
            break;
          }
        }
      }
    }
  }

  void fewer_rules() {
    for (std::size_t i = trial_.program.rules().size(); i-- > 0;) {
      attempt_program([&](Parts& parts) {
        parts.rules.erase(parts.rules.begin() + static_cast<std::ptrdiff_t>(i));
        return true;
      });
    }
    for (std::size_t i = 0; i < trial_.program.rules().size(); ++i) {
      for (unsigned r = 0; r < trial_.program.machine().registers(); ++r) {
        attempt_program([&](Parts& parts) {
          const std::uint32_t flag = std::uint32_t{1} << r;
          const bool cares = (parts.rules[i].care & flag) != 0;
          parts.rules[i].care &= ~flag;
          parts.rules[i].value &= ~flag;
          return cares;
        });
      }
    }
  }

  void simpler_circuits() {
    for (std::size_t c = 0; c < trial_.program.circuits().size(); ++c) {
      for (std::size_t i = 0; i < trial_.program.circuits()[c].arguments.size(); ++i) {
        attempt_program([&](Parts& parts) {
          return std::exchange(parts.circuits[c].arguments[i], Source{0}) != 0;
        });
      }
      for (std::size_t r = 0; r < trial_.program.circuits()[c].registers.size(); ++r) {
        attempt_program([&](Parts& parts) {
          const auto own = static_cast<Source>(r);
          return std::exchange(parts.circuits[c].registers[r], own) != own;
        });
      }
    }
  }

  void fewer_circuits() {
    for (std::size_t c = trial_.program.circuits().size(); c-- > 0;) {
      attempt_program([&](Parts& parts) {
        const auto is_used = [&](const Rule& rule) { return rule.transition.circuit == c; };
        if (std::ranges::any_of(parts.rules, is_used)) {
          return false;
        }
        parts.circuits.erase(parts.circuits.begin() + static_cast<std::ptrdiff_t>(c));
        for (Rule& rule : parts.rules) {
          rule.transition.circuit -= rule.transition.circuit > c ? 1 : 0;
        }
        return true;
      });
    }
  }

  void fewer_modules() {
    for (auto q = static_cast<unsigned>(trial_.program.machine().modules().size()); q-- > 0;) {
      attempt_program([&](Parts& parts) { return remove_module(parts, q); });
    }
  }

  // Without module q; whoever asks for it gets register 0.
  static bool remove_module(Parts& parts, unsigned q) {
    std::vector<Module> modules = parts.machine.modules();
    if (modules.size() == 1) {
      return false;
    }
    const Source output = parts.machine.output_of(q);
    const unsigned first = parts.machine.first_argument(q);
    for (Circuit& circuit : parts.circuits) {
      const auto begin = circuit.arguments.begin() + first;
      circuit.arguments.erase(begin, begin + modules[q].arity);
      for (std::vector<Source>* sources : {&circuit.arguments, &circuit.registers}) {
        for (Source& source : *sources) {
          source = source == output ? Source{0} : static_cast<Source>(source - (source > output));
        }
      }
    }
    modules.erase(modules.begin() + q);
    parts.machine = Machine(parts.machine.registers(), std::move(modules), parts.machine.order());
    return true;
  }

  Trial trial_;
  const std::function<bool(const Trial&)>& fails_;
  Clock::time_point end_;
  bool changed_ = false;
};

}  // namespace

Trial shrunk(Trial trial, const std::function<bool(const Trial&)>& fails, Clock::duration time) {
  return Shrinking(std::move(trial), fails, Clock::now() + time).run();
}

}  // namespace nram::test
