-- SPDX-License-Identifier: MIT
-- replies: what a person has written in a reply, and whether it is an answer. It counts as an answer only
-- when its first line is one of a few whole sentences (lang/<code>/reply.lua): "yes, but only until noon" is
-- for a person to read.
local lang = require "usher.lang"

local replies = {}

local LINES_MAX <const> = 1000
local TEXT_MAX <const> = 16000 -- bytes of a reply that are passed on

-- Where the mail begins that is answered, as programs write it.
local quotes <const> = {
  "^>", "^|", "^%-%-%-+ ?Original Message", "^%-%-%-+ ?Forwarded message", "^Begin forwarded message",
  "^________+$", "^On .+ wrote:$", "^Le .+ a écrit ?:$", "^Am .+ schrieb .+:$", "^El .+ escribió:$",
  "^%d%d%d%d[-/]%d%d?[-/]%d%d? .+:$",
}
-- Lines that say nothing.
local chatter <const> = { "^Sent from my ", "^Get Outlook for ", "^Sent from Outlook", "^Sent via ",
  "^Von meinem ", "^Envoyé de mon " }

local function matches(line, patterns)
  for _, pattern in ipairs(patterns) do
    if line:find(pattern) then return true end
  end
  return false
end

-- "From: ..." and then "Sent:" or "To:": the head of a quoted mail as Outlook writes it.
local function begins_head(lines, i)
  if not lines[i]:find("^%*?From:") then return false end
  for k = i + 1, math.min(i + 3, #lines) do
    if matches(lines[k], { "^%*?Sent:", "^%*?Date:", "^%*?To:" }) then return true end
  end
  return false
end

local function begins_quote(lines, i)
  local line, two = lines[i], lines[i] .. " " .. (lines[i + 1] or "")
  if matches(line, quotes) or begins_head(lines, i) then return true end
  return line:find("^On .+") ~= nil and two:find("^On .+ wrote:$") ~= nil
end

local function lines_of(text)
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do
    lines[#lines + 1] = line:match("^%s*(.-)%s*$")
    if #lines == LINES_MAX then break end
  end
  return lines
end

-- replies.own(text) -> list of lines that the person wrote, without what they quote, signatures, and empty
-- lines around them
function replies.own(text)
  local own, lines = {}, lines_of(text or "")
  for i, line in ipairs(lines) do
    if begins_quote(lines, i) or line == "--" then break end
    if not matches(line, chatter) then own[#own + 1] = line end
  end
  while own[#own] == "" do own[#own] = nil end
  while own[1] == "" do table.remove(own, 1) end
  return own
end

-- A line as it stands in the lists: small letters, no marks at its ends.
local function plain(line)
  line = line:lower():gsub("’", "'"):gsub("[,;:]", " "):gsub("%s+", " ")
  local before
  repeat
    before = line
    line = line:match("^[%s%*_\"'(]*(.-)[%s%*_\"'.!)]*$"):gsub("།$", ""):gsub("་$", "")
  until line == before
  return line
end

local function is_one_of(line, list)
  for word in list:gmatch("[^|]+") do
    if plain(word) == line then return true end
  end
  return false
end

-- replies.answer(text) -> "yes" | "no" | nil, more. more: whether the person wrote something besides.
function replies.answer(text)
  local own = replies.own(text)
  local first = own[1] and plain(own[1])
  if not first or first == "" then return nil end
  for _, texts in pairs(lang.all()) do
    for _, answer in ipairs { "yes", "no" } do
      if is_one_of(first, texts["reply." .. answer] or "") then return answer, #own > 1 end
    end
  end
end

-- replies.quoted(text) -> the text as a quote, for passing it on
function replies.quoted(text)
  local lines = lines_of((text or ""):sub(1, TEXT_MAX))
  while lines[#lines] == "" do lines[#lines] = nil end
  for i, line in ipairs(lines) do lines[i] = line == "" and ">" or "> " .. line end
  return table.concat(lines, "\n")
end

return replies
