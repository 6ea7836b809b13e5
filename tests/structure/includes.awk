# Reads arrows.txt, the names of all files, and grep's list of #include lines; prints each arrow that
# the table does not allow. Writes who includes whom, file by file and room by room, for tsort.

function fail(text) {
  print text > "/dev/stderr"
  failed = 1
}

function folder_of(path) { return substr(path, 1, index(path, "/") - 1) }
function directory_of(path) { sub(/[^\/]*$/, "", path); return path }
function is_public(path) { return path ~ /^[a-z-]+\/include\// }
function is_internal(path) { return path ~ /^[a-z-]+\/internal\// }
# To a folder that may include the one of this file.
function is_visible(from, path) {
  return is_public(path) || may_folder[from] ~ / internals / || \
    (is_internal(path) && may_folder[from] ~ (" " folder_of(path) "\\+internal "))
}

# a/b/../c -> a/c
function without_dots(path) {
  while (sub(/[^\/.]+\/\.\.\//, "", path)) {}
  return path
}

# The file of the project that an include means; "" if it means somebody else's.
function resolve(file, name, quoted,    own, candidate) {
  own = folder_of(file)
  if (!quoted) {
    for (folder in may_folder) {
      candidate = folder "/include/" name
      if (candidate in exists) return candidate
      candidate = folder "/internal/" name
      if (candidate in exists) return candidate
    }
    return ""
  }
  candidate = without_dots(directory_of(file) name)
  if (candidate in exists) return candidate
  if (own "/src/" name in exists) return own "/src/" name
  if (own "/" name in exists) return own "/" name
  # Tests and benchmarks see the sources of what they test.
  for (folder in may_folder)
    if (may_folder[own] ~ / internals / && folder "/src/" name in exists) return folder "/src/" name
  return ""
}

# The room of a file of the trainer.
function room_of(path,    stem, name, best) {
  if (path in room_of_file) return room_of_file[path]
  stem = path
  sub(/\.[a-z]+$/, "", stem)
  if (is_public(path)) {
    sub(/.*\//, "", stem)
    if (stem in source_of) return room_of(source_of[stem])
  } else
    sub(/^trainer\/src\//, "", stem)
  for (name in may_room)
    if ((stem == name || index(stem, name "/") == 1) && length(name) > length(best)) best = name
  for (name in member_of)
    if (stem == name && length(name) > length(best)) best = name
  if (best in member_of) best = member_of[best]
  if (best == "") {
    fail(path ": belongs to no room of tests/structure/arrows.txt")
    best = stem
  }
  room_of_file[path] = best
  return best
}

FNR == 1 { input++ }

# arrows.txt
input == 1 && /^(#|$)/ { next }
input == 1 && /^\[/ { section = $1; next }
input == 1 && $2 == "=" { for (i = 3; i <= NF; i++) member_of[$i] = $1; next }
input == 1 {
  name = $0
  sub(/:.*/, "", name)
  sub(/^[^:]*:/, "")
  if (section == "[folders]") may_folder[name] = " " $0 " "
  else if (name == "every room") every_room = " " $0 " "
  else may_room[name] = " " $0 " "
  next
}

# The files
input == 2 {
  exists[$1]
  if ($1 ~ /^trainer\/src\/.*\.cpp$/) {
    stem = $1
    gsub(/.*\/|\.cpp$/, "", stem)
    source_of[stem] = $1
  }
  next
}

# The includes: FILE:LINE:#include ...
{
  split($0, part, ":")
  file = part[1]
  place = file ":" part[2] ": "
  quoted = $0 ~ /include[ \t]*"/
  name = $0
  sub(/.*include[ \t]*["<]/, "", name)
  sub(/[">].*/, "", name)
  from = folder_of(file)
  target = resolve(file, name, quoted)
  if (target == "") {
    if (name ~ /^nram\// && from !~ /^(tests|samples)$/) fail(place "there is no " name)
    next
  }
  to = folder_of(target)
  if (target != file) print file, target > edges
  if (from != to) {
    if (may_folder[from] !~ / \* / && index(may_folder[from], " " to " ") == 0)
      fail(place from "/ may not include " to "/ (" name ")")
    else if (!is_visible(from, target))
      fail(place name " is an internal header of " to "/")
  } else if (from == "trainer") {
    a = room_of(file)
    b = room_of(target)
    if (a == b) next
    if (!((a, b) in used)) { print a, b > rooms; arrow_count++ }
    used[a, b]++
    if (index(may_room[a] every_room, " " b " ") == 0)
      fail(place "room " a " may not include room " b " (" name ")")
  }
}

END {
  for (path in exists)
    if (path ~ /^trainer\//) inhabited[room_of(path)]
  if (arrows == "yes") {
    for (pair in used) {
      split(pair, end, SUBSEP)
      printf "%-20s -> %-20s %d\n", end[1], end[2], used[pair] | "sort"
    }
    close("sort")
    for (name in inhabited) room_count++
    print room_count " rooms, " arrow_count " arrows"
  }
  exit failed
}
