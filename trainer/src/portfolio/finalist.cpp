#include "portfolio/finalist.hpp"

#include <tuple>

namespace nram {

bool better(const Finalist& a, const Finalist& b) {
  if (a.solved() != b.solved()) {
    return a.solved();
  }
  const Score& a_score = a.snapshot.progress.best;
  const Score& b_score = b.snapshot.progress.best;
  if (!a.solved() && a_score != b_score) {
    return a_score > b_score;
  }
  return std::tuple(a.clock, a.slot) < std::tuple(b.clock, b.slot);
}

}  // namespace nram
