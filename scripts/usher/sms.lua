-- SPDX-License-Identifier: MIT
-- sms: text messages by whatever gateway there is. Gateways differ in everything but that they take a number
-- and a text by HTTP, so the script says how its own wants them.
--   An SMS has 160 letters of GSM-7 (3GPP TS 23.038), or 70 of UCS-2 as soon as one letter is not in it;
--   longer texts are sent in parts of 153 or 67, and each part is paid for.
--   Numbers are those of E.164: + and 8 to 15 digits.
local channels = require "usher.channels"
local check = require "usher.check"

local sms = {}

local PARTS <const> = 3

local basic <const>, two <const> = {}, {}
for _, c in utf8.codes("@\u{A3}$\u{A5}\u{E8}\u{E9}\u{F9}\u{EC}\u{F2}\u{C7}\n\u{D8}\u{F8}\r\u{C5}\u{E5}"
  .. "\u{394}_\u{3A6}\u{393}\u{39B}\u{3A9}\u{3A0}\u{3A8}\u{3A3}\u{398}\u{39E}\u{C6}\u{E6}\u{DF}\u{C9}"
  .. " !\"#\u{A4}%&'()*+,-./0123456789:;<=>?\u{A1}"
  .. "ABCDEFGHIJKLMNOPQRSTUVWXYZ\u{C4}\u{D6}\u{D1}\u{DC}\u{A7}\u{BF}"
  .. "abcdefghijklmnopqrstuvwxyz\u{E4}\u{F6}\u{F1}\u{FC}\u{E0}") do basic[c] = true end
for _, c in utf8.codes("^{}\\[~]|\u{20AC}\f") do two[c] = true end

-- How long one letter is: in GSM-7, nil where it is not in it; in UCS-2.
local function lengths(c)
  return basic[c] and 1 or two[c] and 2 or nil, c > 0xFFFF and 2 or 1
end

-- sms.parts(text) -> how many, "GSM-7" | "UCS-2", length in letters of that
function sms.parts(text)
  local gsm, ucs = 0, 0
  for _, c in utf8.codes(text) do
    local one, other = lengths(c)
    gsm, ucs = gsm and one and gsm + one, ucs + other
  end
  local length, whole, part = gsm or ucs, gsm and 160 or 70, gsm and 153 or 67
  return length <= whole and 1 or (length + part - 1) // part, gsm and "GSM-7" or "UCS-2", length
end

-- sms.number(text) -> "+97517123456", or nil: it is none. As people write it: with spaces, brackets, dashes,
-- and 00 for +.
function sms.number(text)
  local digits = text:gsub("[%s().-]", ""):gsub("^00", "+")
  return digits:match("^%+[1-9]%d%d%d%d%d%d%d+$") and #digits <= 16 and digits or nil
end

-- What letters there are that GSM-7 lacks and that look the same to a reader: one of them more than halves
-- what goes into an SMS.
local plain <const> = { ["\u{2018}"] = "'", ["\u{2019}"] = "'", ["\u{201C}"] = '"', ["\u{201D}"] = '"',
  ["\u{2013}"] = "-", ["\u{2014}"] = "-", ["\u{2026}"] = "...", ["\u{A0}"] = " " }

-- sms.fit(text, most) -> text that has at most so many parts, how many
function sms.fit(text, most)
  text = text:gsub(utf8.charpattern, plain)
  local cut = text
  while sms.parts(cut) > most do
    text = text:sub(1, utf8.offset(text, -1) - 1)
    cut = text:gsub("%s+$", "") .. "..."
  end
  return cut, (sms.parts(cut))
end

-- ---- the gateway's own way ----------------------------------------------------------------------------

local function escape(text)
  return (text:gsub("[^%w._~-]", function(c) return ("%%%02X"):format(c:byte()) end))
end

-- Puts number and text where the script says {to} and {text}; escaped where they stand in an address.
local function fill(value, values, encode)
  if type(value) == "string" then
    return (value:gsub("{(%l+)}", function(name)
      return values[name] and (encode and encode(values[name]) or values[name]) or nil
    end))
  end
  if type(value) ~= "table" then return value end
  local copy = {}
  for name, one in pairs(value) do copy[name] = fill(one, values, encode) end
  return copy
end

local function form_of(fields, values)
  local list = {}
  for _, name in ipairs(check.names(fields)) do
    list[#list + 1] = ("%s=%s"):format(escape(name), escape(fill(tostring(fields[name]), values)))
  end
  return table.concat(list, "&")
end

local function headers_of(o, type_of_body)
  local headers = {}
  for name, value in pairs(o.headers or {}) do headers[name] = value end
  if type_of_body then headers["Content-Type"] = headers["Content-Type"] or type_of_body end
  return next(headers) and headers or nil
end

local function request_of(o, to, text)
  local values = { to = to, text = text }
  local request = { method = o.method, url = fill(o.url, values, escape), headers = headers_of(o) }
  if o.json then request.json = fill(o.json, values) end
  if o.body then request.body = fill(o.body, values) end
  if o.form then
    request.body = form_of(o.form, values)
    request.headers = headers_of(o, "application/x-www-form-urlencoded")
  end
  return request
end

local function says(value, name)
  if type(value) == "string" then return value:find(name, 1, true) ~= nil end
  for _, one in pairs(type(value) == "table" and value or {}) do
    if says(one, name) then return true end
  end
  return false
end

local function check_gateway(o)
  if not o.url:find("^{{") and not o.url:find("^https?://[%w.%[%]:-]+") then
    check.refuse("sms: url is a whole web address, not '%s'", o.url)
  end
  local bodies = (o.json and 1 or 0) + (o.form and 1 or 0) + (o.body and 1 or 0)
  if bodies > 1 then check.refuse("sms: say json, form or body, one of them") end
  if bodies > 0 and o.method == "GET" then
    check.refuse("sms: a GET has no body: put {to} and {text} into url")
  end
  for _, name in ipairs { "{to}", "{text}" } do
    if not says({ o.url, o.json, o.form, o.body }, name) then
      check.refuse('sms: say where the gateway wants %s, as in  form = { to = "{to}", ... }', name)
    end
  end
  if o.parts and (math.type(o.parts) ~= "integer" or o.parts < 1 or o.parts > 10) then
    check.refuse("sms: parts is a whole number from 1 to 10")
  end
end

--- sms { url = "https://...", json = { to = "{to}", text = "{text}" } } -> channel
--- Text messages as a way to reach people: mail and cue rules name it as via = "sms", or via = { "mail",
--- "sms" }. They go to the column phone of a list, a number with its country: +975 17 12 34 56. url:
--- where the gateway takes them; json, form (a table each) or body: what it wants, with {to} and {text}
--- in it; headers: a table; method: "POST" (else "GET" or "PUT"). A key of yours is a `secret "NAME"`.
--- parts: how many SMS one text may take (3): what is longer is cut.
--- Example: sms { url = "https://sms.example/send", form = { to = "{to}", text = "{text}" } }
sms.sms = check.word(function(given)
  local o = check.options("sms", given, { url = "text", method = "POST|GET|PUT?", headers = "list?",
    json = "list?", form = "list?", body = "text?", parts = "any?" })
  check_gateway(o)
  return channels.add { kind = "sms",
    to = function(person)
      if not person.phone then return nil, "has no phone number" end
      local number = sms.number(person.phone)
      if number then return number end
      return nil, ("'%s' of %s is no phone number with its country, as in +975 17 12 34 56"):format(
        person.phone, person.name), true
    end,
    write = function(text)
      local fitting, parts = sms.fit(text, o.parts or PARTS)
      return fitting, parts > 1 and ("%d parts"):format(parts) or nil
    end,
    request = function(to, text) return request_of(o, to, text) end }
end)

return sms
