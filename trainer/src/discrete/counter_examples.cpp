#include "discrete/counter_examples.hpp"

#include <utility>

#include <nram/engine/error.hpp>

namespace nram::discrete {

CounterExamples::CounterExamples(const Task& task, const ExampleSourceSettings& settings,
                                 LaneEvaluator& evaluator, Random random)
    : source_(task, settings),
      evaluator_(evaluator),
      random_(random),
      examples_(source_.draw(random_, Reach::short_ones)) {}

bool CounterExamples::confirm(const Candidate& candidate, unsigned sets) {
  confirmed_rows_ = 0;
  for (unsigned i = 0; i < sets; ++i) {
    // What is wrong is mostly wrong on short ones, too, which are quicker to run.
    std::vector<TestCase> fresh =
        source_.draw(random_, i % 2 == 0 ? Reach::short_ones : Reach::all);
    const std::vector<ExampleBatch> batches = source_.batches(fresh);
    const LaneResult result = evaluator_.evaluate(candidate, batches);
    if (result.cost == 0.0) {
      confirmed_rows_ |= result.rows;
      continue;
    }
    for (TestCase& example : fresh) {
      if (evaluator_.evaluate(candidate, source_.batch_of(example)).cost > 0.0) {
        examples_[random_.below(source_.count())] = std::move(example);
      }
    }
    return false;
  }
  return true;
}

void CounterExamples::restore(std::vector<TestCase> examples, const Random& random) {
  if (examples.size() != source_.count()) {
    throw Error(ErrorKind::data, "a saved attempt has the wrong number of examples");
  }
  examples_ = std::move(examples);
  random_ = random;
}

}  // namespace nram::discrete
