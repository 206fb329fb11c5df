-- SPDX-License-Identifier: MIT
-- certificate_paper: what stands on a certificate, in the person's language. usher draws it (usher.mail,
-- usher.http.route) and a page shows it, from the same table:
--   { language, host, title, before, name, text, what, details = lines, when = of them the first, issued,
--     signed = list, code, url, check, logo, signature = names of pictures, created = ms }
-- `details` begins with when; then come where, and how much of it. The page that checks a code shows no
-- details but when.
local audience = require "usher.audience"
local attendance = require "usher.attendance"
local certificates = require "usher.certificates"
local dates = require "usher.dates"
local facts = require "usher.facts"
local lang = require "usher.lang"
local sessions = require "usher.sessions"
local template = require "usher.template"

local paper = {}

local months <const> = { "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec" }

local function say(code, key, values) return lang.text(code, "certificate." .. key, values) end

local function in_language(texts, code)
  if type(texts) ~= "table" then return texts end
  return texts[code] or texts[facts.event.language] or texts.en
end

-- ---- words --------------------------------------------------------------------------------------------

-- What a mail's placeholder says, without what makes it safe in Markdown.
local function plain(text)
  text = text:gsub("\\(%p)", "%1"):gsub("<(https?://[^>%s]+)>", "%1"):gsub("[ \t]+", " ")
  return text:match("^%s*(.-)%s*$")
end

local function render(text, person, rule)
  return plain(template.render(text, { person = person, rule = rule, anchor = facts.event, asked = {},
    language = lang.of(person) }))
end

-- paper.day(moment, zone, code) -> "25 February 2021"
function paper.day(moment, zone, code)
  local month = months[tonumber(usher.time.format(moment, zone, "%m"))]
  return dates.numerals(say(code, "day", { month = say(code, month),
    year = usher.time.format(moment, zone, "%Y"),
    day = ("%d"):format(tonumber(usher.time.format(moment, zone, "%d"))) }), code)
end

-- By the event's own clock: a certificate is read where it was, and for years.
local function when_of(code)
  local event = facts.event
  local first, last = paper.day(event.starts, event.zone, code), paper.day(event.ends, event.zone, code)
  return first == last and first or say(code, "from_to", { first = first, last = last })
end

local function where_of(code)
  local where = facts.event.where
  if not where then return nil end
  return where.kind == "place" and where.text or say(code, "online")
end

-- How much of it: sessions of a series; minutes where the rule wants them and something tells them.
local function how_much(rule, person, code)
  local parts = {}
  if sessions.is_series() then
    local held, _, all = audience.held(person)
    parts[1] = dates.numerals(say(code, "sessions", { held = held, all = all }), code)
  end
  local minutes = rule.paper.minutes and attendance.minutes(person.key)
  if minutes then parts[#parts + 1] = dates.numerals(say(code, "minutes", { minutes = minutes }), code) end
  return #parts > 0 and table.concat(parts, " · ") or nil
end

local function host_of()
  local names = {}
  for i, person in ipairs(audience.organisers()) do names[i] = facts.full_name(person) end
  return table.concat(names, " · ")
end

-- ---- the paper ----------------------------------------------------------------------------------------

-- What changes when a name is spelt otherwise: the name, the code, and when that was.
local function sign(sheet, name, shown, at, code)
  local url = usher.http.url("/c/" .. shown)
  sheet.name, sheet.code, sheet.created = name, shown, at
  sheet.issued = say(code, "issued", { day = paper.day(at, facts.event.zone, code) })
  sheet.url, sheet.check = url, url and url:gsub("^https?://", "") or nil
  return sheet
end

-- paper.make(rule, person, code, at) -> the paper of that person, with the code as it is shown. In
-- usher.decide, handlers and routes.
function paper.make(rule, person, code, at)
  local language, own = lang.of(person), rule.paper
  local details = { when_of(language) }
  details[#details + 1] = where_of(language)
  details[#details + 1] = how_much(rule, person, language)
  local signed = {}
  for i, text in ipairs(own.signed_by) do signed[i] = text end
  return sign({
    language = language, host = host_of(), when = details[1], details = details, signed = signed,
    title = own.title and render(in_language(own.title, language), person, rule) or say(language, own.kind),
    before = say(language, "before"), what = facts.event.title,
    text = own.text and render(in_language(own.text, language), person, rule)
      or say(language, own.kind .. "_text"),
    logo = own.logo, signature = own.signature,
  }, certificates.name(person), code, at, language)
end

-- paper.again(sheet, name, code, at) -> the same with that spelling
function paper.again(sheet, name, code, at)
  return sign(sheet, name, code, at, sheet.language)
end

-- paper.check(rule, person) -> a sentence about a placeholder that can't be filled in, or nil
function paper.check(rule, person)
  for _, part in ipairs { "title", "text" } do
    local texts = rule.paper[part]
    local text = texts and in_language(texts, lang.of(person))
    local problem = text and template.check(text, part, { person = person, rule = rule, anchor = facts.event,
      asked = {}, language = lang.of(person) }, true)
    if problem then return problem end
  end
end

return paper
