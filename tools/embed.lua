-- SPDX-License-Identifier: MIT
-- Writes a C file that holds the given files and the SHA-256 of each, so that usher is one binary.
-- Usage: lua tools/embed.lua OUT.c FILE...

-- name -> the bytes of its hash, as C writes them
local function hashes(files)
  local quoted, found = {}, {}
  for i, name in ipairs(files) do quoted[i] = "'" .. name:gsub("'", "'\\''") .. "'" end
  local sums = assert(io.popen("sha256sum -- " .. table.concat(quoted, " ")))
  for line in sums:lines() do
    local hex, name = line:match("^(%x+)%s+%*?(.+)$")
    found[name] = hex:gsub("%x%x", "0x%0,")
  end
  assert(sums:close(), "sha256sum does not run: it is part of coreutils")
  return found
end

local found = hashes(table.move(arg, 2, #arg, 1, {}))
local out = assert(io.open(arg[1], "wb"))
out:write('#include "base/embedded.h"\n')
local names = {}
for i = 2, #arg do
  local file = assert(io.open(arg[i], "rb"))
  local data = file:read("a")
  file:close()
  names[#names + 1] = { name = arg[i], size = #data }
  out:write(("static const unsigned char file_%d[] = {"):format(#names))
  local parts = {}
  for j = 1, #data do
    parts[#parts + 1] = data:byte(j) .. (j % 32 == 0 and ",\n" or ",")
  end
  out:write(table.concat(parts), "0};\n")
end
out:write("const struct embedded_file embedded_files[] = {\n")
for i, file in ipairs(names) do
  out:write(("  {%q, (const char *)file_%d, %d, {{%s}}},\n")
    :format(file.name, i, file.size, found[file.name]))
end
out:write("  {0, 0, 0, {{0}}},\n};\n")
out:close()
