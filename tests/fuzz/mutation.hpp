#pragma once

#include <random>
#include <string>
#include <vector>

namespace nram::fuzz {

/// One of the files with a few things changed: bytes, numbers, pieces left out, doubled, or taken
/// from another of the files. Equal seeds of `random` give equal results. `files` is not empty.
std::string mutated(const std::vector<std::string>& files, std::mt19937_64& random);

}  // namespace nram::fuzz
