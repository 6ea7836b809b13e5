#include "lua_loops.hpp"

#include <stdexcept>

#include <lua.hpp>

namespace nram::bench {
namespace {

constexpr const char* loops = R"lua(
local ffi = require("ffi")
local tasks = {}

tasks["access"] = function(m) m[0] = m[m[0] + 1] end

tasks["increment"] = function(m)
  local i = 0
  while m[i] ~= 0 do m[i] = m[i] + 1; i = i + 1 end
end

tasks["copy"] = function(m)
  local to, from = m[0], 1
  while m[from] ~= 0 do m[to] = m[from]; to = to + 1; from = from + 1 end
end

tasks["reverse"] = function(m)
  local to, from = m[0], 1
  while m[from] ~= 0 do from = from + 1 end
  from = from - 1
  while from ~= 0 do m[to] = m[from]; to = to + 1; from = from - 1 end
end

tasks["swap"] = function(m)
  local p, q = m[0], m[1]
  m[p], m[q] = m[q], m[p]
end

tasks["permutation"] = function(m)
  local values = m[0]
  for p = 1, values - 1 do m[p] = m[values + m[p]] end
end

tasks["list-k"] = function(m)
  local node = m[0]
  for _ = 2, m[1] do node = m[node] end
  m[m[2]] = m[node + 1]
end

tasks["list-search"] = function(m)
  local node, value = m[0], m[1]
  while m[node + 1] ~= value do node = m[node] end
  m[m[2]] = node
end

tasks["merge"] = function(m)
  local a, b, to = m[0], m[1], m[2]
  while m[a] ~= 0 and m[b] ~= 0 do
    if m[a] <= m[b] then m[to] = m[a]; a = a + 1 else m[to] = m[b]; b = b + 1 end
    to = to + 1
  end
  while m[a] ~= 0 do m[to] = m[a]; a = a + 1; to = to + 1 end
  while m[b] ~= 0 do m[to] = m[b]; b = b + 1; to = to + 1 end
end

tasks["walk-bst"] = function(m)
  local node, direction = m[0], 2
  while m[direction] ~= 0 do node = m[node + m[direction]]; direction = direction + 1 end
  m[m[1]] = m[node]
end

return function(task, memory) tasks[task](ffi.cast("double*", memory)) end
)lua";

[[noreturn]] void fail(lua_State* state) {
  throw std::runtime_error(std::string("LuaJIT: ") + lua_tostring(state, -1));
}

}  // namespace

void LuaLoops::Close::operator()(lua_State* state) const { lua_close(state); }

LuaLoops::LuaLoops() : state_(luaL_newstate()) {
  lua_State* const state = state_.get();
  if (state == nullptr) {
    throw std::runtime_error("LuaJIT does not start");
  }
  luaL_openlibs(state);
  if (luaL_loadstring(state, loops) != 0 || lua_pcall(state, 0, 1, 0) != 0) {
    fail(state);
  }
}

void LuaLoops::run(const std::string& task, double* memory) {
  lua_State* const state = state_.get();
  lua_pushvalue(state, -1);
  lua_pushlstring(state, task.data(), task.size());
  lua_pushlightuserdata(state, memory);
  if (lua_pcall(state, 2, 0, 0) != 0) {
    fail(state);
  }
}

}  // namespace nram::bench
