#include <cstdint>
#include <utility>
#include <vector>

#include <nram/engine/stepped_run.hpp>

namespace nram {
namespace {

// Rules by state, in their order: programs may have very many.
std::vector<std::vector<std::uint32_t>> rules_by_state(const Program& program) {
  std::vector<std::vector<std::uint32_t>> rules(program.states());
  for (std::uint32_t i = 0; i < program.rules().size(); ++i) {
    rules[program.rules()[i].state].push_back(i);
  }
  return rules;
}

SteppedRun::Controller controller_of(const Program& program) {
  return [&program, by_state = rules_by_state(program)](std::uint32_t state, std::uint32_t mask) {
    const Transition& transition = program.transition(state, mask);
    Choice choice{program.circuits()[transition.circuit], transition.circuit, std::nullopt,
                  transition.next_state, transition.finish};
    for (const std::uint32_t i : by_state[state]) {
      if (program.rules()[i].matches(state, mask)) {
        choice.rule = i;
        break;
      }
    }
    return choice;
  };
}

}  // namespace

std::vector<MemoryAccess> FollowedStep::reads(const Machine& machine) const {
  std::vector<MemoryAccess> reads;
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Source output = machine.output_of(q);
    if (machine.modules()[q].opcode == Opcode::read && record.live[q] &&
        output < record.values.size()) {
      const Word address = record.values[choice.circuit.arguments[machine.first_argument(q)]];
      reads.push_back({address, record.values[output], record.values[output]});
    }
  }
  return reads;
}

std::optional<MemoryAccess> FollowedStep::write(const Machine& machine) const {
  for (unsigned q = 0; record.overwritten && q < machine.modules().size(); ++q) {
    if (machine.modules()[q].opcode == Opcode::write) {
      const Source* const sources = &choice.circuit.arguments[machine.first_argument(q)];
      return MemoryAccess{record.values[sources[0]], record.values[sources[1]],
                          *record.overwritten};
    }
  }
  return std::nullopt;
}

SteppedRun::SteppedRun(const Program& program, MemoryView memory, RunOptions options)
    : SteppedRun(program.machine(), controller_of(program), memory, std::move(options)) {}

SteppedRun::SteppedRun(Machine machine, Controller controller, MemoryView memory,
                       RunOptions options)
    : machine_(std::move(machine)),
      controller_(std::move(controller)),
      memory_(memory),
      options_(std::move(options)) {
  require_runnable(machine_, memory_, options_);
  result_.registers = options_.registers;
  result_.registers.resize(machine_.registers(), 0);
  result_.outcome = Outcome::step_limit;
}

bool SteppedRun::advance() {
  if (ended_ || result_.steps == options_.step_limit) {
    return false;
  }
  step_.number = result_.steps + 1;
  step_.state = result_.state;
  step_.choice = controller_(result_.state, zero_mask(result_.registers));
  step_.fault = run_step(machine_, step_.choice.circuit, memory_, options_.modulus,
                         result_.registers, step_.record);
  if (step_.fault) {
    result_.fault = step_.fault;
    result_.outcome = Outcome::address_fault;
    ended_ = true;
    return true;
  }
  ++result_.steps;
  result_.state = step_.choice.next_state;
  if (step_.choice.finish) {
    result_.outcome = Outcome::finished;
    ended_ = true;
  } else if (options_.on_progress && result_.steps % options_.progress_interval == 0 &&
             !options_.on_progress(result_.steps)) {
    result_.outcome = Outcome::cancelled;
    ended_ = true;
  }
  return true;
}

}  // namespace nram
