-- SPDX-License-Identifier: MIT
-- forward: passes a guest's mail on to a person: the organisers, else the host. A flow of its own for each
-- mail, started in the transaction in which the mail was read: it is neither lost nor passed on twice.
-- Never to an automatic sender, never back into the mailbox, and at most one of a sender's mails a minute.
--   book "passed on": sender -> { last, since, n }
local audience = require "usher.audience"
local facts = require "usher.facts"
local handover = require "usher.handover"
local replies = require "usher.replies"

local forward = {}

local FLOW <const> = "passed on" -- no rule can be called so: its name has a space
local MINUTE_MS <const> = 60 * 1000
local HOUR_MS <const> = 60 * MINUTE_MS
local AN_HOUR <const> = 20 -- mails of one sender that are passed on in an hour; a loop has more
local REFERENCES_MAX <const> = 8
local KEY_MAX <const> = 100
local SUBJECT_MAX <const> = 200
local NAME_MAX <const> = 80

-- forward.bare(address) -> the address alone, in small letters
function forward.bare(address)
  return address and (address:match("<([^<>]+)>%s*$") or address):lower()
end

local bare <const> = forward.bare

-- forward.short(text, max) -> at most that many bytes of it, ending between two letters
function forward.short(text, max)
  if #text <= max then return text end
  return text:sub(1, utf8.offset(text, 0, max + 1) - 1) .. " ..."
end

local short <const> = forward.short

-- The flow's key: the mail's id, or its place in the mailbox and when it came.
local function key_of(mail)
  if mail.id then return (mail.id:gsub("[|#%c]", "_"):sub(1, KEY_MAX)) end
  return ("mail %d of %d"):format(mail.uid, mail.received or mail.date or 0)
end

local function is_own_address(address)
  local event = facts.event
  for _, own in ipairs { event.reply_to or "", event.from or "", usher.sender() or "" } do
    if bare(own) == address then return true end
  end
  return false
end

-- Who reads what guests write: the organisers, else the host; never the mailbox itself, never who wrote it.
local function readers(sender)
  local list, organisers = {}, audience.organisers()
  for _, person in ipairs(handover.holders(#organisers > 0 and organisers or audience.host())) do
    local address = bare(person.mail)
    if address ~= sender and not is_own_address(address) then list[#list + 1] = person.key end
  end
  return list
end

-- When the next mail of that sender may go, or nil: it stays in the mailbox. Two programs that answer each
-- other are stopped by this whatever their mails look like.
local function turn_of(sender)
  local book, now = usher.book("passed on"), usher.now()
  local seen = book:get(sender)
  if not seen or now - seen.since > HOUR_MS then seen = { last = now - MINUTE_MS, since = now, n = 0 } end
  if seen.n >= AN_HOUR then return nil end
  seen.n, seen.last = seen.n + 1, math.max(now, seen.last + MINUTE_MS)
  book:set(sender, seen)
  return seen.last
end

local function names_of_parts(mail)
  local names = {}
  for _, part in ipairs(mail.parts or {}) do
    if part.name then names[#names + 1] = part.name end
  end
  return #names > 0 and short(table.concat(names, ", "), 300) or nil
end

-- The thread as mail programs follow it: what the mail answers, oldest first, and the mail itself.
local function references_of(mail)
  local ids, seen = {}, {}
  local function add(id)
    if id and not seen[id] then ids[#ids + 1] = "<" .. id .. ">" end
    seen[id or ""] = true
  end
  for i = math.min(#(mail.answers or {}), REFERENCES_MAX), 1, -1 do add(mail.answers[i]) end
  add(mail.id)
  return #ids > 0 and table.concat(ids, " ") or nil
end

-- An address that our own mails can name; what a stranger wrote may be anything.
local function plain_address(address)
  return address:find("^[%w.!#$%%&'*+/=?^_`{|}~-]+@[%w.-]+$") and address or nil
end

-- forward.pass_on(mail, person, why) -> what came of it, or nil: nobody is to read it, and it stays in the
-- mailbox. person: the guest who wrote it, when that is known; why: a sentence for the reader. In a handler.
function forward.pass_on(mail, person, why)
  local sender = mail.from and mail.from:lower()
  if not sender or is_own_address(sender) then return nil end
  local to = readers(sender)
  local at = #to > 0 and turn_of(sender)
  if not at then return nil end
  local name = person and facts.full_name(person) or mail.from_name or mail.from
  name = short(name, NAME_MAX)
  usher.start(FLOW, { key = key_of(mail), label = name, input = {
    to = to, at = at, name = name, from = mail.from, reply_to = mail.reply_to, subject = mail.subject,
    id = mail.id, references = references_of(mail), why = why, parts = names_of_parts(mail), cut = mail.cut,
    text = replies.quoted(mail.text),
  } })
  return { passed_on = to }
end

local function text_of(input)
  local lines = { ("%s <%s> wrote to %s:"):format(input.name, input.from, facts.event.title), "",
    input.text ~= "" and input.text or "(no text)", "" }
  if input.why then table.move({ input.why, "" }, 1, 2, #lines + 1, lines) end
  if input.parts then
    table.move({ "With it came: " .. input.parts .. ". The whole mail is in the mailbox.", "" }, 1, 2,
      #lines + 1, lines)
  elseif input.cut then
    table.move({ "It was longer than this; the whole mail is in the mailbox.", "" }, 1, 2, #lines + 1, lines)
  end
  lines[#lines + 1] = ("Your reply to this mail goes to %s."):format(input.name)
  return table.concat(lines, "\n")
end

-- The flow of one mail that is passed on.
local function life(input)
  usher.due("turn", input.at, { late = "always" })
  local sent = 0
  for _, key in ipairs(input.to) do
    local reader = facts.by_key[key]
    if reader then
      local reply = usher.mail {
        "reply", as = key, to = reader.mail, from = facts.event.from or facts.event.reply_to,
        reply_to = plain_address(input.reply_to or input.from),
        subject = short(("%s: %s"):format(input.name, input.subject or "(no subject)"), SUBJECT_MAX),
        text = text_of(input), html = false, zone = facts.event.zone, unsure = "resend",
        headers = { References = input.references, ["In-Reply-To"] = input.id and "<" .. input.id .. ">" },
        about = { what = "reply", whom = input.name, rule = FLOW },
      }
      if reply.sent then sent = sent + 1 end
    end
  end
  return sent > 0 and { sent = true } or { skipped = "nobody could be written to" }
end

-- Called once, by the word `event`.
function forward.register()
  usher.flow(FLOW, life)
end

return forward
