-- SPDX-License-Identifier: MIT
-- blocks: the documentation that stands above each function of the script API, read and checked.
--
--   /// usher.sleep(duration) -> nothing              the signature; `->` names what comes back
--   /// Lets this flow wait, across restarts.         sentences; an empty line begins a paragraph, and a line
--   ///   name  text, what it is                      that is indented stays as it is
--   /// Example: usher.sleep("2 days")                the last part; may go on over several lines
--   static int api_sleep(lua_State *L)
--
-- In C the mark is `///` and the function is api_*; in scripts/usher it is `---`, above a function or value.
-- A block in Lua whose first line is no signature is a comment for the reader of the code, not of the manual.
-- The result is a list of sections, one per file: { title, purpose, words, blocks }, and a block holds
-- { name, signature, where, paragraphs, example, path, line }.
local source = require "tools.source"

local blocks = {}

-- The order in which a reader wants to meet the files; those not named here come after, by name.
local word_order = { "event", "people", "calendar", "programme", "audience", "mail", "cues" }
local primitive_order = { "declare", "flow", "branch", "mail", "http", "facts", "time", "json", "log" }

-- The flags of context_check in the function say where a script may call it; the manual takes it from there.
local places = {
  { flag = "CALL_AT_TOP", words = "at the top level of a script" },
  { flag = "CALL_IN_FLOW", words = "in a flow" },
  { flag = "CALL_IN_DECIDE", words = "inside usher.decide" },
  { flag = "CALL_IN_HANDLER", words = "in a handler" },
}

local function trim(text)
  return (text:gsub("^%s+", ""):gsub("%s+$", ""))
end

local function is_signature(line)
  local name, rest = line:match("^([%a_][%w_.:]*)%s*(.*)")
  return name ~= nil and (rest == "" or rest:match("^[%(%{\"]") ~= nil or rest:match("^%->") ~= nil)
end

-- Takes away the indentation that all the lines share.
local function dedent(lines)
  local least = math.huge
  for _, line in ipairs(lines) do
    if line:match("%S") then
      least = math.min(least, #line:match("^ *"))
    end
  end
  for i, line in ipairs(lines) do
    lines[i] = line:sub(least + 1)
  end
  return lines
end

-- Prose up to 'Example:', then the example. Prose is a list of paragraphs, each a list of lines.
local function split_body(lines)
  local paragraphs, example = { {} }, nil
  for _, line in ipairs(lines) do
    local before, code = line:match("^(.-)%f[%w]Example:%s*(.*)$")
    if example then
      example[#example + 1] = line
    elseif before then
      if before:match("%S") then
        table.insert(paragraphs[#paragraphs], trim(before))
      end
      example = { first = code }
    elseif line:match("%S") then
      table.insert(paragraphs[#paragraphs], line)
    elseif #paragraphs[#paragraphs] > 0 then
      paragraphs[#paragraphs + 1] = {}
    end
  end
  if #paragraphs[#paragraphs] == 0 then
    paragraphs[#paragraphs] = nil
  end
  if example then
    dedent(example)
    if example.first ~= "" then
      table.insert(example, 1, example.first)
    end
    example = trim(table.concat(example, "\n"))
  end
  return paragraphs, example
end

local function new_block(path, line, lines)
  local signature = trim(lines[1])
  local paragraphs, example = split_body({ table.unpack(lines, 2) })
  return {
    path = path, line = line, signature = signature, name = signature:match("^[%w_.:]+") or "",
    paragraphs = paragraphs, example = example ~= "" and example or nil,
  }
end

-- The runs of comment lines that begin with the mark: { line, lines, follows }, where `follows` is the first
-- line of code below.
local function runs_of(text, mark)
  local runs, run = {}, nil
  local pattern = "^%s*" .. mark:gsub("%-", "%%-") .. "( ?)(.*)$"
  for number, line in source.each_line(text) do
    local _, words = line:match(pattern)
    if words and not words:match("^[-/@]") then
      run = run or { line = number, lines = {} }
      table.insert(run.lines, words)
    elseif run and not words then
      run.follows, run.follows_line = line, number
      runs[#runs + 1] = run
      run = nil
    end
  end
  return runs
end

-- 'in a flow, inside usher.decide', or nil when it may be called everywhere.
local function where_of(body)
  local words, flags = {}, {}
  local check = body:match("context_check%b()")
  if body:find("context_check_wait(", 1, true) then check = "CALL_IN_FLOW" end -- only a flow can wait
  for _, place in ipairs(places) do
    if check and check:find(place.flag, 1, true) then
      words[#words + 1] = place.words
      flags[place.flag] = true
    end
  end
  if #words == 0 or #words == #places then
    return nil, {}
  end
  return table.concat(words, ", "), flags
end

local function read_c(path, at)
  local text = source.read(path)
  local found, documented = {}, {}
  for _, run in ipairs(runs_of(text, "///")) do
    local func = (run.follows or ""):match("^static int (api_[%w_]+)%(lua_State")
    local block = new_block(path, run.line, run.lines)
    if not func and block.signature:match("^[%w_.]+%s*%->") then
      found[#found + 1] = block -- a value, as usher.json.null: it stands where it is set
    elseif not func then
      at(path, run.line, "the block '%s' stands above no 'static int api_...(lua_State *L)'.", run.lines[1])
    else
      local _, stop = text:find("\n" .. run.follows, 1, true)
      local body = text:sub(stop, (text:find("\n}", stop, true)))
      block.where, block.flags = where_of(body)
      documented[func] = block
      found[#found + 1] = block
    end
  end
  for number, line in source.each_line(text) do
    local func = line:match("^static int (api_[%w_]+)%(lua_State %*L%)%s*$")
    if func and not documented[func] then
      at(path, number, "%s has no block: '/// usher.name(what) -> result', a sentence, an example.", func)
    end
  end
  for name, func in text:gmatch('{%s*"([%w_]+)"%s*,%s*(api_[%w_]+)%s*}') do
    local block = documented[func]
    if block and block.name:match("([%w_]+)$") ~= name then
      at(path, block.line, "the block calls it '%s', and scripts call it '%s'.", block.name, name)
    end
  end
  return found
end

local function read_lua(path)
  local found = {}
  for _, run in ipairs(runs_of(source.read(path), "---")) do
    if is_signature(run.lines[1]) then
      found[#found + 1] = new_block(path, run.line, run.lines)
    end
  end
  return found
end

local function check_block(block, at)
  if not is_signature(block.signature) then
    at(block.path, block.line, "the first line of a block is the signature: usher.name(arguments) -> result.")
  end
  if not block.signature:find("->", 1, true) then
    at(block.path, block.line, "%s: say what comes back, '-> nothing' included.", block.name)
  end
  local prose = block.paragraphs[1]
  if not prose or not table.concat(prose, " "):match("%.") then
    at(block.path, block.line, "%s: a sentence says what it does.", block.name)
  end
  if not block.example then
    at(block.path, block.line, "%s: 'Example: ...' shows one use that runs.", block.name)
  elseif not load(block.example) then
    local _, why = load(block.example, "=example")
    at(block.path, block.line, "%s: the example is no Lua: %s", block.name, why)
  end
end

local function check_blocks(sections, at)
  local seen = {}
  for _, section in ipairs(sections) do
    for _, block in ipairs(section.blocks) do
      check_block(block, at)
      if seen[block.name] then
        at(block.path, block.line, "'%s' is described in %s too.", block.name, seen[block.name])
      end
      seen[block.name] = block.path
    end
  end
end

-- What the file's head says it is: the first sentence after 'name: ' in its comment.
local function purpose_of(path)
  local words = {}
  for number, line in source.each_line(source.read(path)) do
    local comment = line:match("^%s*[/%-]+%s*(.+)$")
    if number > 1 and not comment then
      break
    elseif number > 1 then
      words[#words + 1] = comment
    end
  end
  local text = table.concat(words, " "):gsub("^[%w_. ]+: ", "") .. " "
  return (trim(text:match("^.-%.%s") or text):gsub("^%l+%f[%s,:]", function(word)
    return word:sub(1, 1):upper() .. word:sub(2)
  end))
end

local function section_of(path, found, words)
  local stem = path:match("([^/]+)%.%a+$"):gsub("^api_", "")
  local title = stem:gsub("_", " ")
  return { stem = stem, title = title, purpose = purpose_of(path), words = words, blocks = found }
end

local function sort_sections(sections, order)
  local ranks = {}
  for i, stem in ipairs(order) do
    ranks[stem] = i
  end
  table.sort(sections, function(a, b)
    local x, y = ranks[a.stem] or math.huge, ranks[b.stem] or math.huge
    return x < y or (x == y and a.stem < b.stem)
  end)
end

-- Every word that init.lua hands to scripts (`mail = rules.mail,`) has a block somewhere in scripts/usher.
local function check_words(sections, at)
  local path = "scripts/usher/init.lua"
  if not source.exists(path) then
    return
  end
  local documented = {}
  for _, section in ipairs(sections) do
    for _, block in ipairs(section.blocks) do
      documented[block.name:match("^[%w_]+")] = true
    end
  end
  for number, line in source.each_line(source.read(path)) do
    local word = line:match("^%s+([%a_][%w_]*)%s*=%s*[%a_][%w_]*%.")
    if word and not documented[word] then
      at(path, number, "the word '%s' has no block '--- %s ... -> ...' where it is defined.", word, word)
    end
  end
end

-- Reads everything. Findings go to `at`; the sections that have blocks come back, words first.
function blocks.read(at)
  local words, primitives = {}, {}
  for _, path in ipairs(source.files({ "scripts/usher" }, { ".lua" })) do
    words[#words + 1] = section_of(path, read_lua(path), true)
  end
  for _, path in ipairs(source.files({ "core/lua" }, { ".c" })) do
    primitives[#primitives + 1] = section_of(path, read_c(path, at), false)
  end
  sort_sections(words, word_order)
  sort_sections(primitives, primitive_order)
  check_words(words, at)
  local sections = {}
  for _, section in ipairs(table.move(primitives, 1, #primitives, #words + 1, words)) do
    if #section.blocks > 0 then
      sections[#sections + 1] = section
    end
  end
  check_blocks(sections, at)
  return sections
end

return blocks
