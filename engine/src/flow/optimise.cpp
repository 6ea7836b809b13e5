#include "optimise.hpp"

#include "text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace nram {

std::span<const PassInfo> passes() {
  static constexpr std::array<PassInfo, 9> table{{
      {Pass::facts, "facts",
       "what registers hold in each block, from all steps before it; unreachable states and masks"},
      {Pass::specialise, "specialise",
       "a block knows which registers its own condition says are zero"},
      {Pass::fold, "fold", "constants, copies and algebra: INC(DEC(a)) = a, SUB(a,a) = 0"},
      {Pass::common, "common", "the same value is computed once"},
      {Pass::idle_writes, "idle-writes", "WRITE(p, READ(p)) changes nothing"},
      {Pass::checks, "checks", "no check of an address that is known to exist"},
      {Pass::dead, "dead", "no module whose output nobody uses"},
      {Pass::successors, "successors", "no test of a register that is known to be zero or not"},
      {Pass::merge, "merge", "blocks that do the same become one"},
  }};
  return table;
}

OptimisedText optimised_text(const Program& program, const OptimisationOptions& options,
                             bool every_address_exists) {
  const flow::Flow flow = flow::optimise(program, options, !every_address_exists);
  OptimisedText text;
  text.blocks = flow.blocks.size();
  for (const flow::Block& block : flow.blocks) {
    text.instructions += block.code.size();
  }
  text.listing = flow::listing(flow);
  const bool has_passes = std::ranges::any_of(
      passes(), [&](const PassInfo& info) { return options.enabled(info.pass); });
  if (has_passes && flow::is_too_large(flow)) {
    text.listing = "the passes stopped early: the program is too large for them\n" + text.listing;
  }
  return text;
}

}  // namespace nram

namespace nram::flow {
namespace {

// Programs with more blocks than this run as they are, and so do those whose blocks together have
// more tests of registers behind them: facts about what follows what would take long.
constexpr std::size_t most_blocks = 4096;
constexpr std::size_t most_tests = std::size_t{1} << 18U;

}  // namespace

bool is_too_large(const Flow& flow) {
  if (flow.blocks.size() > most_blocks) {
    return true;
  }
  std::size_t tests = 0;
  for (const Block& block : flow.blocks) {
    tests += block.finish ? 0 : flow.decisions[block.next].tests.size();
  }
  return tests > most_tests;
}

namespace {

void optimise_block(Block& block, const Entry& entry, const OptimisationOptions& options) {
  if (options.enabled(Pass::fold)) {
    fold(block, entry);
  }
  if (options.enabled(Pass::common)) {
    merge_common(block);
  }
  if (options.enabled(Pass::idle_writes)) {
    drop_idle_writes(block);
  }
  if (options.enabled(Pass::checks)) {
    drop_checks(block, entry);
  }
  if (options.enabled(Pass::dead)) {
    drop_dead(block);
  }
}

std::vector<std::optional<Entry>> facts_of(const Flow& flow, const OptimisationOptions& options) {
  if (options.enabled(Pass::facts)) {
    return find_facts(flow);
  }
  std::vector<std::optional<Entry>> facts;
  for (const Block& block : flow.blocks) {
    facts.emplace_back(options.enabled(Pass::specialise) ? condition_facts(flow, block)
                                                         : Entry(flow.machine.registers()));
  }
  return facts;
}

}  // namespace

Flow optimise(const Program& program, const OptimisationOptions& options, bool checked) {
  Flow flow = lower(program, checked);
  if (is_too_large(flow)) {
    return flow;
  }
  // What one round finds out about constants and successors helps the next.
  constexpr int rounds = 3;
  for (int round = 0; round < rounds; ++round) {
    const auto facts = facts_of(flow, options);
    for (std::size_t i = 0; i < flow.blocks.size(); ++i) {
      if (facts[i]) {
        optimise_block(flow.blocks[i], *facts[i], options);
      }
    }
    if (options.enabled(Pass::successors)) {
      decide_statically(flow, facts);
    }
    drop_unreachable(flow);
  }
  if (options.enabled(Pass::merge)) {
    merge_blocks(flow);
  }
  return flow;
}

}  // namespace nram::flow
