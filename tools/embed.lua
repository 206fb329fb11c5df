-- SPDX-License-Identifier: MIT
-- Writes a C file that holds the given files, so that usher is one binary.
-- Usage: lua tools/embed.lua OUT.c FILE...
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
  out:write(("  {%q, (const char *)file_%d, %d},\n"):format(file.name, i, file.size))
end
out:write("  {0, 0, 0},\n};\n")
out:close()
