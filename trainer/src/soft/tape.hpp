// What a forward pass leaves behind for the backward pass, and the buffers of both.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <vector>

#include <nram/trainer/lane_batch.hpp>

namespace nram::soft {

/// Memory for rows of lanes, aligned for any vector. Grows, never shrinks; growing loses the
/// contents.
template <typename T>
class LaneBuffer {
 public:
  /// Room for `rows` rows.
  void reserve(std::size_t rows) {
    if (rows > capacity_) {
      data_.reset(static_cast<T*>(::operator new[](rows* LaneGroup::lanes * sizeof(T), alignment)));
      capacity_ = rows;
    }
  }
  [[nodiscard]] T* data() const { return data_.get(); }
  /// Row i.
  [[nodiscard]] T* operator[](std::size_t i) const { return data_.get() + i * LaneGroup::lanes; }

 private:
  static constexpr std::align_val_t alignment{128};
  struct Free {
    void operator()(T* p) const { ::operator delete[](p, alignment); }
  };
  std::unique_ptr<T[], Free> data_;
  std::size_t capacity_ = 0;
};

/// The same number of rows for every step.
template <typename T>
class StepBuffer {
 public:
  void reserve(std::size_t steps, std::size_t rows) {
    rows_ = rows;
    buffer_.reserve(steps * rows);
  }
  /// The rows of step t.
  [[nodiscard]] T* operator[](std::size_t t) const { return buffer_[t * rows_]; }
  /// Scalars from one step to the next.
  [[nodiscard]] std::size_t stride() const { return rows_ * LaneGroup::lanes; }

 private:
  LaneBuffer<T> buffer_;
  std::size_t rows_ = 0;
};

/// Steps count from 0 here. "Before step t" and "after step t - 1" are the same index.
template <typename T>
struct Tape {
  // The forward pass, kept for the backward pass.
  StepBuffer<T> memory;         ///< [T+1][M·M] before step t; only [0] if nothing writes
  StepBuffer<T> registers;      ///< [T+1][R·M] before step t
  StepBuffer<T> outputs;        ///< [T] of the modules: M, 2 or no rows each, as their support
  StepBuffer<T> arguments;      ///< [T][A·M] of the modules
  StepBuffer<T> probabilities;  ///< [T][S] of selectors and f_t; later what the
                                ///< controller makes of them
  StepBuffer<T> controller;     ///< [T][state_rows]
  StepBuffer<T> factors;        ///< [T][R+M] of the renormalisation after step t
  LaneBuffer<T> finish;         ///< [T] f_t
  LaneBuffer<T> alive;          ///< [T+1] probability that step t runs
  LaneBuffer<T> share;          ///< [T] p_t
  LaneBuffer<T> loss;           ///< [T] −Σ_i w_i log mem_t[i][expected_i]
  LaneBuffer<T> blame;          ///< [T] the slope of the cost in `loss`
  LaneBuffer<T> slope;          ///< [T] the slope of the cost in p_t, without the price of steps
  const T* weights = nullptr;   ///< of the controller
  std::vector<T> weights_room;  ///< where it keeps them, if they are not the parameters

  // The group, in the form the passes need.
  LaneBuffer<T> scale;                 ///< [1]
  LaneBuffer<T> weight;                ///< [cells that count]
  std::vector<std::uint32_t> targets;  ///< [cells that count][lane] where memory holds P(expected)
  std::vector<unsigned> result_cells;  ///< cells that are a result in some lane
  std::vector<unsigned> constants;     ///< values of the constant modules, for this modulus
  std::vector<std::vector<std::uint16_t>> tables;  ///< of the modules without a kernel

  // The step being computed.
  std::vector<const T*> full;    ///< sources with full support: registers, then modules
  std::vector<const T*> binary;  ///< modules whose output is 0 or 1

  // The backward pass.
  LaneBuffer<T> memory_gradient;       ///< [M·M]
  LaneBuffer<T> register_gradient;     ///< [R·M]
  LaneBuffer<T> selector_gradient;     ///< [(A+R)·M] of arguments and new registers
  std::vector<const T*> selected;      ///< [A+R] its rows, one selector after the other
  LaneBuffer<T> output_gradient;       ///< [M]
  LaneBuffer<T> probability_gradient;  ///< [S]
  LaneBuffer<T> input_gradient;        ///< [R] of the controller's inputs
  LaneBuffer<T> carry;                 ///< of the controller
  LaneBuffer<T> indecision;            ///< [2] entropy and Gini impurity, or their weights
  LaneBuffer<T> scratch;

  /// Called before every step; may throw to end the pass. Null: nothing is.
  const std::function<void()>* poll = nullptr;
  void before_step() const {
    if (poll != nullptr) {
      (*poll)();
    }
  }
};

}  // namespace nram::soft
