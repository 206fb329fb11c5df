-- SPDX-License-Identifier: MIT
-- channels: ways to reach people other than by mail: an SMS gateway (sms.lua), a bot of Telegram
-- (telegram.lua), a room of Slack, Teams or Mattermost (chat.lua). A rule names them, as in  via = { "mail",
-- "sms" }. What goes through one is short: what the rule says as `short`, else its subject.
--
--   channel = { kind, to(person) -> address | nil, why not; write(text, person) -> text as it goes out,
--     note about it or nil; request(to, text) -> { url, json or body, headers }; refused(reply) -> a
--     sentence when a 2xx answer is a no after all }
-- It leaves as a step of usher.http with `to`, so it has the fates of a mail: it waits for an approval, is
-- held, skipped, unsure. Other than mail servers, these services do not know a message again that comes
-- twice: what is unsure follows the rule's `unsure`.
local approval = require "usher.approval"
local check = require "usher.check"
local facts = require "usher.facts"
local moments = require "usher.moments"

local channels = {}

local MAIL <const> = { "mail" }
local WORDS_MAX <const> = 200 -- of a service's answer, in a sentence of ours

local order <const> = { "mail", "sms", "telegram", "chat" }

-- channels.add(channel) -> channel: the script has said it.
function channels.add(channel)
  if facts.channels[channel.kind] then
    check.refuse("%s: the script has said this already: one of each is enough", channel.kind)
  end
  facts.channels[channel.kind] = channel
  return channel
end

-- channels.read(title, via) -> list of the ways that a rule names, or nil: by mail only
function channels.read(title, via)
  if via == nil then return nil end
  local list = type(via) == "table" and via or { via }
  if #list == 0 then check.refuse('%s: via is empty: say via = "mail", or leave it out', title) end
  for _, way in ipairs(list) do
    if way ~= "mail" and not facts.channels[way] then
      local known = false
      for _, kind in ipairs(order) do known = known or kind == way end
      if known then check.refuse("%s: via: say above how:  %s { ... }", title, way) end
      check.refuse("%s: via: there is no way '%s'%s", title, tostring(way), check.meant(tostring(way), order))
    end
  end
  return list
end

-- channels.of(rule) -> list of ways
function channels.of(rule) return rule.via or MAIL end

local function check_people(rule, way, units)
  local without = {}
  for _, unit in ipairs(units) do
    local person = unit.person
    local to, why, wrong = facts.channels[way].to(person)
    if wrong then check.refuse("%s: %s", person.where or person.name, why) end
    if not to then without[person.key] = person end
  end
  local names = check.names(without)
  if #names == 0 then return end
  local first = facts.full_name(without[names[1]])
  facts.note('%s "%s": %s can\'t be reached by %s', rule.word, rule.name,
    #names == 1 and first or ("%s and %d more"):format(first, #names - 1), way)
end

-- channels.check(rule, units): refuses an address that nothing can be sent to, and notes who has none. units:
-- list of { person }.
function channels.check(rule, units)
  for _, way in ipairs(channels.of(rule)) do
    if facts.channels[way] then check_people(rule, way, units) end
  end
end

-- ---- one message --------------------------------------------------------------------------------------

local function refusal(way, channel, reply)
  if reply.status == 0 then return reply.why or "nobody knows what became of it" end
  local fine = reply.status >= 200 and reply.status < 300
  if fine then return channel.refused and channel.refused(reply) end
  local words = (reply.body or ""):gsub("[%s%c]+", " "):sub(1, WORDS_MAX)
  return ("the service for %s answered %d%s"):format(way, reply.status, words ~= "" and ": " .. words or "")
end

local function about_of(rule, case, way, note)
  local person = case.person
  return { rule = rule.name, person = person.key, what = way, audience = rule.audience,
    whom = note and ("%s (%s)"):format(facts.full_name(person), note) or nil,
    item = case.item and case.item.title,
    item_at = case.item and usher.time.format(case.item.starts, person.zone or facts.event.zone, "%H:%M %P") }
end

-- channels.post(way, to, text, o) -> reply of usher.http. o: what further stands in its options.
function channels.post(way, to, text, o)
  local request = facts.channels[way].request(to, text)
  local method = (request.method or "POST"):lower()
  local options = { way, to = to, url = request.url, headers = request.headers, json = request.json,
    body = request.body, repeatable = false, rehearse = { status = 200 } }
  for name, value in pairs(o) do options[name] = value end
  return usher.http[method](options)
end

-- channels.send(rule, case, way, text) -> { sent = true } or { skipped = why, again = as in sending.send }
function channels.send(rule, case, way, text)
  local channel, person = facts.channels[way], case.person
  local to, why = channel.to(person)
  if not to then return { skipped = why } end
  local written, note = channel.write(text, person)
  local reply = channels.post(way, to, written, { as = person.key, approval = approval.option(rule),
    about = about_of(rule, case, way, note), unsure = moments.unsure(rule, case.moment, case.anchor),
    give_up = moments.limit(rule, case.moment, case.anchor) })
  if reply.why == approval.AGAIN then return { skipped = reply.why, again = true } end
  why = refusal(way, channel, reply)
  return why and { skipped = ("by %s: %s"):format(way, why) } or { sent = true }
end

return channels
