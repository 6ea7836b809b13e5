#pragma once

#include <bit>

namespace nram::discrete {

/// Calls the function with the number of each bit that is set, the lowest first.
template <typename Bits, typename Function>
void for_each_bit(Bits bits, Function function) {
  for (; bits != 0; bits &= bits - 1) {
    function(static_cast<unsigned>(std::countr_zero(bits)));
  }
}

}  // namespace nram::discrete
