-- SPDX-License-Identifier: MIT
-- person: one person's page. What is known of them, what the office may do for them, and their history from
-- the first mail to the last, in plain words. Links in their mails are theirs: they are cut out of what is
-- shown.
local answers = require "usher.answers"
local attendance = require "usher.attendance"
local facts = require "usher.facts"
local fates = require "usher.office.fates"
local h = require "usher.html"
local live = require "usher.live"
local office = require "usher.office"
local parts = require "usher.office.parts"
local people_page = require "usher.office.people"
local people = require "usher.people"
local roles = require "usher.office.roles"
local roster = require "usher.roster"
local suppression = require "usher.suppression"

local person_page = {}

local NOTE_MAX <const> = 500
local TOKEN_MIN <const> = 38 -- letters of the shortest token: 16 + 12 + 1 bytes in base64

local function person_of(request)
  local key = (request.query or {}).key or (request.form or {}).person
  return key and roster.person(key)
end

-- A person's flows are named after their key; whoever has several items in the programme has "key/2" as well.
local function keys_of(person)
  local keys = { person.key }
  for i = 2, #facts.items do keys[i] = ("%s/%d"):format(person.key, i) end
  return usher.json.encode(usher.json.array(keys))
end

local function look(request, visitor)
  local person = person_of(request)
  if not person then return {} end
  local event, keys = facts.event.id, keys_of(person)
  return {
    fates = { ask = "fates", event = event, keys = keys },
    letters = { ask = "letters", event = event, keys = keys },
    acts = roles.may(visitor.has, "trail") and { ask = "acts", event = event, about = person.key } or nil,
  }
end

-- -- what happened, as sentences: { at, text, more }

-- A link that opens something for this person alone is shown as "/a/…", and a secret by its name: what leaves
-- in a response would have its value.
local function without_tokens(text)
  text = text:gsub("{{secret:([%w_]+):[^}]*}}", "(secret %1)")
  return (text:gsub("(/%l+/)([%w_-]+)", function(place, token)
    return #token >= TOKEN_MIN and place .. "\u{2026}" or nil
  end))
end

local function letter_text(value)
  if type(value) ~= "table" or type(value.text) ~= "string" then return nil end
  return h.details { h.summary { without_tokens(tostring(value.subject or "the mail")) },
    h.p { class = "hint", "To: ", tostring(value.to or "") },
    h.tag("pre", { class = "letter", without_tokens(value.text) }) }
end

local letter_states <const> = {
  done = "sent", failed = "not delivered", unsure = "unsure: perhaps it arrived, perhaps not",
  started = "on its way", open = "not taken yet",
}

local function letters_told(rows, add)
  for _, row in ipairs(rows) do
    local copy = row.key:find("^mail:copy") and "a copy to the assistant: " or ""
    -- What the server said matters where it did not take the mail.
    local note = row.state ~= "done" and (row.note or "") ~= "" and " (" .. row.note .. ")" or ""
    local said = letter_states[row.state] or row.state
    add(row.at, ("%s: %s%s%s"):format(row.name, copy, said, note), letter_text(row.value),
      row.state == "failed" or row.state == "unsure")
  end
end

local function skips_told(rows, person, add)
  for _, row in ipairs(rows) do
    local fate = fates.of(row, person)
    if fate.kind == "skipped" or fate.kind == "stuck" then
      add(row.updated_at, ("%s: %s"):format(row.name, fate.text), nil, fate.flag)
    end
  end
end

local function acts_told(rows, add)
  for _, row in ipairs(rows) do
    add(row.at, ("%s: %s%s"):format(row.who, row.what, row.note and ", " .. row.note or ""))
  end
end

-- Without the trail (a viewer) the newest answer is still told.
local function answer_told(person, add)
  local answer = usher.book("answers"):get(person.key)
  if answer and answer.at then
    add(answer.at, ("answered %s%s"):format(answer.answer, answer.note and ", " .. answer.note or ""))
  end
end

local function presence_told(person, add)
  for _, one in ipairs(attendance.of(person.key) or {}) do
    local who = one.via:match("^hand:(.*)$")
    local said = one.absent and "marked as absent" or "marked as present"
    add(one.at, who and ("%s by %s"):format(said, who ~= "" and who or "the office") or "joined")
  end
end

local function history(request, person, visitor)
  local lines, items = {}, {}
  local function add(at, text, more, flag)
    lines[#lines + 1] = { at = at, text = text, more = more, flag = flag }
  end
  letters_told(request.seen.letters, add)
  skips_told(request.seen.fates, person, add)
  if request.seen.acts then acts_told(request.seen.acts, add) else answer_told(person, add) end
  presence_told(person, add)
  table.sort(lines, function(a, b) return a.at < b.at end)
  for i, line in ipairs(lines) do
    items[i] = h.li { h.span { class = "at", parts.time(visitor, line.at) }, " ",
      h.span { class = line.flag and "flag" or false, line.text }, line.more }
  end
  return #items > 0 and h.ol { class = "history", items }
    or h.p { class = "quiet", "Nothing has happened yet." }
end

-- What is still to come, by its moment.
local function to_come(request, person, visitor)
  local items = {}
  for _, row in ipairs(request.seen.fates) do
    local fate = fates.of(row, person)
    if fate.kind == "planned" or fate.kind == "retrying" then
      items[#items + 1] = { at = fate.at, node = h.li {
        h.span { class = "at", parts.time(visitor, fate.at) }, " ", h.strong { row.name },
        fate.kind == "retrying" and { " ", h.span { class = "flag", fate.text } } } }
    end
  end
  table.sort(items, function(a, b) return a.at < b.at end)
  for i, item in ipairs(items) do items[i] = item.node end
  return #items > 0 and h.ol { class = "history", items }
    or h.p { class = "quiet", "No mail to this person is planned." }
end

-- -- what is known, and what may be done

local function known(person)
  local list = {}
  local function add(name, value)
    if value and value ~= "" then list[#list + 1] = { h.dt { name }, h.dd { value } } end
  end
  add("Group", person.group)
  add("Position", person.position)
  add("Mail", person.mail)
  add("Assistant", person.assistant)
  add("Telephone", person.phone)
  add("Time zone", person.zone)
  add("Language", person.language)
  add("Key", person.key)
  return h.dl { class = "facts", list }
end

local function stands_in(person)
  local whom = person.stands_in_for
  return whom and h.p { "Comes in the place of ", h.strong { facts.full_name(whom) }, "." }
end

-- Whoever wants no mail is told by telephone.
local function suppressed(person)
  local why = person.guest and person.mail and suppression.why(person.mail, "event")
  return why and h.p { class = "flag", "This address ", why, "." }
end

local function answer_form(person, visitor)
  return parts.form(visitor, "answer", { parts.hidden { person = person.key },
    h.h2 { "Write an answer down" },
    h.label { for_ = "note", "How it came, in a few words (optional)" },
    h.input { id = "note", name = "note", maxlength = NOTE_MAX, placeholder = "her office phoned" },
    h.p { class = "row", h.button { name = "answer", value = "yes", "Comes" }, h.button { name = "answer",
      value = "no", "Does not come" } },
  })
end

local function address_form(person, visitor)
  return parts.form(visitor, "address", { parts.hidden { person = person.key },
    h.h2 { "Correct the address" },
    h.p { class = "hint", "Mails that are still to come go there. What was sent is not sent again." },
    h.label { for_ = "mail", "Mail address" },
    h.input { id = "mail", name = "mail", type = "email", value = person.mail or "", maxlength = 254,
      required = true },
    h.label { for_ = "assistant", "Assistant's address (optional)" },
    h.input { id = "assistant", name = "assistant", type = "email", value = person.assistant or "",
      maxlength = 254 },
    h.p { h.button { "Correct" } },
  })
end

local function present_form(person, visitor)
  local there = attendance.was_there(person.key)
  return parts.form(visitor, "present", {
    parts.hidden { person = person.key, present = there and "no" or "yes",
      back = parts.query(parts.path "person", { key = person.key }) },
    h.p { class = "row", there and h.span { class = "good", "Is or was present." },
      h.button { class = there and "small" or false, there and "Was not there" or "Mark as present" } } })
end

local function forms(person, visitor)
  if not roles.may(visitor.has, "answer") or not person.guest then return nil end
  return h.div { class = "columns", h.div { answer_form(person, visitor), present_form(person, visitor) },
    h.div { address_form(person, visitor) } }
end

local function page(request, visitor)
  local person = person_of(request)
  if not person then
    return { title = "Nobody here is called so", status = 404, body = h.p { "The person is on no list, or is "
      .. "no longer on it. ", h.a { href = parts.path "people", "All people" } } }
  end
  local answer = usher.book("answers"):get(person.key)
  return { title = facts.full_name(person), body = {
    person.guest and h.p { class = "lead", people_page.answer(answer) },
    stands_in(person), suppressed(person), known(person),
    forms(person, visitor),
    h.section { h.h2 { "To come" }, to_come(request, person, visitor) },
    h.section { h.h2 { "From the beginning" }, history(request, person, visitor) },
  } }
end

-- -- acts

local function back_to(person)
  return { redirect = parts.query(parts.path "person", { key = person.key }) }
end

local function one_line(text, most)
  text = (text or ""):gsub("[%c%s]+", " "):match("^ ?(.-) ?$")
  local cut = utf8.offset(text, most + 1)
  return cut and text:sub(1, cut - 1) or text
end

local function nobody(visitor) return office.refuse(visitor, "This person is on no list any more.") end

local function write_answer(request, visitor)
  local person, note = person_of(request), one_line(request.form.note, NOTE_MAX)
  if not person or not person.guest then return nobody(visitor) end
  if request.form.answer ~= "yes" and request.form.answer ~= "no" then
    return office.refuse(visitor, "An answer is yes or no.")
  end
  answers.by_office { person = person.key, answer = request.form.answer, note = note ~= "" and note or nil,
    who = visitor.name }
  return back_to(person)
end

local function mark_present(request, visitor)
  local person, present = person_of(request), request.form.present ~= "no"
  if not person then return nobody(visitor) end
  if attendance.was_there(person.key) ~= present then
    attendance.mark { person = person.key, present = present, who = visitor.name }
  end
  return office.back(request, parts.query(parts.path "person", { key = person.key }))
end

-- What the list says is no change: so the list's own correction later is not overruled by an old one. false:
-- taken away.
local function differing(change, listed, name, value)
  if value == (listed and listed[name]) then change[name] = nil else change[name] = value or false end
end

local function correct_address(request, visitor)
  local person = person_of(request)
  if not person or not person.guest then return nobody(visitor) end
  local mail, assistant = one_line(request.form.mail, 254), one_line(request.form.assistant, 254)
  for _, address in ipairs { mail, assistant ~= "" and assistant or mail } do
    if not people.is_address(address) then
      return office.refuse(visitor, ("'%s' is not a mail address: write it as name@office.example"):format(
        address))
    end
  end
  local twin = roster.by_mail(mail)
  if twin and twin.key ~= person.key then
    return office.refuse(visitor, ("%s has this address already"):format(facts.full_name(twin)))
  end
  local change = roster.change(person.key) or {}
  local before = ("%s, %s"):format(person.mail or "none", person.assistant or "no assistant")
  differing(change, facts.by_key[person.key], "mail", mail)
  differing(change, facts.by_key[person.key], "assistant", assistant ~= "" and assistant or nil)
  roster.set(person.key, next(change) and change or nil)
  usher.audit("address corrected", ("%s, %s (it was %s)"):format(mail,
    assistant ~= "" and assistant or "no assistant", before), visitor.name, person.key)
  live.changed()
  return back_to(person)
end

function person_page.register()
  office.page("person", { look = look }, page)
  office.act("answer", { act = "answer" }, write_answer)
  office.act("present", { act = "answer" }, mark_present)
  office.act("address", { act = "answer" }, correct_address)
end

return person_page
