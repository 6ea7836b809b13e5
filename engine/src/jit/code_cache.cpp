#include "code_cache.hpp"

#include "../executors.hpp"
#include "../flow/optimise.hpp"
#include "../loops/drive.hpp"
#include "../loops/kernels.hpp"
#include "../loops/loop_search.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include <nram/engine/error.hpp>

namespace nram::jit {
namespace {

// Loops are left to the vectorised ones of the code itself until they turn out to be this long.
// Then it pays to run them in parallel and past the cache.
constexpr std::uint64_t long_loop = 1U << 15U;

// Steps in which the code gets to run its own vectorised loops where all loops are to be
// vectorised.
constexpr std::uint64_t some_vectors = 97;

// How often vectorised loops of the code may turn out to be short; see NativeRun::credit.
constexpr std::uint64_t usual_credit = 64;
constexpr std::uint64_t endless_credit = std::uint64_t{1} << 62U;

std::uint64_t credit_of(Speculation speculation) {
  switch (speculation) {
    case Speculation::never:
      return 0;
    case Speculation::worthwhile:
      return usual_credit;
    case Speculation::always:
      break;
  }
  return endless_credit;
}

}  // namespace

std::uint64_t Compiled::first_pause(bool always) const {
  if (has_vector_loops) {
    return always ? some_vectors : long_loop;
  }
  return always ? 1 : loops::usual_first_pause;
}

NativeRun Compiled::new_run(const RunOptions& options) const {
  NativeRun run;
  std::fill(std::begin(run.credit), std::end(run.credit), credit_of(options.speculation));
  run.modulus = options.modulus.value();
  run.block = static_cast<std::uint32_t>(flow.entry);
  return run;
}

const Compiled* CodeCache::code_for(MemoryView memory, const RunOptions& options) const {
  const Modulus modulus = options.modulus;
  if (executors::runs_as_written(options)) {
    return nullptr;
  }
  const bool every_address_exists = !modulus.contains(memory.size());
  const bool word_arithmetic = modulus == word_modulus(memory.type());
  Slot& slot = slots_[(memory.type() == CellType::u64 ? 4U : 0U) + (word_arithmetic ? 2U : 0U) +
                      (every_address_exists ? 1U : 0U)];
  if (const Compiled* const ready = slot.ready.load(std::memory_order_acquire)) {
    return ready;
  }
  std::call_once(slot.once, [&] {
    const Specialisation specialisation{memory.type(), word_arithmetic, every_address_exists,
                                        loops::gathers_fast()};
    flow::Flow flow = flow::optimise(program_, optimisations_, !every_address_exists);
    if (flow.blocks.size() > most_blocks) {
      return;
    }
    loops::Plans plans = loops::find_plans(flow);
    std::unique_ptr<NativeCode> code;
    try {
      code = compiler_.compile(flow, plans, specialisation);
    } catch (const Error&) {
      if (without_ == executors::WithoutCode::fails) {
        throw;
      }
      return;
    }
    slot.compiled =
        std::make_unique<Compiled>(Compiled{std::move(flow), std::move(plans), std::move(code)});
    slot.ready.store(slot.compiled.get(), std::memory_order_release);
  });
  return slot.compiled.get();
}

}  // namespace nram::jit
