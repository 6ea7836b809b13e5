#pragma once

#include <string>

#include <sys/types.h>

namespace nram {

/// A file that is being written, beside the one that it will replace: locked as long as its process
/// lives, so that others can tell what a killed one has left.
struct FileBeside {
  int file = -1;
  std::string name;  ///< in the directory; short, whatever the name of the target
};

/// Creates one in an open directory. `file` is -1, with errno set, if that cannot be done.
FileBeside create_temporary(int directory, mode_t mode);

/// A file without a name for content that cannot be beside its target, where temporary files go, or
/// in RAM. -1, with errno set, if that cannot be done.
int create_nameless();

/// Removes the temporary files that killed processes of this user have left in a directory. Looks
/// at its first few thousand entries only.
void remove_leftovers(int directory);

}  // namespace nram
