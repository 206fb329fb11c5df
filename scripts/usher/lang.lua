-- SPDX-License-Identifier: MIT
-- lang: what guests read on pages and around mails, in their language. Texts stand in lang/<code>/<area>.lua
-- as key -> text with {placeholders}; English has every key, and stands in for what another language lacks.
local lang = {}

-- One line for each area; a test compares the languages' keys.
local areas <const> = {
  "common",
  "calendar",
  "dates",
  "fields",
  "show",
  "signup",
  "mails",
  "letters",
  "sheet",
  "answer",
  "deputy",
  "countdown",
  "join",
  "unsubscribe",
  "survey",
  "interest",
  "ask",
  "cancelled",
  "certificate",
  "reply",
  "series",
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

-- lang.has(code): does usher have pages in this language?
function lang.has(code) return texts[code] ~= nil end

-- lang.codes() -> list of languages
function lang.codes() return codes end

-- lang.wanted(request, offered) -> code: the language of a page for somebody whom nobody knows. What they
-- chose (?lang=), else the first of those that their browser asks for, else the first of those offered.
function lang.wanted(request, offered)
  if #offered == 1 then return offered[1] end
  local asked = { request.query and request.query.lang or request.form and request.form.lang or "" }
  local header = request.headers and request.headers["accept-language"] or ""
  for code in header:gmatch("%f[%a](%a%a%a?)%f[%A]") do asked[#asked + 1] = code:lower() end
  for _, code in ipairs(asked) do
    for _, one in ipairs(offered) do
      if one == code then return code end
    end
  end
  return offered[1]
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

-- Languages whose texts nobody who speaks them has read yet, and what they are called in English.
local machine_made <const> = { dz = "Dzongkha" }

-- lang.unread(code) -> "Dzongkha", or nil: have the texts of that language still to be reviewed?
function lang.unread(code) return machine_made[code] end

-- lang.knows(key): is there such a text?
function lang.knows(key) return texts.en[key] ~= nil end

-- For tests: code -> key -> text.
function lang.all() return texts end

return lang
