#pragma once

#include "trace_row.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <nram/engine/memory.hpp>
#include <nram/model-io/model.hpp>

namespace nram::cli {

/// The soft machine of a model beside a trace of the hard one.
struct SoftTrace {
  std::vector<SoftRow> rows;  ///< of the first steps, as many as were asked for
  std::string why_none;       ///< if there are no rows: what is missing, a sentence
};

/// Runs the soft machine for `steps` steps, whatever it thinks of finishing. It has as many values
/// as cells: without that modulus, or with too many cells or steps for it, there are no rows.
SoftTrace soft_trace(const Model& model, MemoryView memory, const std::vector<Word>& registers,
                     Modulus modulus, std::uint64_t steps);

}  // namespace nram::cli
