// The fast interpreter: threaded code of pre-decoded operations on a small array of slots. Cell
// width and modulus are template parameters, so that natural wrap-around costs nothing.

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
  [[nodiscard]] Cell truth(bool value) const { return value ? 1 : 0; }
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
  [[nodiscard]] Cell truth(bool value) const { return value && m != 1 ? 1 : 0; }  // 1 mod 1 is 0

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

// An operation ends by jumping to the code of the next one: one indirect jump per operation, each
// with its own prediction, is a quarter faster here than a loop around one switch.
#define NRAM_JUMP() goto* labels[static_cast<std::size_t>(item->op.code)]
#define NRAM_NEXT() \
  ++item;           \
  NRAM_JUMP()
#define NRAM_OPERATION(name, value)                    \
  name : {                                             \
    const Cell a = slots[item->op.a];                  \
    [[maybe_unused]] const Cell b = slots[item->op.b]; \
    slots[item->op.dst] = (value);                     \
    NRAM_NEXT();                                       \
  }
// The end of a block in which the registers of `changed_zeros` have changed.
#define NRAM_END(name, changed_zeros)           \
  name : {                                      \
    const EndData end = (item + 1)->end;        \
    mask = (mask & end.keep) | (changed_zeros); \
    row = end.row;                              \
    if (++steps == stop_at) [[unlikely]] {      \
      goto stop;                                \
    }                                           \
    item = code + entry[row | mask];            \
    NRAM_JUMP();                                \
  }

template <typename Cell, typename Arithmetic>
class Loop {
 public:
  Loop(const Machine& machine, const DecodedProgram& decoded, std::span<Cell> memory,
       Modulus modulus)
      : machine_(machine), decoded_(decoded), memory_(memory), modulus_(modulus) {}

  // Runs until the program finishes, faults or `position.steps` reaches `stop_at` (which is
  // larger).
  SliceEnd run(Position<Cell>& position, std::uint64_t stop_at) const {
    // In the order of OpCode.
    static const void* const labels[] = {
        &&read, &&read_undo, &&write, &&write_saved, &&inc,  &&add,     &&sub,
        &&dec,  &&lt,        &&le,    &&eq,          &&min,  &&max,     &&custom,
        &&move, &&end0,      &&end1,  &&end2,        &&end3, &&end_all, &&finish};
    Cell* const slots = position.slots.data();
    Cell* const memory = memory_.data();
    const std::size_t size = memory_.size();
    const CodeItem* const code = decoded_.code.data();
    const std::uint32_t* const entry = decoded_.entry.data();
    const Arithmetic m(modulus_);
    std::uint64_t steps = position.steps;
    std::uint32_t row = position.state << machine_.registers();
    std::uint32_t mask = position.mask;
    Cell saved_address = 0;
    Cell saved_value = 0;
    Cell address = 0;
    const auto zero_bit = [slots](std::uint16_t r) {
      return static_cast<std::uint32_t>(slots[r] == 0) << r;
    };

    const CodeItem* item = code + entry[row | mask];
    NRAM_JUMP();

  read:
    address = slots[item->op.a];
    if (address >= size) [[unlikely]] {
      goto fault;
    }
    slots[item->op.dst] = memory[address];
    NRAM_NEXT();

  read_undo:
    address = slots[item->op.a];
    if (address >= size) [[unlikely]] {
      memory[saved_address] = saved_value;
      goto fault;
    }
    slots[item->op.dst] = memory[address];
    NRAM_NEXT();

  write:
    address = slots[item->op.a];
    if (address >= size) [[unlikely]] {
      goto fault;
    }
    memory[address] = slots[item->op.b];
    NRAM_NEXT();

  write_saved:
    address = slots[item->op.a];
    if (address >= size) [[unlikely]] {
      goto fault;
    }
    saved_address = address;
    saved_value = memory[address];
    memory[address] = slots[item->op.b];
    NRAM_NEXT();

    NRAM_OPERATION(inc, m.inc(a))
    NRAM_OPERATION(add, m.add(a, b))
    NRAM_OPERATION(sub, m.sub(a, b))
    NRAM_OPERATION(dec, m.dec(a))
    NRAM_OPERATION(lt, m.truth(a < b))
    NRAM_OPERATION(le, m.truth(a <= b))
    NRAM_OPERATION(eq, m.truth(a == b))
    NRAM_OPERATION(min, std::min(a, b))
    NRAM_OPERATION(max, std::max(a, b))
    NRAM_OPERATION(custom, evaluate(item->op.module, a, b))
    NRAM_OPERATION(move, a)

    NRAM_END(end0, 0U)
    NRAM_END(end1, zero_bit(item->op.dst))
    NRAM_END(end2, zero_bit(item->op.dst) | zero_bit(item->op.a))
    NRAM_END(end3, zero_bit(item->op.dst) | zero_bit(item->op.a) | zero_bit(item->op.b))
    NRAM_END(end_all, zero_bits(slots, ~end.keep))

  finish:
    position.steps = steps + 1;
    position.state = item->op.a;
    return {SliceEnd::Reason::finished};

  stop:
    position.steps = steps;
    position.state = row >> machine_.registers();
    position.mask = mask;
    return {SliceEnd::Reason::steps_done};

  fault:
    position.steps = steps;
    position.state = row >> machine_.registers();
    return {SliceEnd::Reason::fault, {item->op.module, address}};
  }

 private:
  [[nodiscard]] Cell evaluate(unsigned q, Cell a, Cell b) const {
    const Module& module = machine_.modules()[q];
    return static_cast<Cell>(module.evaluate(a, module.arity == 2 ? Word{b} : Word{0}, modulus_));
  }

  // The zero bits of the registers in `which`.
  [[nodiscard]] std::uint32_t zero_bits(const Cell* slots, std::uint32_t which) const {
    std::uint32_t bits = 0;
    for (unsigned r = 0; r < machine_.registers(); ++r) {
      bits |= (slots[r] == 0 ? 1U : 0U) << r;
    }
    return bits & which;
  }

  const Machine& machine_;
  const DecodedProgram& decoded_;
  std::span<Cell> memory_;
  Modulus modulus_;
};

#undef NRAM_JUMP
#undef NRAM_NEXT
#undef NRAM_OPERATION
#undef NRAM_END

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
