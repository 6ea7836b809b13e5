#pragma once

// The same loops as in hand_loops.hpp in Lua, run by LuaJIT. Cells are doubles, Lua's own numbers:
// exact for the values that occur here, 64 bits wide like the cells of the others.

#include <memory>
#include <string>

struct lua_State;

namespace nram::bench {

/// LuaJIT with the loops of all tasks.
class LuaLoops {
 public:
  /// Throws std::runtime_error if LuaJIT does not accept the loops.
  LuaLoops();

  /// Runs the loop of a task. Throws std::runtime_error with LuaJIT's message if that fails.
  void run(const std::string& task, double* memory);

 private:
  struct Close {
    void operator()(lua_State* state) const;
  };
  std::unique_ptr<lua_State, Close> state_;
};

}  // namespace nram::bench
