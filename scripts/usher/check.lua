-- SPDX-License-Identifier: MIT
-- check: what people write is checked here, and every refusal is one sentence at the line of their script.
-- Anything under a word says no with check.refuse; check.word, which wraps each public word, carries the
-- sentence up to the line that used the word. So no function needs to know how deep below a script it runs.
local check = {}

local LISTED_BYTES <const> = 800 -- the engine's errors have room for 1,023, with the script's place
local LISTED_MAX <const> = 20 -- problems of one file that are shown; a wrong file has hundreds of the same

-- check.refuse(sentence, ...) -> never returns
-- Says no to what the script wrote. The arguments are put in as string.format does.
function check.refuse(sentence, ...)
  error({ sentence = select("#", ...) > 0 and sentence:format(...) or sentence }, 0)
end

local function run(fn, ...)
  local results <const> = table.pack(pcall(fn, ...))
  if results[1] then return nil, results end
  local problem <const> = results[2]
  if type(problem) == "table" and problem.sentence then return problem.sentence end
  error(problem, 0) -- not a refusal: a mistake of ours, or of a function that the script gave us
end

-- check.word(fn, depth) -> function
-- Makes a public word of a function: its refusals are told at the line of the script that used it. depth: how
-- many functions of ours stand between the word and the script, when it is not 0.
function check.word(fn, depth)
  return function(...)
    local refusal <const>, results <const> = run(fn, ...)
    if refusal then error(refusal, 2 + (depth or 0)) end
    return table.unpack(results, 2, results.n)
  end
end

-- Words that were given a name and still wait for their options: mail "invitation"
local waiting <const> = {}

-- check.options_follow(word, name, fn) -> function
-- What a word returns that has a name and then options, as in  mail "invitation" { }. Without the options
-- it would declare nothing, so it is remembered and told by check.nothing_waits.
function check.options_follow(word, name, fn)
  local number <const> = #waiting + 1
  waiting[number] = ('%s "%s"'):format(word, name)
  return check.word(function(given)
    waiting[number] = false
    fn(given)
  end)
end

-- When the script has said everything.
function check.nothing_waits()
  for _, said in ipairs(waiting) do
    if said then check.refuse("%s: its options are missing: write  %s { ... }", said, said) end
  end
end

-- check.clean(message) -> text
-- What a primitive said, without its name and without the place in our own code where it was called.
function check.clean(message)
  return (tostring(message):gsub("^[%w_./-]+%.lua:%d+: ", ""):gsub("^usher%.[%w.]+: ", ""))
end

-- check.file(word, name) -> text
-- The text of a file beside the script, or a refusal.
function check.file(word, name)
  local fine, text = pcall(usher.file, name)
  if fine then return text end
  check.refuse("%s: %s", word, check.clean(text))
end

-- How many letters must be typed, dropped, changed or swapped to make one word of the other.
local function distance(a, b)
  local before, above = {}, {}
  for j = 0, #b do above[j] = j end
  for i = 1, #a do
    local row = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      row[j] = math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (same and 0 or 1))
      local swapped = i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j)
      if swapped then row[j] = math.min(row[j], before[j - 2] + 1) end
    end
    before, above = above, row
  end
  return above[#b]
end

local function by_text(a, b) return tostring(a) < tostring(b) end

-- check.names(map) -> list
-- The keys of a table, sorted, as texts.
function check.names(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = tostring(name) end
  table.sort(names, by_text)
  return names
end

-- check.nearest(word, list) -> text or nil
-- The known word that was most likely meant: at most a third of its letters may differ.
function check.nearest(word, list)
  local best, least
  for _, known in ipairs(list) do
    local far = #known < 64 and #word < 64 and distance(word:lower(), known:lower()) or 64
    if far <= math.max(1, #known // 3) and (not least or far < least) then best, least = known, far end
  end
  return best
end

-- check.meant(word, list) -> text
-- " (did you mean 'before'?)", or the known words when none is near.
function check.meant(word, list)
  local near = check.nearest(word, list)
  if near then return (" (did you mean '%s'?)"):format(near) end
  if #list == 0 then return "" end
  local shown = table.concat(list, ", ", 1, math.min(#list, 12))
  return (" (known: %s%s)"):format(shown, #list > 12 and ", ..." or "")
end

-- What an option may be: a test, and the words for what it must be.
local kinds = {
  text = { function(v) return type(v) == "string" and v:find("%S") end, "a text" },
  texts = { function(v) return type(v) == "string" or type(v) == "table" end,
    "a text, or a table of texts by language { en = ..., dz = ... }" },
  names = { function(v) return type(v) == "string" or type(v) == "table" end, "a name or a list of names" },
  list = { function(v) return type(v) == "table" end, "a list in { }" },
  yes_no = { function(v) return type(v) == "boolean" end, "true or false" },
  any = { function() return true end, "a value" },
}

local function check_value(word, name, kind, value)
  local known = kinds[kind]
  if known then
    if known[1](value) then return end
    check.refuse("%s: %s must be %s, not %s", word, name, known[2],
      type(value) == "string" and "an empty text" or "a " .. type(value))
  end
  local choices = {}
  for choice in kind:gmatch("[^|]+") do choices[#choices + 1] = choice end
  for _, choice in ipairs(choices) do
    if choice == value then return end
  end
  check.refuse("%s: %s must be one of '%s', not '%s'%s", word, name, table.concat(choices, "', '"),
    tostring(value), check.meant(tostring(value), choices))
end

-- check.options(word, given, known) -> table
-- The options that a script gave to a word, after looking at each name and kind. `known` maps a name to a
-- kind (text, texts, names, list, yes_no, any, or choices "a|b"); "?" at its end makes it optional.
function check.options(word, given, known)
  if type(given) ~= "table" then check.refuse("%s: write its options in { } behind it", word) end
  for name, value in pairs(given) do
    local kind = known[name]
    if not kind then
      local what = type(name) == "number" and "a value without a name" or ("no option '%s'"):format(name)
      check.refuse("%s: %s%s", word, what, check.meant(tostring(name), check.names(known)))
    end
    check_value(word, name, kind:gsub("%?$", ""), value)
  end
  for _, name in ipairs(check.names(known)) do
    if given[name] == nil and known[name]:sub(-1) ~= "?" then
      check.refuse("%s: %s is missing: add  %s = ...", word, name, name)
    end
  end
  return given
end

-- check.name(word, name) -> text
-- The name behind a word, as in  mail "invitation" { }: letters, digits, - and _, at most 64.
function check.name(word, name)
  if type(name) ~= "string" then
    check.refuse('%s: a name in quotes comes first, as in  %s "my-%s" { ... }', word, word, word)
  end
  if #name > 64 or not name:find("^[%w][%w_-]*$") then
    check.refuse('%s "%s": a name is made of letters, digits, - and _ (at most 64)', word, name)
  end
  return name
end

-- As many sentences as there is room for, one a line, and how many more there are.
local function listed(sentences, most, bytes)
  local shown, room = {}, bytes
  for i, sentence in ipairs(sentences) do
    room = room - #sentence
    if i > most or room < 0 and i > 1 then break end
    shown[i] = sentence
  end
  if #shown < #sentences then shown[#shown + 1] = ("and %d more"):format(#sentences - #shown) end
  return table.concat(shown, "\n  ")
end

-- check.problems(what) -> table with add(sentence, ...) and raise(most, bytes)
-- Collects all problems of one input, so that they are told together and nothing is taken until it is clean.
-- most, bytes: how much is shown of a long list, when it is not the usual.
function check.problems(what)
  local sentences = {}
  local function add(sentence, ...) sentences[#sentences + 1] = sentence:format(...) end
  local function raise(most, bytes)
    if #sentences == 0 then return end
    check.refuse("%s was not taken, %s:\n  %s", what,
      #sentences == 1 and "for one reason" or #sentences .. " things are wrong",
      listed(sentences, most or LISTED_MAX, bytes or LISTED_BYTES))
  end
  return { add = add, raise = raise, list = sentences }
end

return check
