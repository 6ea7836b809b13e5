// The fast interpreter: threaded code of pre-decoded operations on a small array of slots. Cell
// width and modulus are template parameters, so that natural wrap-around costs nothing.

#include "decode.hpp"
#include "executors.hpp"
#include "flow/optimise.hpp"
#include "loops/drive.hpp"
#include "loops/loop_search.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace nram::executors {
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
  [[nodiscard]] bool is_below(Cell a, Cell b) const {
    return static_cast<std::make_signed_t<Cell>>(a) < static_cast<std::make_signed_t<Cell>>(b);
  }
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
  // As signed numbers: see signed_place.
  [[nodiscard]] bool is_below(Cell a, Cell b) const {
    const Cell half = static_cast<Cell>(m / 2);
    return add(a, half) < add(b, half);
  }

  Cell m;
};

// Where a run stands between two slices of steps.
template <typename Cell>
struct Position {
  std::span<Cell> slots;
  std::uint32_t item = 0;  // in the code
  std::uint64_t steps = 0;
  std::uint32_t state = 0;
  AddressFault fault{};  ///< if there was one
};

// An operation ends by jumping to the code of the next one: one indirect jump per operation, each
// with its own prediction, is a quarter faster here than a loop around one switch.
#define NRAM_JUMP() goto* labels[static_cast<std::size_t>(item->op.handler)]
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
// The end of a step; `which` chooses among the next places. The usual choice, no register is zero,
// is a branch of its own: predicted, it takes the choice out of the chain of dependent loads.
#define NRAM_END(name, which)                    \
  name : {                                       \
    const threaded::Item* const data = item + 1; \
    const std::uint32_t choice = (which);        \
    if (choice == 0) [[likely]] {                \
      item = code + data->words[1];              \
    } else {                                     \
      item = code + word_of(data + 1, choice);   \
    }                                            \
    if (++steps == stop_at) [[unlikely]] {       \
      position.state = data->words[0];           \
      goto stop;                                 \
    }                                            \
    NRAM_JUMP();                                 \
  }

// Word `index` of the words of the items from here on.
inline std::uint32_t word_of(const threaded::Item* items, std::uint32_t index) {
  std::uint32_t word = 0;
  std::memcpy(&word, reinterpret_cast<const std::byte*>(items) + index * sizeof word, sizeof word);
  return word;
}

// Goes from operation to operation. One long function: a computed jump reaches the labels of its
// own function only.
template <typename Cell, typename Arithmetic>
class DispatchLoop {
 public:
  DispatchLoop(const Machine& machine, const threaded::DecodedProgram& decoded,
               std::span<Cell> memory, Modulus modulus)
      : machine_(machine), decoded_(decoded), memory_(memory), modulus_(modulus) {}

  // Runs until the program finishes, faults or `position.steps` reaches `stop_at` (which is
  // larger). One label an operation, all of them in sight.
  // NOLINTNEXTLINE(readability-function-size)
  loops::SliceEnd run(Position<Cell>& position, std::uint64_t stop_at) const {
    // In the order of threaded::Handler.
    static const void* const labels[] = {
        &&check,     &&read,      &&write,      &&load,       &&store,  &&inc,   &&dec,
        &&add,       &&sub,       &&lt,         &&le,         &&eq,     &&min,   &&max,
        &&signed_lt, &&signed_le, &&signed_min, &&signed_max, &&custom, &&move,  &&end0,
        &&end1,      &&end2,      &&end3,       &&end_far,    &&test,   &&finish};
    Cell* const slots = position.slots.data();
    Cell* const memory = memory_.data();
    const std::size_t size = memory_.size();
    const threaded::Item* const code = decoded_.code.data();
    const Arithmetic m(modulus_);
    std::uint64_t steps = position.steps;
    Cell address = 0;
    const auto is_zero = [slots](std::uint16_t r) -> std::uint32_t { return slots[r] == 0; };

    const threaded::Item* item = code + position.item;
    NRAM_JUMP();

  check:
    address = slots[item->op.a];
    if (address >= size) [[unlikely]] {
      position.state = item->op.b;
      goto fault;
    }
    NRAM_NEXT();

  read:
    address = slots[item->op.a];
    if (address >= size) [[unlikely]] {
      position.state = item->op.b;
      goto fault;
    }
    slots[item->op.dst] = memory[address];
    NRAM_NEXT();

  write:
    address = slots[item->op.a];
    if (address >= size) [[unlikely]] {
      position.state = item->op.dst;
      goto fault;
    }
    memory[address] = slots[item->op.b];
    NRAM_NEXT();

  load:
    slots[item->op.dst] = memory[slots[item->op.a]];
    NRAM_NEXT();

  store:
    memory[slots[item->op.a]] = slots[item->op.b];
    NRAM_NEXT();

    NRAM_OPERATION(inc, m.inc(a))
    NRAM_OPERATION(dec, m.dec(a))
    NRAM_OPERATION(add, m.add(a, b))
    NRAM_OPERATION(sub, m.sub(a, b))
    NRAM_OPERATION(lt, m.truth(a < b))
    NRAM_OPERATION(le, m.truth(a <= b))
    NRAM_OPERATION(eq, m.truth(a == b))
    NRAM_OPERATION(min, std::min(a, b))
    NRAM_OPERATION(max, std::max(a, b))
    NRAM_OPERATION(signed_lt, m.truth(m.is_below(a, b)))
    NRAM_OPERATION(signed_le, m.truth(!m.is_below(b, a)))
    NRAM_OPERATION(signed_min, m.is_below(b, a) ? b : a)
    NRAM_OPERATION(signed_max, m.is_below(a, b) ? b : a)
    NRAM_OPERATION(custom, evaluate(item->op.module, a, b))
    NRAM_OPERATION(move, a)

    NRAM_END(end0, 0)
    NRAM_END(end1, is_zero(item->op.dst))
    NRAM_END(end2, is_zero(item->op.dst) | is_zero(item->op.a) << 1U)
    NRAM_END(end3, is_zero(item->op.dst) | is_zero(item->op.a) << 1U | is_zero(item->op.b) << 2U)
    NRAM_END(end_far, 0)

  test:
    item = code + item[1].words[is_zero(item->op.dst) ^ 1U];
    NRAM_JUMP();

  finish:
    position.steps = steps + 1;
    position.state = item->op.a;
    return loops::SliceEnd::finished;

  stop:
    while (item->op.handler ==
           threaded::Handler::test) {  // so that a run always stops before a block
      item = code + item[1].words[is_zero(item->op.dst) ^ 1U];
    }
    position.steps = steps;
    position.item = static_cast<std::uint32_t>(item - code);
    return loops::SliceEnd::steps_done;

  fault:
    position.steps = steps;
    position.fault = {item->op.module, address};
    return loops::SliceEnd::fault;
  }

 private:
  [[nodiscard]] Cell evaluate(unsigned q, Cell a, Cell b) const {
    const Module& module = machine_.modules()[q];
    return static_cast<Cell>(module.evaluate(a, module.arity == 2 ? Word{b} : Word{0}, modulus_));
  }

  const Machine& machine_;
  const threaded::DecodedProgram& decoded_;
  std::span<Cell> memory_;
  Modulus modulus_;
};

#undef NRAM_JUMP
#undef NRAM_NEXT
#undef NRAM_OPERATION
#undef NRAM_END

class Interpreter final : public ResumableExecutor {
 public:
  Interpreter(Program program, const OptimisationOptions& options)
      : program_(std::move(program)), options_(options) {}

  RunResult run(MemoryView memory, const RunOptions& options) const override {
    require_runnable(program_.machine(), memory, options);
    RunResult result;
    std::size_t block = 0;
    go_on(memory, options, result, block);
    return result;
  }

  bool can_run(MemoryView /*memory*/, const RunOptions& /*options*/) const override { return true; }

  void go_on(MemoryView memory, const RunOptions& options, RunResult& result,
             std::size_t& block) const override {
    std::visit(
        [&]<typename Cell>(std::span<Cell> cells) {
          return options.modulus == word_modulus(memory.type())
                     ? run_with<Cell, WordArithmetic<Cell>>(cells, options, result, block)
                     : run_with<Cell, ModularArithmetic<Cell>>(cells, options, result, block);
        },
        memory.cells());
  }

  const Machine& machine() const override { return program_.machine(); }
  std::string_view name() const override { return "interpreter"; }

 private:
  // The program in one of its forms, made when it is first needed.
  struct Form {
    std::once_flag once;
    threaded::DecodedProgram code;
    flow::Decision entry;  // by zero-mask
    std::optional<flow::Flow> flow;
    std::once_flag plans_once;
    loops::Plans plans;
  };

  // One run, for drive().
  template <typename Cell, typename Arithmetic>
  class Sequential {
   public:
    Sequential(Form& form, const Machine& machine, std::span<Cell> memory, Modulus modulus,
               Position<Cell>& position)
        : form_(form),
          machine_(machine),
          memory_(memory),
          modulus_(modulus),
          position_(position),
          loop_(machine, form.code, memory, modulus) {}

    [[nodiscard]] std::uint64_t steps() const { return position_.steps; }
    loops::SliceEnd run(std::uint64_t stop_at) { return loop_.run(position_, stop_at); }
    [[nodiscard]] std::optional<loops::Place> place() const {
      const auto& entry = form_.code.entry;
      const auto at = std::lower_bound(entry.begin(), entry.end(), position_.item);
      return loops::Place{static_cast<std::size_t>(at - entry.begin())};
    }
    [[nodiscard]] const loops::Plans& plans() const {
      std::call_once(form_.plans_once, [&] { form_.plans = loops::find_plans(*form_.flow); });
      return form_.plans;
    }
    [[nodiscard]] loops::Runner<Cell> runner(bool any_length) const {
      return {machine_, plans(), memory_, modulus_, any_length};
    }
    [[nodiscard]] std::uint64_t first_pause(bool always) const {
      return always ? 1 : loops::usual_first_pause;
    }
    Cell* registers() { return position_.slots.data(); }
    void skip(std::uint64_t steps) { position_.steps += steps; }

   private:
    Form& form_;
    const Machine& machine_;
    std::span<Cell> memory_;
    Modulus modulus_;
    Position<Cell>& position_;
    DispatchLoop<Cell, Arithmetic> loop_;
  };

  // As written: for the smallest moduli and given registers.
  Form& plain() const {
    std::call_once(plain_.once, [&] {
      plain_.flow = flow::lower(program_, true);
      plain_.code = threaded::decode(*plain_.flow);
      plain_.entry = plain_.flow->decisions.front();
    });
    return plain_;
  }

  Form& optimised(bool every_address_exists) const {
    Form& form = every_address_exists ? unchecked_ : checked_;
    std::call_once(form.once, [&] {
      form.flow = flow::optimise(program_, options_, !every_address_exists);
      form.code = threaded::decode(*form.flow);
      form.entry.root = static_cast<flow::Target>(form.flow->entry);
    });
    return form;
  }

  template <typename Cell, typename Arithmetic>
  void run_with(std::span<Cell> memory, const RunOptions& options, RunResult& result,
                std::size_t& block) const {
    const Modulus modulus = options.modulus;
    Form& form = runs_as_written(options) ? plain() : optimised(!modulus.contains(memory.size()));

    constexpr std::size_t usual_slots = 64;
    std::array<Cell, usual_slots> usual{};
    std::vector<Cell> many(form.code.slots > usual_slots ? form.code.slots : 0, 0);
    const std::span<Cell> slots = many.empty() ? std::span<Cell>(usual) : std::span<Cell>(many);
    std::uint32_t mask = program_.machine().masks() - 1;
    const bool begins = result.registers.empty();
    const std::vector<Word>& registers = begins ? options.registers : result.registers;
    for (std::size_t r = 0; r < registers.size(); ++r) {
      slots[r] = static_cast<Cell>(registers[r]);
      mask &= ~((slots[r] == 0 ? 0U : 1U) << r);
    }
    for (std::size_t i = 0; i < form.code.constants.size(); ++i) {
      slots[form.code.first_constant + i] =
          static_cast<Cell>(flow::constant_value(form.code.constants[i], modulus));
    }

    if (begins) {
      block = flow::decide(form.entry, mask);
    }
    Position<Cell> position{slots, form.code.entry[block], result.steps, result.state};
    Sequential<Cell, Arithmetic> sequential(form, program_.machine(), memory, modulus, position);
    RunOptions how = options;
    // Vectorised loops need moduli in which 0, 1 and 2 differ, as the optimised program does.
    if (!modulus.contains(flow::smallest_modulus - 1)) {
      how.speculation = Speculation::never;
    }
    std::uint64_t vectorised_steps = 0;
    result.outcome = loops::drive<Cell>(sequential, how, vectorised_steps);
    result.vectorised_steps += vectorised_steps;
    if (result.outcome == Outcome::address_fault) {
      result.fault = position.fault;
    }
    result.steps = position.steps;
    result.state = position.state;
    result.registers.assign(slots.begin(), slots.begin() + program_.machine().registers());
    block = sequential.place()->block;
  }

  Program program_;
  OptimisationOptions options_;
  mutable Form plain_;
  mutable Form checked_;
  mutable Form unchecked_;
};

}  // namespace

std::unique_ptr<ResumableExecutor> make_interpreter(const Program& program,
                                                    const OptimisationOptions& options) {
  return std::make_unique<Interpreter>(program, options);
}

}  // namespace nram::executors
