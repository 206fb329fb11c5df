-- SPDX-License-Identifier: MIT
-- names: the two texts for programs that read scripts: types for editors (LuaCATS), globals for luacheck.
-- Both come from the signatures of the blocks; see tools/blocks.lua.
local names = {}

local HEAD = "-- Written by tools/apidoc.lua from the blocks above the functions: change them there.\n"

local function each_block(sections)
  return coroutine.wrap(function()
    for _, section in ipairs(sections) do
      for _, block in ipairs(section.blocks) do
        coroutine.yield(block)
      end
    end
  end)
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

-- The parameters' names as Lua can declare them: "{ options }" and optional marks go, "..." stays.
local function parameters_of(block)
  local list, seen = {}, {}
  local inside = block.signature:match("^[%w_.:]+%s*(%b())") or ""
  for name in inside:gsub("%b{}", "options"):gmatch("[%a_][%w_]*%f[^%w_]") do
    if not seen[name] then
      seen[name] = true
      list[#list + 1] = name
    end
  end
  if inside:find("...", 1, true) then
    list[#list + 1] = "..."
  end
  return list
end

-- mail "name" { ... } is a call whose result is called again.
local function is_chained(block)
  return block.signature:match('^[%w_.:]+%s*"[^"]*"%s*{') ~= nil
end

local function add_function(block, put)
  for _, paragraph in ipairs(block.paragraphs) do
    for _, line in ipairs(paragraph) do
      put("---" .. line)
    end
    put("---")
  end
  local parameters = parameters_of(block)
  if is_chained(block) then
    put("---@param name string\n---@return fun(options: table): any")
    parameters = { "name" }
  elseif block.signature:match("^[%w_.:]+%s*{") then
    parameters = { "options" }
  elseif block.signature:match('^[%w_.:]+%s*"') then
    parameters = { "text" }
  end
  if not is_chained(block) and not block.signature:match("%->%s*nothing") then
    put("---@return any")
  end
  put(("function %s(%s) end\n"):format(block.name, table.concat(parameters, ", ")))
end

-- A value that is no function (an audience) has a signature without brackets.
local function is_value(block)
  return block.signature:match("^[%w_.:]+%s*$") ~= nil or block.signature:match("^[%w_.:]+%s*%->") ~= nil
end

function names.types(sections)
  local lines = { HEAD .. "---@meta\n" }
  local function put(line)
    lines[#lines + 1] = line
  end
  local tables, callable = {}, {}
  for block in each_block(sections) do
    callable[block.name] = not is_value(block) and parameters_of(block) or nil
    local parent = block.name:match("^(.*)[.:]")
    while parent and not tables[parent] do
      tables[parent] = true
      parent = parent:match("^(.*)[.:]")
    end
  end
  for _, parent in ipairs(sorted_keys(tables)) do
    if callable[parent] then -- usher.book("answers") and usher.book.get
      put(("---@overload fun(%s): any"):format(table.concat(callable[parent], ", ")))
    end
    put(("%s%s = {}"):format(parent:match("^usher") and "" or "local ", parent))
  end
  put("")
  for block in each_block(sections) do
    if is_value(block) then
      put(("---@type any\n%s = nil\n"):format(block.name))
    elseif not tables[block.name] then
      add_function(block, put)
    end
  end
  return table.concat(lines, "\n")
end

-- luacheck's form: { usher = { fields = { sleep = {}, time = { fields = { at = {} } } } }, event = {} }.
-- The object of book:get and the module of check.word are values that a script holds, not globals.
local function is_global(block)
  local name = block.name
  return not name:find(":", 1, true) and (name:match("^usher%.") ~= nil or not name:find(".", 1, true))
end

function names.globals(sections)
  local root = {}
  for block in each_block(sections) do
    if is_global(block) then
      local at = root
      for part in block.name:gmatch("[^.]+") do
        at.fields = at.fields or {}
        at.fields[part] = at.fields[part] or {}
        at = at.fields[part]
      end
      at.other = is_value(block) -- invited.Secretaries: any field
    end
  end
  local lines = { HEAD .. "return {" }
  local function put(node, depth)
    for _, key in ipairs(sorted_keys(node.fields)) do
      local child, pad = node.fields[key], ("  "):rep(depth)
      if child.fields then
        lines[#lines + 1] = ("%s%s = { fields = {"):format(pad, key)
        put(child, depth + 1)
        lines[#lines + 1] = pad .. "} },"
      else
        lines[#lines + 1] = ("%s%s = {%s},"):format(pad, key, child.other and " other_fields = true " or "")
      end
    end
  end
  if root.fields then
    put(root, 1)
  end
  lines[#lines + 1] = "}\n"
  return table.concat(lines, "\n")
end

return names
