#define NRAM_KERNELS(name) name##_base
#include "kernels_isa.inc"
