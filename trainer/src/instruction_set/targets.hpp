// The instruction sets that the inner loops are compiled for, to be included before any header of
// Highway, which compiles a source once for each and chooses when the program runs.
//
// How a source takes part: it names itself in HWY_TARGET_INCLUDE and includes
// <hwy/foreach_target.h>, which includes the source again for each instruction set. Its code is
// between HWY_BEFORE_NAMESPACE() and HWY_AFTER_NAMESPACE() in a namespace HWY_NAMESPACE, and so are
// the headers it shares with its like: their include guards let them in once for each. Everything
// else, the standard library's templates above all, is compiled for every computer. What differs
// between instruction sets asks for HWY_TARGET, never for __AVX2__ and the like: GCC reads the
// whole file before it heeds the pragma that would define them.

#pragma once

// On x86-64 that leaves the baseline, AVX2 with FMA, and AVX-512 (F, BW, DQ, VL); on 64-bit Arm,
// NEON, which each has.
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#endif

#include <hwy/detect_targets.h>
