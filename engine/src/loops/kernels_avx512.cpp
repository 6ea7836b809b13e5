#define NRAM_KERNELS(name) name##_avx512
#include "kernels_isa.inc"
