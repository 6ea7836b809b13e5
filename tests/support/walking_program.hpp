#pragma once

#include <random>

#include <nram/engine/program.hpp>

namespace nram::test {

/// A program that walks through the memory in every which way: it loads its registers from the
/// first cells, then loops, by way of one or two circuits whose registers count, are reductions or
/// are read anew, until the registers' zeros say otherwise. Equal seeds of `random` give equal
/// programs.
Program walking_program(std::mt19937_64& random);

}  // namespace nram::test
