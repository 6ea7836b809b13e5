#pragma once

#include <random>
#include <utility>

#include <support/run_record.hpp>

namespace nram::test {

/// A modulus of any kind (as many as there are cells, just above, words, others) under which a
/// memory of `cells` cells is possible, and a cell type for it.
std::pair<Modulus, CellType> random_modulus(std::size_t cells, std::mt19937_64& random);

/// A short run on a small memory: any modulus, step limit, initial registers, speculation, progress
/// and cancellation.
RunCase random_run(const Machine& machine, std::mt19937_64& random);

}  // namespace nram::test
