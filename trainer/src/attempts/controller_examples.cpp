#include "attempts/controller_examples.hpp"

#include "attempts/level_groups.hpp"

#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

// The share of the result cells of a lane group that are wrong.
double share_of_wrong_cells(const GroupResult& group) {
  unsigned cells = 0;
  unsigned right = 0;
  for (unsigned lane = 0; lane < LaneGroup::lanes; ++lane) {
    cells += group.result_cells[lane];
    right += group.right_cells[lane];
  }
  return cells == 0 ? 0.0 : 1.0 - static_cast<double>(right) / cells;
}

}  // namespace

ControllerExamples::ControllerExamples(AttemptContext context, const Settings& settings,
                                       const Machine& machine)
    : context_(std::move(context)),
      settings_(settings),
      machine_(machine),
      curriculum_(settings.curriculum, {}, context_.task.levels()) {
  if (settings.optimizer.batch % LaneGroup::lanes != 0) {
    throw Error(ErrorKind::usage, fmt::format("batch: {} is not a multiple of {}",
                                              settings.optimizer.batch, LaneGroup::lanes));
  }
}

std::vector<LaneGroup> ControllerExamples::draw(Random& random) {
  std::vector<LaneGroup> batch;
  const unsigned parts = settings_.optimizer.batch / LaneGroup::lanes;
  levels_.clear();
  for (unsigned g = 0; g < parts; ++g) {
    levels_.push_back(curriculum_.draw(random));
    const auto extra = static_cast<unsigned>(random.between(0, settings_.cost.slack_steps));
    add_level_group(context_, settings_, machine_, levels_.back(), extra, parts, random, batch);
  }
  return batch;
}

void ControllerExamples::note(const CostResult& result, std::uint64_t iteration) {
  for (std::size_t g = 0; g < levels_.size(); ++g) {
    if (levels_[g] == curriculum_.level()) {
      curriculum_.note_error(share_of_wrong_cells(result.groups[g]));
    }
  }
  curriculum_.rise_if_learned(iteration);
}

}  // namespace nram
