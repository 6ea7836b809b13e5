#include "evaluation/acceptance.hpp"

#include "evaluation/polled_executor.hpp"

namespace nram {
namespace {

constexpr std::size_t few = 60;
constexpr std::size_t many = 600;
constexpr std::size_t harder = 3;

}  // namespace

AcceptanceResult accept(const Program& program, const Task& task, bool must_be_clean,
                        Random testing, Random confirming, const Poll& poll) {
  const auto executor = make_polled(make_executor(Engine::interpreter, program), poll);
  const auto passes = [&](const Evaluation& evaluation) {
    return evaluation.perfect() && (!must_be_clean || evaluation.clean_cases == evaluation.cases);
  };
  const Evaluation quick = evaluate(*executor, task.draw_held_out(few, 1, testing));
  const Score score{quick.accuracy(), quick.stops(), quick.clean()};
  return {score, passes(quick) &&
                     passes(evaluate(*executor, task.draw_held_out(many, harder, confirming)))};
}

}  // namespace nram
