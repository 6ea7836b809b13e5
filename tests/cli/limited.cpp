// limited no-code|no-threads COMMAND...: runs a command that may not make memory executable which
// it has written (as under SELinux' deny_execmem or systemd's MemoryDenyWriteExecute), or that may
// not start a thread. Exit code 77 if this system cannot do that.

#include <cstdio>
#include <cstring>

#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

constexpr int cannot = 77;

bool forbid_code() {
  constexpr int set_mdwe = 65;                   // PR_SET_MDWE, Linux 6.3
  constexpr unsigned long refuse_exec_gain = 1;  // PR_MDWE_REFUSE_EXEC_GAIN
  return prctl(set_mdwe, refuse_exec_gain, 0UL, 0UL, 0UL) == 0;
}

bool forbid_threads() {
  const rlimit one{1, 1};
  if (setrlimit(RLIMIT_NPROC, &one) != 0) {
    return false;
  }
  // The limit means nothing to the superuser: become somebody who has no other process.
  const auto nobody_else = static_cast<uid_t>(1000000 + getpid());
  return getuid() != 0 ||
         (setgroups(0, nullptr) == 0 && setgid(nobody_else) == 0 && setuid(nobody_else) == 0);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: limited no-code|no-threads COMMAND...\n", stderr);
    return 2;
  }
  const bool done = std::strcmp(argv[1], "no-code") == 0 ? forbid_code() : forbid_threads();
  if (!done) {
    return cannot;
  }
  execvp(argv[2], argv + 2);
  std::perror(argv[2]);
  return 2;
}
