-- SPDX-License-Identifier: MIT
-- person: one person's page. What is known of them, what the office may do for them, and what happened.
local answers = require "usher.answers"
local attendance = require "usher.attendance"
local attendance_page = require "usher.office.attendance"
local facts = require "usher.facts"
local h = require "usher.html"
local handed = require "usher.handed"
local history = require "usher.office.history"
local live = require "usher.live"
local mailable = require "usher.office.mailable"
local office = require "usher.office"
local parts = require "usher.office.parts"
local people_page = require "usher.office.people"
local people = require "usher.people"
local roles = require "usher.office.roles"
local roster = require "usher.roster"

local person_page = {}

local NOTE_MAX <const> = 500

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
    arrivals = { ask = "arrivals", event = event, keys = keys },
    why = { ask = "why", event = event, key = person.key },
    acts = roles.may(visitor.has, "trail") and { ask = "acts", event = event, about = person.key } or nil,
  }
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
  add("Consented to", handed.consent(person))
  add("Key", person.key)
  return h.dl { class = "facts", list }
end

local function stands_in(person)
  local whom = person.stands_in_for
  return whom and h.p { "Comes in the place of ", h.strong { facts.full_name(whom) }, "." }
end

local function handed_over(person)
  local to = person.handed_to and facts.by_key[person.handed_to]
  return to and h.p { "Has handed over to ", parts.person_link(to.key, facts.full_name(to)),
    ", who gets what is still to come." }
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

local function forms(person, visitor)
  if not roles.may(visitor.has, "answer") or not person.guest then return nil end
  return h.div { class = "columns", h.div { answer_form(person, visitor) },
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
    stands_in(person), handed_over(person), mailable.node(person, visitor), known(person),
    forms(person, visitor),
    roles.may(visitor.has, "answer") and person.guest and attendance_page.of_person(person, visitor),
    history.waits(request),
    h.section { h.h2 { "To come" }, history.to_come(request, person, visitor) },
    h.section { h.h2 { "From the beginning" }, history.node(request, person, visitor) },
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
  local fine, session = pcall(attendance.session_of, request.form.session)
  if not fine then return office.refuse(visitor, session) end
  if attendance.was_there(person.key, session) ~= present then
    attendance.write(person, session, present, visitor.name)
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
  mailable.register()
  office.page("person", { look = look }, page)
  office.act("answer", { act = "answer" }, write_answer)
  office.act("present", { act = "answer" }, mark_present)
  office.act("address", { act = "answer" }, correct_address)
end

return person_page
