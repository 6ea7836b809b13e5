#include "scratch.hpp"

#include <doctest/doctest.h>

#include <nram/model-io/file_kind.hpp>

using namespace nram;
using namespace nram::test;

TEST_CASE("memories are arrays or texts by their names, or refused") {
  for (const char* name : {"a.npy", "d.x/a.b.npy"}) {
    CHECK(memory_kind_of_name(name) == FileKind::array);
  }
  for (const char* name : {"a.txt", "a", "d.npz/a", ".hidden", "-", "/dev/stdout", "/dev/fd/3"}) {
    CHECK(memory_kind_of_name(name) == FileKind::memory_text);
  }
  for (const char* name : {"a.npz", "a.csv", "a.NPY", "a.TXT", "a.json", "a."}) {
    CAPTURE(name);
    CHECK(contains(message_of(ErrorKind::usage, [&] { (void)memory_kind_of_name(name); }),
                   "array (.npy)"));
  }
}

TEST_CASE("no file is named as another kind") {
  require_name_for(FileKind::model, "m.st");
  require_name_for(FileKind::model, "m");
  require_name_for(FileKind::program, "p.json");
  require_name_for(FileKind::examples, "e");
  require_name_for(FileKind::object, "/dev/null");
  require_name_for(FileKind::c_source, "p.c");
  require_name_for(FileKind::python_source, "p.py");
  const auto refuses = [](FileKind kind, const std::string& name) {
    return is_refused([&] { require_name_for(kind, name); });
  };
  CHECK(refuses(FileKind::model, "m.json"));
  CHECK(refuses(FileKind::model, "m.NPY"));
  CHECK(refuses(FileKind::program, "m.safetensors"));
  CHECK(refuses(FileKind::examples, "e.csv"));
  CHECK(refuses(FileKind::object, "o"));
  CHECK(refuses(FileKind::page, "p"));
  CHECK(refuses(FileKind::c_source, "p"));
  CHECK(refuses(FileKind::c_source, "p.py"));
  CHECK(refuses(FileKind::python_source, "p.c"));
  CHECK(refuses(FileKind::page, "p.json"));
}
