-- SPDX-License-Identifier: MIT
-- use: takes a file of rules, ready-made or one's own. Such a file is plain rules, as a script writes them.
local check = require "usher.check"
local facts = require "usher.facts"

local use = {}

local ready_made <const> = { "briefing", "briefing-calendar-days", "training" }

local function module_of(name)
  for _, known in ipairs(ready_made) do
    if known == name then return "usher.rules." .. name end
  end
  if pcall(usher.file, name .. ".lua") then return name end
  check.refuse('use "%s": there is no file %s.lua beside the script, and no ready-made rules of this name%s',
    name, name, check.meant(name, ready_made))
end

local function rules_so_far()
  local names = {}
  for i, rule in ipairs(facts.rules) do names[i] = rule.name end
  return names
end

-- These stand one function below `use`, which is no word itself: a refusal inside a file of rules keeps the
-- line of that file.
local read_options <const> = check.word(function(name, options)
  facts.need_event("use")
  check.name("use", name)
  local o = check.options(('use "%s"'):format(name), options or {}, { except = "names?" })
  local except = type(o.except) == "table" and o.except or { o.except }
  for _, rule in ipairs(except) do facts.except[rule] = "asked" end
  return module_of(name), except
end, 1)

local check_except <const> = check.word(function(name, except)
  for _, rule in ipairs(except) do
    if facts.except[rule] ~= "left out" then
      check.refuse('use "%s": except: it has no rule "%s"%s', name, rule, check.meant(rule, rules_so_far()))
    end
    facts.except[rule] = nil
  end
end, 1)

--- use("briefing", { except = { "starting" } }) -> nothing
--- Takes a file of rules: "briefing" (counted in working days), "briefing-calendar-days", or a file of your
--- own beside the script. except: rules that are left out, perhaps because the script writes its own.
--- Example: use "briefing"
function use.use(name, options)
  local module, except = read_options(name, options)
  if module == name then
    require(module) -- a file of one's own: its own line is told
  else
    local fine, problem = pcall(require, module)
    if not fine then error(('use "%s": %s'):format(name, check.clean(problem)), 2) end
  end
  check_except(name, except)
end

return use
