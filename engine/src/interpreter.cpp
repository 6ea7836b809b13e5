// The fast interpreter: one loop over pre-decoded operations on a small array of slots. Cell width
// and modulus are template parameters, so that natural wrap-around costs nothing.

#include "decode.hpp"
#include "executors.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace nram {
namespace {

// Arithmetic with the natural wrap-around of the cells.
template <typename Cell>
struct WordArithmetic {
  explicit WordArithmetic(Modulus /*word*/) {}
  [[nodiscard]] Cell add(Cell a, Cell b) const { return static_cast<Cell>(a + b); }
  [[nodiscard]] Cell sub(Cell a, Cell b) const { return static_cast<Cell>(a - b); }
  [[nodiscard]] Cell inc(Cell a) const { return static_cast<Cell>(a + 1); }
  [[nodiscard]] Cell dec(Cell a) const { return static_cast<Cell>(a - 1); }
};

// Arithmetic modulo an M below the cells' wrap-around.
template <typename Cell>
struct ModularArithmetic {
  explicit ModularArithmetic(Modulus modulus) : m(static_cast<Cell>(modulus.value())) {}
  [[nodiscard]] Cell add(Cell a, Cell b) const {
    const Cell room = static_cast<Cell>(m - b);  // a + b reaches M exactly when a reaches this
    return static_cast<Cell>(a >= room ? a - room : a + b);
  }
  [[nodiscard]] Cell sub(Cell a, Cell b) const {
    return static_cast<Cell>(a >= b ? a - b : a - b + m);
  }
  [[nodiscard]] Cell inc(Cell a) const { return static_cast<Cell>(a + 1 == m ? 0 : a + 1); }
  [[nodiscard]] Cell dec(Cell a) const { return static_cast<Cell>(a == 0 ? m - 1 : a - 1); }

  Cell m;
};

// Where a run stands between two slices of steps.
template <typename Cell>
struct Position {
  std::span<Cell> slots;
  std::uint64_t steps = 0;
  std::uint32_t state = 0;
  std::uint32_t mask = 0;
};

struct SliceEnd {
  enum class Reason { finished, steps_done, fault } reason;
  AddressFault fault{};
};

template <typename Cell, typename Arithmetic>
class Loop {
 public:
  Loop(const Machine& machine, const DecodedProgram& decoded, std::span<Cell> memory,
       Modulus modulus)
      : machine_(machine),
        decoded_(decoded),
        memory_(memory),
        modulus_(modulus),
        arithmetic_(modulus) {}

  // Runs until the program finishes, faults or `position.steps` reaches `stop_at` (which is
  // larger).
  SliceEnd run(Position<Cell>& position, std::uint64_t stop_at) const {
    Cell* const s = position.slots.data();
    Cell* const memory = memory_.data();
    const std::size_t size = memory_.size();
    const Op* const ops = decoded_.ops.data();
    const std::uint32_t* const entry = decoded_.entry.data();
    const BlockEnd* const ends = decoded_.ends.data();
    const Arithmetic m = arithmetic_;
    std::uint64_t steps = position.steps;
    std::uint32_t mask = position.mask;
    Cell saved_address = 0;
    Cell saved_value = 0;
    bool saved = false;

    const Op* op =
        ops + entry[(static_cast<std::size_t>(position.state) << machine_.registers()) | mask];
    for (;; ++op) {
      switch (op->code) {
        case OpCode::read: {
          const Cell address = s[op->a];
          if (address >= size) [[unlikely]] {
            if (saved) {
              memory[saved_address] = saved_value;
            }
            position.steps = steps;
            return {SliceEnd::Reason::fault, {op->module, address}};
          }
          s[op->dst] = memory[address];
          break;
        }
        case OpCode::write_saved:
        case OpCode::write: {
          const Cell address = s[op->a];
          if (address >= size) [[unlikely]] {
            position.steps = steps;
            return {SliceEnd::Reason::fault, {op->module, address}};
          }
          if (op->code == OpCode::write_saved) {
            saved = true;
            saved_address = address;
            saved_value = memory[address];
          }
          memory[address] = s[op->b];
          break;
        }
        case OpCode::inc:
          s[op->dst] = m.inc(s[op->a]);
          break;
        case OpCode::add:
          s[op->dst] = m.add(s[op->a], s[op->b]);
          break;
        case OpCode::sub:
          s[op->dst] = m.sub(s[op->a], s[op->b]);
          break;
        case OpCode::dec:
          s[op->dst] = m.dec(s[op->a]);
          break;
        case OpCode::lt:
          s[op->dst] = truth(s[op->a] < s[op->b]);
          break;
        case OpCode::le:
          s[op->dst] = truth(s[op->a] <= s[op->b]);
          break;
        case OpCode::eq:
          s[op->dst] = truth(s[op->a] == s[op->b]);
          break;
        case OpCode::min:
          s[op->dst] = std::min(s[op->a], s[op->b]);
          break;
        case OpCode::max:
          s[op->dst] = std::max(s[op->a], s[op->b]);
          break;
        case OpCode::custom: {
          const Module& module = machine_.modules()[op->module];
          s[op->dst] = static_cast<Cell>(
              module.evaluate(s[op->a], module.arity == 2 ? Word{s[op->b]} : Word{0}, modulus_));
          break;
        }
        case OpCode::move:
          s[op->dst] = s[op->a];
          break;
        case OpCode::end: {
          const BlockEnd& end = ends[op->a | (static_cast<std::uint32_t>(op->b) << 16U)];
          mask &= end.keep;
          for (unsigned i = 0; i < end.changed_count; ++i) {
            mask |= (s[end.changed[i]] == 0 ? 1U : 0U) << end.changed[i];
          }
          ++steps;
          saved = false;
          if (end.finish || steps == stop_at) [[unlikely]] {
            position.steps = steps;
            position.state = end.state;
            position.mask = mask;
            return {end.finish ? SliceEnd::Reason::finished : SliceEnd::Reason::steps_done};
          }
          op = ops + entry[end.row | mask] - 1;
          break;
        }
      }
    }
  }

 private:
  // 1 mod 1 is 0.
  [[nodiscard]] Cell truth(bool value) const { return value && modulus_.largest() != 0 ? 1 : 0; }

  const Machine& machine_;
  const DecodedProgram& decoded_;
  std::span<Cell> memory_;
  Modulus modulus_;
  Arithmetic arithmetic_;
};

class Interpreter final : public Executor {
 public:
  explicit Interpreter(Program program)
      : program_(std::move(program)),
        checked_(decode(program_, true)),
        unchecked_(decode(program_, false)) {}

  RunResult run(MemoryView memory, const RunOptions& options) const override {
    require_runnable(program_.machine(), memory, options);
    return std::visit(
        [&]<typename Cell>(std::span<Cell> cells) {
          return options.modulus == word_modulus(memory.type())
                     ? run_with<Cell, WordArithmetic<Cell>>(cells, options)
                     : run_with<Cell, ModularArithmetic<Cell>>(cells, options);
        },
        memory.cells());
  }

  std::string_view name() const override { return "interpreter"; }

 private:
  template <typename Cell, typename Arithmetic>
  RunResult run_with(std::span<Cell> memory, const RunOptions& options) const {
    const Machine& machine = program_.machine();
    const bool every_address_exists = !options.modulus.contains(memory.size());
    const DecodedProgram& decoded = every_address_exists ? unchecked_ : checked_;

    std::array<Cell, 2 * Machine::max_registers + Machine::max_modules> slots{};
    std::uint32_t mask = machine.masks() - 1;
    for (std::size_t r = 0; r < options.registers.size(); ++r) {
      slots[r] = static_cast<Cell>(options.registers[r]);
      mask &= ~((slots[r] == 0 ? 0U : 1U) << r);
    }
    for (const std::uint16_t q : decoded.constants) {
      const Module& module = machine.modules()[q];
      slots[machine.output_of(q)] = module.evaluate == nullptr
                                        ? Cell{0}
                                        : static_cast<Cell>(module.evaluate(0, 0, options.modulus));
    }

    const Loop<Cell, Arithmetic> loop(machine, decoded, memory, options.modulus);
    Position<Cell> position{slots, 0, 0, mask};
    RunResult result;
    result.outcome = run_slices(loop, position, options, result.fault);
    result.steps = position.steps;
    result.state = position.state;
    result.registers.assign(slots.begin(), slots.begin() + machine.registers());
    return result;
  }

  template <typename Cell, typename Arithmetic>
  static Outcome run_slices(const Loop<Cell, Arithmetic>& loop, Position<Cell>& position,
                            const RunOptions& options, std::optional<AddressFault>& fault) {
    while (position.steps < options.step_limit) {
      const std::uint64_t left = options.step_limit - position.steps;
      const std::uint64_t slice =
          options.on_progress ? std::min(left, options.progress_interval) : left;
      const SliceEnd end = loop.run(position, position.steps + slice);
      if (end.reason == SliceEnd::Reason::finished) {
        return Outcome::finished;
      }
      if (end.reason == SliceEnd::Reason::fault) {
        fault = end.fault;
        return Outcome::address_fault;
      }
      if (options.on_progress && slice == options.progress_interval &&
          !options.on_progress(position.steps)) {
        return Outcome::cancelled;
      }
    }
    return Outcome::step_limit;
  }

  Program program_;
  DecodedProgram checked_;    // some addresses may not exist
  DecodedProgram unchecked_;  // modulus = cells
};

}  // namespace

std::unique_ptr<Executor> make_interpreter(const Program& program) {
  return std::make_unique<Interpreter>(program);
}

}  // namespace nram
