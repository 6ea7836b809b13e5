#pragma once

#include <nram/model-io/memories.hpp>

namespace nram {

class InputFile;

/// read_npy and read_memory_text on a file that is already open.
Memories read_npy(InputFile& file);
Memories read_memory_text(InputFile& file);

}  // namespace nram
