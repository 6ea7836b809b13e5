#include "scratch.hpp"

#include <cstdlib>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

TEST_CASE("links that lead nowhere yet, in steps, too") {
  const Scratch scratch;
  REQUIRE(::symlink("second", scratch.path("first").c_str()) == 0);
  REQUIRE(::symlink("third", scratch.path("second").c_str()) == 0);
  write_file(scratch.path("first"), "x");
  struct stat status {};
  REQUIRE(::lstat(scratch.path("third").c_str(), &status) == 0);
  CHECK(S_ISREG(status.st_mode));
  REQUIRE(::lstat(scratch.path("first").c_str(), &status) == 0);
  CHECK(S_ISLNK(status.st_mode));
  REQUIRE(::symlink("loop", scratch.path("loop").c_str()) == 0);
  CHECK(contains(message_of(ErrorKind::io, [&] { write_file(scratch.path("loop"), "x"); }),
                 "symbolic links"));
}

TEST_CASE("names as long as the file system allows") {
  const Scratch scratch;
  const std::string path = scratch.path(std::string(255, 'x'));
  write_file(path, "x");
  CHECK(slurp(path) == "x");
  CHECK(contains(message_of(ErrorKind::io, [&] { require_writable(path + "y"); }), "too long"));
}

TEST_CASE("an open file is written to where it stands") {
  const Scratch scratch;
  const std::string path = scratch.file("a", "");
  const int file = ::open(path.c_str(), O_RDWR);
  REQUIRE(::write(file, "head ", 5) == 5);
  const std::string name = "/dev/fd/" + std::to_string(file);
  write_file(name, "body");
  CHECK_FALSE(is_regular_output(name));
  CHECK(slurp(path) == "head body");
  ::close(file);
  const int reader = ::open(path.c_str(), O_RDONLY);
  CHECK(contains(
      message_of(ErrorKind::io, [&] { require_writable("/dev/fd/" + std::to_string(reader)); }),
      "Bad file descriptor"));
  ::close(reader);
}

TEST_CASE("what a killed process has left is removed, what a running one writes is not") {
  const Scratch scratch;
  const std::string path = scratch.path("a");
  const pid_t child = ::fork();
  if (child == 0) {
    AtomicFile file(path);
    file.write("half");
    ::_exit(0);  // without destructors, as a kill does it
  }
  ::waitpid(child, nullptr, 0);
  CHECK(scratch.files() == 1);
  REQUIRE(!scratch.file(".nram-notes.tmp", "mine").empty());
  {
    const AtomicFile running(path);
    CHECK(scratch.files() == 2);
    write_file(scratch.path("b"), "x");
    CHECK(scratch.files() == 3);
  }
  CHECK(scratch.files() == 2);
}

TEST_CASE("a file whose directory takes no others is overwritten, all of it or nothing") {
  if (::geteuid() == 0) {
    MESSAGE("skipped: root may write everywhere");
    return;
  }
  const Scratch scratch;
  const std::string path = scratch.file("a", "the old content, which is longer");
  ::chmod(scratch.path("").c_str(), 0555);
  {
    AtomicFile file(path);
    file.write("new");
    CHECK(slurp(path) == "the old content, which is longer");
    file.commit();
  }
  CHECK(slurp(path) == "new");
  CHECK(is_refused([&] { require_writable(scratch.path("b")); }));
  ::chmod(scratch.path("").c_str(), 0755);
}

TEST_CASE("trying a place leaves nothing and changes nothing") {
  const Scratch scratch;
  const std::string path = scratch.file("a", "old");
  require_writable(path);
  require_writable(scratch.path("b"));
  require_writable("/dev/null");
  CHECK(scratch.files() == 1);
  CHECK(slurp(path) == "old");
  CHECK(is_refused([&] { require_writable(scratch.path("no/b")); }));
}

TEST_CASE("the same file is known by every name") {
  const Scratch scratch;
  const std::string path = scratch.file("a", "x");
  REQUIRE(::link(path.c_str(), scratch.path("hard").c_str()) == 0);
  REQUIRE(::symlink("a", scratch.path("soft").c_str()) == 0);
  for (const std::string name : {"a", "hard", "soft", "./a"}) {
    CHECK(is_same_file(scratch.path(name), path));
    CHECK(is_same_file(path, scratch.path(name)));
  }
  CHECK(is_same_file(scratch.path("new"), scratch.path("./new")));
  CHECK_FALSE(is_same_file(scratch.path("new"), path));
  CHECK_FALSE(is_same_file(scratch.file("b", "x"), path));
  CHECK_FALSE(is_same_file("/dev/null", "/dev/null"));
}
