-- SPDX-License-Identifier: MIT
-- apidoc: from the blocks above the functions to everything that explains them. Usage: lua tools/apidoc.lua
--   write   docs/reference.md, docs/usher-script.7, scripts/help.txt (what `usher help WORD` prints),
--           scripts/meta/usher.lua (types for editors) and tools/words.lua (names for luacheck)
--   check   says which blocks are missing or incomplete, and which of those files are out of date
local source = require "tools.source"
local blocks = require "tools.blocks"
local manual = require "tools.manual"
local names = require "tools.names"

local outputs = {
  { "docs/reference.md", manual.markdown },
  { "docs/usher-script.7", manual.mdoc },
  { "scripts/help.txt", manual.help },
  { "scripts/meta/usher.lua", names.types },
  { "tools/words.lua", names.globals },
}

local verb = arg[1]
if verb ~= "write" and verb ~= "check" then
  io.stderr:write("usage: lua tools/apidoc.lua write|check\n")
  os.exit(2)
end

local findings, at = source.findings()
local sections = blocks.read(at)
for _, output in ipairs(outputs) do
  local path, render = table.unpack(output)
  local text = render(sections)
  if verb == "write" then
    os.execute("mkdir -p " .. path:match("^(.*)/"))
    source.write(path, text)
  elseif not source.exists(path) or source.read(path) ~= text then
    at(path, 1, "is not what the blocks say now: ./dev docs writes it.")
  end
end
source.report(findings)
