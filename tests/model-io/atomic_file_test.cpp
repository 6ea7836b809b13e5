#include "scratch.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nram/model-io/atomic_file.hpp>

using namespace nram;
using namespace nram::test;

TEST_CASE("a file appears as a whole when it is committed") {
  const Scratch scratch;
  const std::string path = scratch.file("a", "old");
  AtomicFile file(path);
  file.write("new ");
  file.write("content");
  CHECK(slurp(path) == "old");
  file.commit();
  CHECK(slurp(path) == "new content");
  CHECK(scratch.files() == 1);
}

TEST_CASE("a file that is not committed leaves nothing") {
  const Scratch scratch;
  const std::string path = scratch.file("a", "old");
  {
    AtomicFile file(path);
    file.write("new");
  }
  CHECK(slurp(path) == "old");
  CHECK(scratch.files() == 1);
}

TEST_CASE("permissions and links are kept") {
  const Scratch scratch;
  const std::string path = scratch.file("a", "old");
  ::chmod(path.c_str(), 0640);
  const std::string link = scratch.path("link");
  REQUIRE(::symlink(path.c_str(), link.c_str()) == 0);
  write_file(link, "new");
  struct stat status {};
  REQUIRE(::lstat(link.c_str(), &status) == 0);
  CHECK(S_ISLNK(status.st_mode));
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640);
  CHECK(slurp(path) == "new");
}

TEST_CASE("new files get the permissions of the umask") {
  const Scratch scratch;
  const mode_t old = ::umask(027);
  write_file(scratch.path("a"), "x");
  ::umask(old);
  struct stat status {};
  REQUIRE(::stat(scratch.path("a").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640);
}

TEST_CASE("failures to write are told, and clean up") {
  const Scratch scratch;
  const std::string none =
      message_of(ErrorKind::io, [&] { write_file(scratch.path("no/such/place"), "x"); });
  CHECK(contains(none, "no/such/place: cannot create the file: No such file"));
  CHECK(contains(message_of(ErrorKind::io, [&] { write_file(scratch.path("."), "x"); }),
                 "directory"));
  CHECK(contains(message_of(ErrorKind::io, [] { write_file("/dev/full", "x"); }),
                 "/dev/full: cannot write the file: No space left on device; free some space"));
  CHECK(scratch.files() == 0);
}

TEST_CASE("devices are written to directly") {
  write_file("/dev/null", "x");
  struct stat status {};
  REQUIRE(::stat("/dev/null", &status) == 0);
  CHECK(S_ISCHR(status.st_mode));
}
