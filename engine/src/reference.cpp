// The reference interpreter: the definition of what a program does. It is read, not timed: every
// other executor is tested against it, so it stays short and is never optimised.

#include "executors.hpp"

namespace nram {
namespace {

class Reference final : public Executor {
 public:
  explicit Reference(Program program) : program_(std::move(program)) {}

  RunResult run(MemoryView memory, const RunOptions& options) const override {
    require_runnable(program_.machine(), memory, options);
    RunResult result;
    result.registers = options.registers;
    result.registers.resize(program_.machine().registers(), 0);

    while (true) {
      if (result.steps == options.step_limit) {
        result.outcome = Outcome::step_limit;
        return result;
      }
      const Transition& transition = program_.transition(result.state, zero_mask(result.registers));
      const Circuit& circuit = program_.circuits()[transition.circuit];
      if (!step(circuit, memory, options.modulus, result)) {
        result.outcome = Outcome::address_fault;
        return result;
      }
      ++result.steps;
      result.state = transition.next_state;
      if (transition.finish) {
        result.outcome = Outcome::finished;
        return result;
      }
      if (options.on_progress && result.steps % options.progress_interval == 0 &&
          !options.on_progress(result.steps)) {
        result.outcome = Outcome::cancelled;
        return result;
      }
    }
  }

  const Machine& machine() const override { return program_.machine(); }
  std::string_view name() const override { return "reference"; }

 private:
  static std::uint32_t zero_mask(const std::vector<Word>& registers) {
    std::uint32_t mask = 0;
    for (std::size_t r = 0; r < registers.size(); ++r) {
      mask |= (registers[r] == 0 ? 1U : 0U) << r;
    }
    return mask;
  }

  // Runs one step; on a fault changes nothing but result.fault and returns false.
  bool step(const Circuit& circuit, MemoryView memory, Modulus modulus, RunResult& result) const {
    const Machine& machine = program_.machine();
    const std::vector<bool> live = live_modules(machine, circuit);
    std::vector<Word> values = result.registers;  // of every source: registers, then module outputs
    std::optional<std::pair<Word, Word>> overwritten;

    for (unsigned q = 0; q < machine.modules().size(); ++q) {
      const Module& module = machine.modules()[q];
      const auto argument = [&](unsigned position) {
        return position < module.arity
                   ? values[circuit.arguments[machine.first_argument(q) + position]]
                   : 0;
      };
      const Word a = argument(0);
      const Word b = argument(1);
      if (!live[q]) {
        values.push_back(0);
      } else if (!module.touches_memory()) {
        values.push_back(module.evaluate(a, b, modulus));
      } else if (a >= memory.size()) {
        if (overwritten) {  // a WRITE that ran before this READ is taken back
          memory.store(overwritten->first, overwritten->second);
        }
        result.fault = AddressFault{q, a};
        return false;
      } else if (module.opcode == Opcode::read) {
        values.push_back(memory.load(a));
      } else {
        overwritten = {a, memory.load(a)};
        memory.store(a, b);
        values.push_back(0);
      }
    }
    for (std::size_t r = 0; r < result.registers.size(); ++r) {
      result.registers[r] = values[circuit.registers[r]];
    }
    return true;
  }

  Program program_;
};

}  // namespace

std::unique_ptr<Executor> make_reference(const Program& program) {
  return std::make_unique<Reference>(program);
}

}  // namespace nram
