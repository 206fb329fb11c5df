-- SPDX-License-Identifier: MIT
-- source: the files of the tree, as the checks see them.
-- A check collects findings (`at(path, line, sentence)`) and ends with `report`, which prints them in the
-- form an editor can jump to and gives the exit code.
local source = {}

-- The files below the given folders whose name ends in one of the given suffixes, sorted.
function source.files(folders, suffixes)
  local names = {}
  for _, suffix in ipairs(suffixes) do
    names[#names + 1] = ("-name '*%s'"):format(suffix)
  end
  local command = ("find %s \\( %s \\) -type f 2>/dev/null | LC_ALL=C sort")
    :format(table.concat(folders, " "), table.concat(names, " -o "))
  return source.lines_of(command)
end

-- What a command prints, as a list of lines.
function source.lines_of(command)
  local lines = {}
  local pipe = assert(io.popen(command))
  for line in pipe:lines() do
    lines[#lines + 1] = line
  end
  pipe:close()
  return lines
end

function source.exists(path)
  local file = io.open(path, "rb")
  if file then
    file:close()
  end
  return file ~= nil
end

function source.read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

function source.write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

-- Iterates over line number and line of a text; the last line needs no line end.
function source.each_line(text)
  local number, position = 0, 1
  return function()
    if position > #text then
      return nil
    end
    local stop = text:find("\n", position, true) or #text + 1
    local line = text:sub(position, stop - 1)
    number, position = number + 1, stop + 1
    return number, line
  end
end

local function blank(text)
  return (text:gsub("[^\n]", " "))
end

-- C without comments and without the inside of strings: what is left sits on the same lines as before.
-- One pass, because a quote in a comment and a slash in a string each look like the other's beginning.
function source.bare_c(text)
  local out, position = {}, 1
  while true do
    local start = text:find("[\"'/]", position)
    if not start then
      break
    end
    local two = text:sub(start, start + 1)
    local stop
    if two == "//" then
      stop = (text:find("\n", start, true) or #text + 1) - 1
    elseif two == "/*" then
      stop = select(2, text:find("*/", start + 2, true)) or #text
    elseif text:sub(start, start) == "/" then
      stop = nil
    else
      stop = source.string_end(text, start)
    end
    out[#out + 1] = text:sub(position, start - 1)
    out[#out + 1] = stop and blank(text:sub(start, stop)) or "/"
    position = (stop or start) + 1
  end
  out[#out + 1] = text:sub(position)
  return table.concat(out)
end

-- The last byte of the C string or character that begins at `start`.
function source.string_end(text, start)
  local quote = text:sub(start, start)
  local position = start + 1
  while position <= #text do
    local c = text:sub(position, position)
    if c == "\\" then
      position = position + 1
    elseif c == quote or c == "\n" then
      return position
    end
    position = position + 1
  end
  return #text
end

function source.findings()
  local list = {}
  return list, function(path, line, sentence, ...)
    list[#list + 1] = ("%s:%d: %s"):format(path, line, sentence:format(...))
  end
end

-- Prints the findings and ends the program: 0 when there are none.
function source.report(list)
  for _, finding in ipairs(list) do
    print(finding)
  end
  os.exit(#list == 0 and 0 or 1)
end

return source
