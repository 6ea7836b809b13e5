#define NRAM_KERNELS(name) name##_avx2
#include "kernels_isa.inc"
