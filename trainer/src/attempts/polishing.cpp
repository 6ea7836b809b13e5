#include "attempts/polishing.hpp"

#include "attempts/saved_annealing.hpp"

namespace nram {

bool Polishing::run(const discrete::IsOver& is_over) {
  if (!search_.polish(is_over)) {
    return false;
  }
  patience_.add(evaluated());
  const discrete::Polisher& polisher = search_.polisher();
  const discrete::Elite polished{polisher.cost(), polisher.current()};
  if (polished.cost > 0.0) {  // it is right, but not clean
    champion_.offer(polished, polisher.result().rows);
  } else if (search_.confirm(polished.candidate)) {
    champion_.offer(polished, search_.examples().confirmed_rows());
  }
  return true;
}

Json Polishing::save() const { return to_json(candidate_); }

void Polishing::restore_from(const Json& saved) {
  candidate_ = candidate_from(saved);
  champion_.require_valid(candidate_);
}

}  // namespace nram
