-- SPDX-License-Identifier: MIT
-- transcript: runs a script and compares what usher prints with the golden text beside it.
-- Usage: lua tools/transcript.lua [--bless] USHER EXPECTED
--
--   tests/scenario/late.expect       is what late.lua prints
--   examples/01-hello/expected.txt   is what the folder's only script prints, or the one that says so
--
-- The command is 'usher rehearse SCRIPT', unless the script has a line '-- transcript: usher ...'. It runs in
-- a copy of the folder, because rehearsals write files. An exit code other than 0 is the last line.
-- --bless takes the new text as the golden one and shows what changed.
local source = require "tools.source"

local COPY = "build/transcripts"
local bless = table.remove(arg, arg[1] == "--bless" and 1 or #arg + 1) ~= nil
local usher, expected = arg[1], arg[2]
if not expected then
  io.stderr:write("usage: lua tools/transcript.lua [--bless] USHER EXPECTED\n")
  os.exit(2)
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function command_in(path)
  return source.read(path):match("%-%- transcript: usher ([^\n]+)")
end

-- The script that the golden text belongs to, and the arguments after 'usher'.
local function find_script()
  local stem = expected:match("^(.*)%.expect$")
  if stem then
    local path = stem .. ".lua"
    return path, command_in(path) or "rehearse " .. path:match("([^/]+)$")
  end
  local scripts = source.lines_of(("ls %s/*.lua"):format(quote(expected:match("^(.*)/"))))
  for _, path in ipairs(scripts) do
    if command_in(path) then
      return path, command_in(path)
    end
  end
  assert(#scripts == 1, "several scripts: one of them needs a line '-- transcript: usher ...'")
  return scripts[1], "rehearse " .. scripts[1]:match("([^/]+)$")
end

-- A copy of the script's folder, fresh and empty of earlier output.
local function copy_folder(script)
  local folder = script:match("^(.*)/")
  local copy = COPY .. "/" .. script:gsub("[/.]", "-")
  assert(os.execute(("rm -rf %s && mkdir -p %s && cp -r %s/. %s"):format(copy, copy, quote(folder), copy)))
  return copy
end

local function transcribe(script, arguments)
  local program = source.lines_of("realpath " .. quote(usher))[1]
  local pipe = assert(io.popen(("cd %s && { %s %s; } 2>&1 </dev/null")
    :format(copy_folder(script), quote(program), arguments)))
  local text = pipe:read("a")
  local ok, kind, code = pipe:close()
  if not ok then
    text = text .. (kind == "exit" and "exit code %d\n" or "ended by signal %d\n"):format(code)
  end
  return text
end

-- The release of the zone data is the machine's; what it leads to is compared.
local script, arguments = find_script()
local text = transcribe(script, arguments):gsub("tz data %d%d%d%d%l", "tz data (the machine's)")
local got = COPY .. "/" .. expected:gsub("[/]", "-") .. ".got"
source.write(got, text)

local golden = source.exists(expected) and source.read(expected) or ""
if text == golden then
  print("1 passed, 0 failed")
  os.exit(0)
end
io.stdout:flush()
os.execute(("diff -uN --label %s --label %s %s %s")
  :format(quote(expected), quote("usher " .. arguments), quote(expected), got))
if bless then
  source.write(expected, text)
  print("taken as the new " .. expected)
  os.exit(0)
end
print("0 passed, 1 failed")
os.exit(1)
