// Memory of the examples, addressed by each lane on its own. Bytes, which are for few cells, are
// looked up cell by cell, all lanes at once; wider elements lane by lane, however many cells there
// are.

// Once for each instruction set.
#if defined(NRAM_DISCRETE_LANE_MEMORY_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_DISCRETE_LANE_MEMORY_HPP
#undef NRAM_DISCRETE_LANE_MEMORY_HPP
#else
#define NRAM_DISCRETE_LANE_MEMORY_HPP
#endif

#include "discrete/bits.hpp"
#include "discrete/cost/example_batch.hpp"
#include "discrete/cost/lane_vector.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nram::discrete::HWY_NAMESPACE {
namespace {

template <typename Element>
constexpr bool cell_by_cell = sizeof(Element) == 1;

// The one cell that all of these lanes are at, as in most steps; `cells` or more if there is none.
template <typename Element>
[[gnu::always_inline]] inline Element common_cell(const VectorOf<Element>& addresses,
                                                  const VectorOf<Element>& lanes) {
  const std::uint64_t bits = bits_of(lanes);
  if (bits == 0) {
    return static_cast<Element>(~Element{0});
  }
  const auto first = static_cast<unsigned>(std::countr_zero(bits));
  const Element cell = lanes_of(addresses)[first];
  return any(mask(addresses != splat<Element>(cell)) & lanes) ? static_cast<Element>(~Element{0})
                                                              : cell;
}

// The cells at the addresses of these lanes; 0 where there is no such cell. Anything in others.
template <typename Element>
[[gnu::always_inline]] inline VectorOf<Element> load(const VectorOf<Element>* memory,
                                                     unsigned cells,
                                                     const VectorOf<Element>& addresses,
                                                     const VectorOf<Element>& lanes) {
  using Vector = VectorOf<Element>;
  if constexpr (cell_by_cell<Element>) {
    const Vector one = splat<Element>(1);
    Vector result{};
    Vector address{};
#pragma GCC unroll 4
    for (unsigned cell = 0; cell < cells; ++cell, address += one) {
      result = choose_if(addresses == address, memory[cell], result);
    }
    return result;
  } else {
    if (const Element cell = common_cell(addresses, lanes); cell < cells) {
      return memory[static_cast<std::size_t>(cell)];
    }
    const auto* const elements = reinterpret_cast<const Element*>(memory);
    const Lanes<Element> at = lanes_of(addresses);
    Lanes<Element> result;
    for (unsigned lane = 0; lane < at.count; ++lane) {
      const bool exists = at[lane] < cells;
      const std::size_t cell = exists ? static_cast<std::size_t>(at[lane]) : 0;
      const Element value = elements[cell * at.count + lane];
      result[lane] = exists ? value : Element{0};
    }
    return vector(result);
  }
}

// The same where the addresses of these lanes are between two numbers, the last excluded. Anything
// in others.
template <typename Element>
[[gnu::always_inline]] inline VectorOf<Element> load_between(const VectorOf<Element>* memory,
                                                             const VectorOf<Element>& addresses,
                                                             const VectorOf<Element>& lanes,
                                                             unsigned from, unsigned to) {
  if constexpr (cell_by_cell<Element>) {
    VectorOf<Element> value{};
    for (unsigned cell = from; cell < to; ++cell) {
      value |= mask(addresses == splat<Element>(cell)) & memory[cell];
    }
    return value;
  } else {
    // A result is mostly in the same cell of every example.
    return to == from + 1 ? memory[from] : load(memory, to, addresses, lanes);
  }
}

// Changes the cells at the addresses of these lanes; all others have an address that no cell has.
template <typename Element>
[[gnu::always_inline]] inline void store(VectorOf<Element>* memory, unsigned cells,
                                         const VectorOf<Element>& to,
                                         const VectorOf<Element>& value,
                                         const VectorOf<Element>& lanes) {
  using Vector = VectorOf<Element>;
  if constexpr (cell_by_cell<Element>) {
    const Vector one = splat<Element>(1);
    Vector address{};
#pragma GCC unroll 4
    for (unsigned cell = 0; cell < cells; ++cell, address += one) {
      memory[cell] = choose_if(to == address, value, memory[cell]);
    }
  } else {
    if (const Element cell = common_cell(to, lanes); cell < cells) {
      Vector& there = memory[static_cast<std::size_t>(cell)];
      there = choose(lanes, value, there);
      return;
    }
    auto* const elements = reinterpret_cast<Element*>(memory);
    const Lanes<Element> at = lanes_of(to);
    const Lanes<Element> values = lanes_of(value);
    for (unsigned lane = 0; lane < at.count; ++lane) {
      if (at[lane] < cells) {
        elements[static_cast<std::size_t>(at[lane]) * at.count + lane] = values[lane];
      }
    }
  }
}

// By lane, in constant time however many results there are.
template <typename Element>
[[gnu::noinline]] void note_in_index(const ExampleBatch& batch,
                                     const LaneExamples<Element>& examples,
                                     const Lanes<Element>& address, const Lanes<Element>& value,
                                     std::uint64_t active, Element* value_written,
                                     Element* was_right) {
  constexpr auto all = static_cast<Element>(~Element{0});
  constexpr std::size_t lanes = Lanes<Element>::count;
  const std::size_t hashes = batch.index.hashes;
  const std::uint16_t* const by_value = batch.index.by_value.data();
  const std::uint16_t* const by_address = batch.index.by_address.data();
  const std::uint16_t* const next_equal = batch.index.next_equal.data();
  const Element* const results = examples.result_value.front().of.data();
  for_each_bit(active, [&](unsigned lane) {
    const Element here = value[lane];
    std::size_t hash = ResultIndex::hash(here, hashes);
    std::size_t first = by_value[lanes * hash + lane];
    while (first != 0 && results[lanes * (first - 1) + lane] != here) {
      hash = (hash + 1) & (hashes - 1);
      first = by_value[lanes * hash + lane];
    }
    if (first == 0) {
      return;  // no result has this value
    }
    // All with the value are marked together.
    for (std::size_t k = first; k != 0 && value_written[lanes * (k - 1) + lane] == 0;
         k = next_equal[lanes * (k - 1) + lane]) {
      value_written[lanes * (k - 1) + lane] = all;
    }
    const Element to = address[lane];
    const std::size_t there =
        to < batch.cells ? by_address[lanes * static_cast<std::size_t>(to) + lane] : 0;
    if (there != 0 && results[lanes * (there - 1) + lane] == here) {
      was_right[lanes * (there - 1) + lane] = all;
    }
  });
}

// Marks the results whose value the active lanes have just written somewhere, or where they belong.
template <typename Element>
[[gnu::always_inline]] inline void note_write(const ExampleBatch& batch,
                                              const LaneExamples<Element>& examples,
                                              const VectorOf<Element>& address,
                                              const VectorOf<Element>& value,
                                              const VectorOf<Element>& active,
                                              VectorOf<Element>* value_written,
                                              VectorOf<Element>* was_right) {
  using Vector = VectorOf<Element>;
  constexpr unsigned few = cell_by_cell<Element> ? ~0U : 4;  // results, for which a loop is quicker
  if (const unsigned results = batch.results; results <= few) {
    const Vector* const result_value = vectors(examples.result_value.data());
    const Vector* const result_address = vectors(examples.result_address.data());
    for (unsigned k = 0; k < results; ++k) {
      const Vector value_match = mask(value == result_value[k]) & active;
      value_written[k] |= value_match;
      was_right[k] |= value_match & mask(address == result_address[k]);
    }
    return;
  }
  if constexpr (!cell_by_cell<Element>) {
    note_in_index(batch, examples, lanes_of(address), lanes_of(value), bits_of(active),
                  reinterpret_cast<Element*>(value_written), reinterpret_cast<Element*>(was_right));
  }
}

}  // namespace
}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
