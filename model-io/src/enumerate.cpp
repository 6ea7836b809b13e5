#include "automaton.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace nram {
namespace {

// The largest difference of two values, or infinity once it is known to be above `limit`.
double distance(const std::vector<float>& a, const std::vector<float>& b, double limit) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(double{a[i]} - double{b[i]});
    if (!(difference <= limit)) {  // also if it is not a number
      return std::numeric_limits<double>::infinity();
    }
    largest = std::max(largest, difference);
  }
  return largest;
}

// Sorts states into those that count as one. The first of its kind stands for all of them.
class Classes {
 public:
  Classes(ObservationTable& observations, const Merging& merging)
      : observations_(observations), merging_(merging) {}

  std::uint32_t class_of(ObservationTable::Id id) {
    if (const auto known = known_.find(id); known != known_.end()) {
      return known->second;
    }
    const std::uint32_t found = std::isinf(merging_.tolerance) ? alike(id) : nearest(id);
    if (found == first_.size()) {
      first_.push_back(id);
    }
    known_.emplace(id, found);
    return found;
  }

  [[nodiscard]] const std::vector<ObservationTable::Id>& first() const { return first_; }
  [[nodiscard]] double largest_merge() const { return largest_merge_; }

 private:
  const std::vector<std::uint32_t>& row(ObservationTable::Id id) {
    return observations_.row(id, merging_.experiments);
  }

  std::uint32_t alike(ObservationTable::Id id) {
    const auto next = static_cast<std::uint32_t>(first_.size());
    const auto [entry, is_new] = by_row_.emplace(row(id), next);
    if (!is_new) {
      merged(distance(observations_.values(first_[entry->second]), observations_.values(id),
                      merging_.tolerance));
    }
    return entry->second;
  }

  // A row is filled in only if its state is close to another one.
  std::uint32_t nearest(ObservationTable::Id id) {
    double best = merging_.tolerance;
    std::size_t found = first_.size();
    for (std::size_t i = 0; i < first_.size(); ++i) {
      const double d = distance(observations_.values(first_[i]), observations_.values(id), best);
      const bool nearer = d <= best && (found == first_.size() || d < best);
      if (nearer && row(first_[i]) == row(id)) {
        best = d;
        found = i;
      }
    }
    if (found != first_.size()) {
      merged(best);
    }
    return static_cast<std::uint32_t>(found);
  }

  void merged(double distance) { largest_merge_ = std::max(largest_merge_, distance); }

  ObservationTable& observations_;
  const Merging& merging_;
  std::vector<ObservationTable::Id> first_;
  std::map<ObservationTable::Id, std::uint32_t> known_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> by_row_;
  double largest_merge_ = 0.0;
};

}  // namespace

Enumerated enumerate(ObservationTable& observations, const Merging& merging,
                     std::size_t max_states) {
  Enumerated found;
  Automaton& automaton = found.automaton;
  automaton.masks = observations.controller().machine().masks();
  CircuitSet circuits;
  Classes classes(observations, merging);
  classes.class_of(0);
  std::size_t done = 0;
  while (done < classes.first().size() && classes.first().size() <= max_states &&
         !observations.spent()) {
    for (const ObservationTable::Successor& successor :
         observations.successors(classes.first()[done])) {
      automaton.table.push_back({circuits.index_of(observations.circuits()[successor.circuit]),
                                 successor.finish ? 0 : classes.class_of(successor.next),
                                 successor.finish});
    }
    ++done;
  }
  found.closed = done == classes.first().size() && !observations.spent();
  found.states = classes.first();
  automaton.circuits = circuits.circuits();
  automaton.largest_merge = classes.largest_merge();
  return found;
}

void add_confidence(const ObservationTable& observations, Enumerated& found) {
  const LiveController& controller = observations.controller();
  for (const ObservationTable::Id id : found.states) {
    for (std::uint32_t mask = 0; mask < found.automaton.masks; ++mask) {
      LstmState state = observations.state(id);
      const std::vector<float> sure =
          confidence(controller.layout(), controller.logits(mask, state));
      found.automaton.confidence.insert(found.automaton.confidence.end(), sure.begin(), sure.end());
    }
  }
}

}  // namespace nram
