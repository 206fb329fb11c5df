-- SPDX-License-Identifier: MIT
-- lang: what guests read on pages and around mails, in their language. Texts stand in lang/<code>/<area>.lua
-- as key -> text with {placeholders}; English has every key, and stands in for what another language lacks.
local lang = {}

-- One line for each area; a test compares the languages' keys.
local areas <const> = {
  "common",
  "calendar", "dates",
}
local codes <const> = { "en", "dz" }

local texts <const> = {}
for _, code in ipairs(codes) do
  texts[code] = {}
  for _, area in ipairs(areas) do
    for key, text in pairs(require(("usher.lang.%s.%s"):format(code, area))) do
      texts[code][area .. "." .. key] = text
    end
  end
end

-- What the person reads: their own language when usher has it, else English.
function lang.of(person)
  local code = person and person.language
  return code and texts[code] and code or "en"
end

-- lang.text(code, "answer.title", { name = "..." }) -> text. A placeholder without a value is our mistake.
function lang.text(code, key, values)
  local text = texts[code] and texts[code][key] or texts.en[key]
  if not text then error(("lang: there is no text '%s'"):format(key), 0) end
  return (text:gsub("{([%a_]+)}", function(name)
    local value = values and values[name]
    if value == nil then error(("lang: '%s' needs {%s}"):format(key, name), 0) end
    return tostring(value)
  end))
end

-- For tests: code -> key -> text.
function lang.all() return texts end

return lang
