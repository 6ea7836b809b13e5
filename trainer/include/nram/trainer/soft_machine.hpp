#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <nram/engine/circuit.hpp>
#include <nram/engine/machine.hpp>
#include <nram/model-io/model.hpp>
#include <nram/trainer/lane_batch.hpp>

namespace nram {

/// How the costs of finishing after one step or another are put together.
enum class CostForm {
  /// The expected cost Σ_t p_t loss_t (Kurach et al. 2016, section 3.3).
  expected,
  /// −log Σ_t q_t exp(−loss_t), with q_t = (1 − any_time) p_t + any_time / T: how surprising the
  /// result is. What is right at one time only costs less than what never is.
  marginal
};

/// What is minimised. For an example with memory distributions mem_t after step t and probabilities
/// p_t of finishing there (Kurach et al. 2016, section 3.3)
///
///     loss_t = −Σ_i weight_i · log max(mem_t[i][expected_i], log_floor)
///     cost = scale · ( Σ_t p_t loss_t, or as CostForm says
///                      + ponder_cost · Σ_t t·p_t
///                      − entropy_bonus · H + gini · G )
///
/// where H is the entropy in nats and G the Gini impurity 1 − Σ_c s_c² of a selector's distribution
/// s, each the mean over the T steps and all selectors (module arguments and registers). A term
/// whose weight is 0 costs no time.
struct CostSettings {
  CostForm form = CostForm::expected;
  double any_time = 0.0;       ///< in [0, 1]; see CostForm::marginal
  double log_floor = 1e-8;     ///< in (0, 1); below it a cell's cost is constant, its gradient 0
  double ponder_cost = 0.0;    ///< ≥ 0; teaches to finish early
  double entropy_bonus = 0.0;  ///< ≥ 0; keeps selectors undecided early in training (section 4.2)
  double gini = 0.0;           ///< ≥ 0; drives selectors to a single source
  /// Rescales registers and cells to sum 1 after every step (section 4.2), against rounding errors
  /// in long runs.
  bool renormalise = false;
};

/// Figures of one lane group, by lane; all 0 in unused lanes.
struct GroupResult {
  std::array<double, LaneGroup::lanes> cost{};            ///< including the lane's scale
  std::array<double, LaneGroup::lanes> expected_steps{};  ///< Σ_t t·p_t, in [1, T]
  std::array<unsigned, LaneGroup::lanes> result_cells{};  ///< cells with is_result
  /// Result cells whose most probable value in Σ_t p_t·mem_t (ties: the lowest) is the expected
  /// one.
  std::array<unsigned, LaneGroup::lanes> right_cells{};
  bool finite = true;  ///< the cost is a finite number, and so is the gradient if one was computed
};

/// Figures of a batch.
struct CostResult {
  double cost = 0.0;            ///< sum over all lanes
  double accuracy = 1.0;        ///< right cells / result cells; 1 if there are none
  double expected_steps = 0.0;  ///< mean over the lanes in use
  bool finite = true;           ///< of every group
  /// One for each lane group; valid until the workspace is used again or destroyed.
  std::span<const GroupResult> groups;
};

/// All buffers that cost and gradient need. Keeps its memory from call to call, so that a training
/// iteration allocates nothing once the largest group has been seen. Belongs to one caller at a
/// time; may be used with any number of soft machines.
class SoftWorkspace {
 public:
  /// With `parallel`, the groups of a batch are computed by oneTBB in the caller's arena (isolated:
  /// the caller's thread takes no other work while it waits); otherwise by the calling thread. The
  /// results are the same bits. `poll` is called before every step of the forward and the backward
  /// pass, by the thread that computes it; what it throws comes out of the call that was computing,
  /// whose results are lost.
  explicit SoftWorkspace(bool parallel = false, std::function<void()> poll = {});
  ~SoftWorkspace();
  SoftWorkspace(SoftWorkspace&&) noexcept;
  SoftWorkspace& operator=(SoftWorkspace&&) noexcept;

  struct Impl;
  [[nodiscard]] Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// What the soft machine did in one step for one example.
struct SoftStep {
  std::vector<float> memory;     ///< [M][M] distribution of every cell after the step
  std::vector<float> registers;  ///< [R][M] distribution of every register after the step
  std::vector<float> selectors;  ///< [S−1] probability of every candidate, as in SelectorLayout
  float finish = 0.0F;           ///< f_t, the willingness to finish after this step
  float share = 0.0F;            ///< p_t, the probability of finishing after this step
  Circuit circuit;               ///< the argmax of every selector (ties: the lowest)

  /// The most probable value of each distribution of `modulus` values (ties: the lowest).
  [[nodiscard]] static std::vector<unsigned> most_probable(std::span<const float> distributions,
                                                           unsigned modulus);
};

/// The differentiable machine (Kurach et al. 2016, sections 3.1 to 3.3): registers and cells hold
/// distributions over Z_M, the controller sees P(r_i = 0) and mixes sources by softmax selectors.
///
/// Immutable after construction: any number of threads may use it at the same time, each with its
/// own workspace. Parameters of a controller are the tensors of `tensor_shapes`, one after the
/// other.
///
/// Time of a step and example: O(S·H) for the controller (H its last layer), O(S·M) for mixing,
/// O(M²) for READ, WRITE, ADD and SUB, O(M) for the other standard modules, O(M^arity) for custom
/// ones; the gradient takes about twice as long again. Memory: O(T·(M² + S + Q·M)) floats for each
/// of 16 lanes and thread.
class SoftMachine {
 public:
  /// Throws Error(data) if the controller shape is impossible (see ControllerShape).
  SoftMachine(const Machine& machine, const ControllerShape& controller);
  /// A differentiable automaton of 1 to `max_states` states instead of a controller: a distribution
  /// over states, each of which looks at a mixture of registers and has its own selectors, next
  /// state and willingness to finish for zero and for not zero. Parameters: logits of which
  /// register each state looks at, [states][R]; of the next state, [2 states][states]; of selectors
  /// and finish, [2 states][S], where 2 s is for not zero in state s and 2 s + 1 for zero. Throws
  /// Error(usage) for another number of states.
  SoftMachine(const Machine& machine, unsigned states);
  static constexpr unsigned max_states = 64;
  ~SoftMachine();
  SoftMachine(SoftMachine&&) noexcept;
  SoftMachine& operator=(SoftMachine&&) noexcept;

  [[nodiscard]] const Machine& machine() const;
  /// The number of parameters.
  [[nodiscard]] std::size_t parameters() const;

  /// Cost and figures of a batch. Throws Error(usage) if the number of parameters or a group's
  /// number of registers is not the machine's.
  CostResult cost(std::span<const float> parameters, std::span<const LaneGroup> batch,
                  const CostSettings& settings, SoftWorkspace& workspace) const;

  /// The same, and the gradient of the cost, which replaces the contents of `gradient` (as long as
  /// `parameters`). Sums are taken in a fixed order: equal input gives equal bits, whatever the
  /// number of threads.
  CostResult cost_and_gradient(std::span<const float> parameters, std::span<const LaneGroup> batch,
                               const CostSettings& settings, SoftWorkspace& workspace,
                               std::span<float> gradient) const;

  /// Runs one lane of a group for all T steps and reports every step.
  std::vector<SoftStep> trace(std::span<const float> parameters, const LaneGroup& group,
                              unsigned lane, SoftWorkspace& workspace) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace nram
