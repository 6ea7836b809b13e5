#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include <nram/engine/equivalent_states.hpp>
#include <nram/engine/simplify.hpp>

namespace nram {
namespace {

using Table = std::vector<Transition>;  // state-major, an entry for each zero-mask

class ProgramSimplifier {
  static constexpr std::uint32_t dropped = ~std::uint32_t{0};  // what has no number any more

 public:
  ProgramSimplifier(const Program& program, const std::function<void()>& poll)
      : machine_(program.machine()),
        states_(program.states()),
        circuits_(program.circuits()),
        poll_(poll) {
    for (std::uint32_t state = 0; state < states_; ++state) {
      for (std::uint32_t mask = 0; mask < machine_.masks(); ++mask) {
        Transition transition = program.transition(state, mask);
        transition.next_state = transition.finish ? 0 : transition.next_state;  // nothing follows
        table_.push_back(transition);
      }
    }
  }

  Program run(const Program& program, DeadRegisters dead) {
    drop_unreachable();
    simplify_and_merge();
    leave_dead_registers();
    simplify_and_merge();  // what gave these their values matters no more
    if (dead == DeadRegisters::drop) {
      drop_dead_registers();
    }
    return {machine_, circuits_, rules_from_table(machine_, table_), program.metadata()};
  }

 private:
  void poll() const {
    if (poll_) {
      poll_();
    }
  }

  [[nodiscard]] const Transition* row(std::uint32_t state) const {
    return table_.data() + static_cast<std::size_t>(state) * machine_.masks();
  }

  void simplify_and_merge() {
    simplify_circuits();
    merge_circuits();
    merge_states();
  }

  // In every step that a circuit runs in, those registers are 0 that are in all masks it is for.
  void simplify_circuits() {
    std::vector<std::uint32_t> zero(circuits_.size(), machine_.masks() - 1);
    for (std::size_t i = 0; i < table_.size(); ++i) {
      zero[table_[i].circuit] &= static_cast<std::uint32_t>(i % machine_.masks());
    }
    for (std::size_t c = 0; c < circuits_.size(); ++c) {
      poll();
      circuits_[c] = simplify(machine_, circuits_[c], zero[c]);
    }
  }

  // Equal circuits become one; those that nothing uses go.
  void merge_circuits() {
    using Key = std::pair<std::vector<Source>, std::vector<Source>>;
    std::map<Key, std::uint32_t> known;
    std::vector<Circuit> kept;
    std::vector<std::uint32_t> number(circuits_.size(), dropped);  // looked up once for each
    for (Transition& transition : table_) {
      std::uint32_t& place = number[transition.circuit];
      if (place == dropped) {
        poll();
        const Circuit& circuit = circuits_[transition.circuit];
        const auto [entry, is_new] = known.try_emplace(Key(circuit.arguments, circuit.registers),
                                                       static_cast<std::uint32_t>(kept.size()));
        if (is_new) {
          kept.push_back(circuit);
        }
        place = entry->second;
      }
      transition.circuit = place;
    }
    circuits_ = std::move(kept);
  }

  void merge_states() { keep_states(equivalent_states(table_, machine_.masks(), poll_)); }

  // State s becomes number[s]; the first of those that become one stays. State 0 stays 0.
  void keep_states(const std::vector<std::uint32_t>& number) {
    Table kept;
    std::uint32_t next = 0;
    for (std::uint32_t state = 0; state < states_; ++state) {
      if (number[state] == next) {
        kept.insert(kept.end(), row(state), row(state) + machine_.masks());
        ++next;
      }
    }
    for (Transition& transition : kept) {
      transition.next_state = transition.finish ? 0 : number[transition.next_state];
    }
    table_ = std::move(kept);
    states_ = next;
  }

  // Masks that contradict what the step before has left are not looked for; states are.
  void drop_unreachable() {
    std::vector<bool> reached(states_, false);
    std::vector<std::uint32_t> open{0};
    reached[0] = true;
    while (!open.empty()) {
      const std::uint32_t state = open.back();
      open.pop_back();
      for (std::uint32_t mask = 0; mask < machine_.masks(); ++mask) {
        const Transition& transition = row(state)[mask];
        if (!transition.finish && !reached[transition.next_state]) {
          reached[transition.next_state] = true;
          open.push_back(transition.next_state);
        }
      }
    }
    std::vector<std::uint32_t> number;
    number.reserve(reached.size());
    std::uint32_t next = 0;
    for (const bool is_reached : reached) {
      number.push_back(is_reached ? next++ : dropped);
    }
    keep_states(number);
    merge_circuits();
  }

  // Bit r: some state does something else when only register r is 0 or not.
  [[nodiscard]] std::uint32_t tested_registers() const {
    std::uint32_t tested = 0;
    for (std::size_t i = 0; i < table_.size(); ++i) {
      for (unsigned r = 0; r < machine_.registers(); ++r) {
        if (table_[i] != table_[i ^ (std::size_t{1} << r)]) {
          tested |= 1U << r;
        }
      }
    }
    return tested;
  }

  // Bit r: the memory, or how long a run takes, may depend on register r.
  [[nodiscard]] std::uint32_t live_registers() const {
    std::uint32_t live = tested_registers();
    for (std::uint32_t before = ~live; before != live;) {
      before = live;
      for (Circuit circuit : circuits_) {
        poll();
        for (unsigned r = 0; r < machine_.registers(); ++r) {
          circuit.registers[r] = (live >> r & 1U) != 0 ? circuit.registers[r] : Source(r);
          const Source source = circuit.registers[r];
          if ((live >> r & 1U) != 0 && machine_.is_register(source)) {
            live |= 1U << source;
          }
        }
        const std::vector<bool> matters = live_modules(machine_, circuit);
        for (unsigned q = 0; q < machine_.modules().size(); ++q) {
          for (unsigned i = 0; matters[q] && i < machine_.modules()[q].arity; ++i) {
            const Source source = circuit.arguments[machine_.first_argument(q) + i];
            live |= machine_.is_register(source) ? 1U << source : 0U;
          }
        }
      }
    }
    return live;
  }

  void leave_dead_registers() {
    const std::uint32_t live = live_registers();
    for (Circuit& circuit : circuits_) {
      for (unsigned r = 0; r < machine_.registers(); ++r) {
        if ((live >> r & 1U) == 0) {
          circuit.registers[r] = static_cast<Source>(r);
        }
      }
    }
  }

  void drop_dead_registers() {
    const std::uint32_t live = live_registers();
    std::vector<Source> place;  // by source
    unsigned left = 0;
    for (unsigned r = 0; r < machine_.registers(); ++r) {
      place.push_back(static_cast<Source>((live >> r & 1U) != 0 ? left : 0));
      left += live >> r & 1U;
    }
    if (left == 0 || left == machine_.registers()) {
      return;
    }
    for (unsigned q = 0; q < machine_.modules().size(); ++q) {
      place.push_back(static_cast<Source>(left + q));
    }
    for (Circuit& circuit : circuits_) {
      Circuit smaller{circuit.arguments, {}};
      for (Source& source : smaller.arguments) {
        source = place[source];
      }
      for (unsigned r = 0; r < machine_.registers(); ++r) {
        if ((live >> r & 1U) != 0) {
          smaller.registers.push_back(place[circuit.registers[r]]);
        }
      }
      circuit = std::move(smaller);
    }
    const Machine smaller(left, machine_.modules(), machine_.order());
    Table table;
    for (std::uint32_t state = 0; state < states_; ++state) {
      for (std::uint32_t mask = 0; mask < smaller.masks(); ++mask) {
        std::uint32_t wide = 0;  // the mask with those in it that do not matter
        for (unsigned r = 0; r < machine_.registers(); ++r) {
          wide |= (live >> r & 1U) != 0 ? (mask >> place[r] & 1U) << r : 0U;
        }
        table.push_back(row(state)[wide]);
      }
    }
    machine_ = smaller;
    table_ = std::move(table);
  }

  Machine machine_;
  std::uint32_t states_;
  std::vector<Circuit> circuits_;
  Table table_;
  const std::function<void()>& poll_;
};

}  // namespace

Program simplify(const Program& program, DeadRegisters dead, const std::function<void()>& poll) {
  return ProgramSimplifier(program, poll).run(program, dead);
}

}  // namespace nram
