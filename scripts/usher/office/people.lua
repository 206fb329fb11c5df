-- SPDX-License-Identifier: MIT
-- people: every guest with their answer and what became of each mail; by group, by answer, by part of a name.
-- And who is missing while the event runs, with telephone numbers.
local attendance = require "usher.attendance"
local attendance_page = require "usher.office.attendance"
local facts = require "usher.facts"
local fates = require "usher.office.fates"
local h = require "usher.html"
local office = require "usher.office"
local parts = require "usher.office.parts"
local roles = require "usher.office.roles"
local roster = require "usher.roster"
local table_out = require "usher.table_out"
local guest_table = require "usher.office.guest_table"
local sessions = require "usher.sessions"
local counts = require "usher.office.counts"

local people = {}

local ON_A_PAGE <const> = 50
local MISSING_MAX <const> = 200 -- more than anybody can telephone

-- -- who is shown

-- What a guest must fit: fn(key, listed) -> yes or no; nil: everybody does. wanted = { group, answer, text,
-- missing }. Columns of books are looked at once; of thousands, only those on the page become persons.
local function test_of(wanted)
  local book, tests = usher.book("roster"), {}
  local function add(fn) tests[#tests + 1] = fn end
  if wanted.group then
    local groups = book:column("group")
    add(function(key, listed) return (groups[key] or listed.group or "") == wanted.group end)
  end
  if wanted.answer then
    local answers = usher.book("answers"):column("answer")
    add(function(key) return (answers[key] or "none") == wanted.answer end)
  end
  if wanted.text then
    local names, mails = book:column("name"), book:column("mail")
    local function has(value) return value and value:lower():find(wanted.text, 1, true) end
    add(function(key, listed)
      return has(names[key] or listed.name) or has(key) or has(mails[key] or listed.mail)
        or has(listed.position)
    end)
  end
  if wanted.test then add(wanted.test) end
  return #tests > 0 and function(key, listed)
    for _, test in ipairs(tests) do
      if not test(key, listed) then return false end
    end
    return true
  end
end

local NOT_LISTED <const> = {}

local function sign_ups()
  local keys = {}
  for key in pairs(usher.book("roster"):column("signed_up")) do
    if not facts.by_key[key] then keys[#keys + 1] = key end
  end
  return keys
end

-- The keys of those who fit, from the first to the last that are wanted, in the list's order and then by the
-- keys of sign-ups; and how many fit in all.
local function chosen(wanted, first, last)
  local fits, keys, n = test_of(wanted), {}, 0
  local function take(key, listed)
    if fits and not fits(key, listed) then return end
    n = n + 1
    if n >= first and n <= last then keys[#keys + 1] = key end
  end
  for _, guest in ipairs(facts.guests) do take(guest.key, guest) end
  for _, key in ipairs(sign_ups()) do take(key, NOT_LISTED) end
  return keys, n
end

local function wanted_of(request)
  local query = request.query or {}
  local function said(name) return query[name] ~= "" and query[name] or nil end
  local page = math.tointeger(tonumber(query.page or "1")) or 1
  return { group = said "group", answer = said "answer", page = math.max(1, page),
    text = said "q" and query.q:lower() }
end

-- The keys of the page that is asked for, and how many guests fit.
local function keys_of(wanted)
  return chosen(wanted, (wanted.page - 1) * ON_A_PAGE + 1, wanted.page * ON_A_PAGE)
end

local function look(request)
  local keys = usher.json.encode(usher.json.array(keys_of(wanted_of(request))))
  return { fates = { ask = "fates", event = facts.event.id, keys = keys },
    arrivals = { ask = "arrivals", event = facts.event.id, keys = keys } }
end

-- -- how they are shown

local answers_text <const> = { yes = "comes", no = "declined", tentative = "perhaps" }

-- people.answer(answer) -> node: "comes", with who wrote it down and how
function people.answer(answer)
  if not answer then return h.span { class = "quiet", "no answer" } end
  local class = answer.answer == "yes" and "good" or answer.answer == "no" and "bad" or "quiet"
  return { h.span { class = class, answers_text[answer.answer] or answer.answer },
    answer.note and h.div { class = "hint", answer.note } }
end

local function fate_line(row, visitor)
  local fate = fates.of(row)
  return h.li { class = fate.flag and "flag" or false, h.strong { row.name }, " ", fate.text,
    fate.at and { ", ", parts.time(visitor, fate.at) } }
end

-- "3 sent, 2 to come", and all of them behind it; what wants attention is never hidden.
local function mails_cell(rows, visitor)
  local n, lines, flags = { sent = 0, planned = 0 }, {}, {}
  for i, row in ipairs(rows) do
    local fate = fates.of(row)
    if n[fate.kind] then n[fate.kind] = n[fate.kind] + 1 end
    lines[i] = fate_line(row, visitor)
    if fate.flag then flags[#flags + 1] = h.div { class = "flag", row.name, ": ", fate.text } end
  end
  if #rows == 0 then return h.span { class = "quiet", "none" } end
  return { flags, h.details { h.summary { ("%d sent, %d to come"):format(n.sent, n.planned) },
    h.ul { class = "fates", lines } } }
end

local function by_key(rows)
  local map = {}
  for _, row in ipairs(rows) do
    local key = row.key:match("^([^/]+)")
    map[key] = map[key] or {}
    table.insert(map[key], row)
  end
  return map
end

local function rows_of(keys, fates_by_key, visitor)
  local body, answers = {}, usher.book("answers")
  for _, key in ipairs(keys) do
    local person = roster.person(key)
    body[#body + 1] = { { parts.person_link(person.key, roster.shown(person)),
        person.position and h.div { class = "hint", person.position } },
      person.group or "", people.answer(answers:get(key)),
      mails_cell(fates_by_key[person.key] or {}, visitor) }
  end
  return body
end

local function groups_choice()
  local list = { { "", "all groups" } }
  for _, group in ipairs(facts.groups) do list[#list + 1] = { group, group } end
  return list
end

local function filter(query)
  return h.form { method = "get", action = parts.path "people", class = "filter", role = "search",
    h.div { h.label { for_ = "q", "Part of a name or address" },
      h.input { id = "q", name = "q", type = "search", value = query.q or "" } },
    #facts.groups > 0 and parts.choose("Group", "group", query.group, groups_choice()),
    parts.choose("Answer", "answer", query.answer, { { "", "any answer" }, { "yes", "comes" },
      { "tentative", "perhaps" }, { "no", "declined" }, { "none", "no answer" } }),
    h.button { "Show" },
  }
end

local function pager(total, wanted, query)
  if total <= ON_A_PAGE then return nil end
  local function to(page, text)
    return h.a { href = parts.query(parts.path "people", { q = query.q, group = query.group,
      answer = query.answer, page = page }), text }
  end
  local last = (total + ON_A_PAGE - 1) // ON_A_PAGE
  return h.nav { class = "pager", aria_label = "Pages of the list",
    wanted.page > 1 and to(wanted.page - 1, "before"), " ",
    ("page %d of %d"):format(wanted.page, last), " ", wanted.page < last and to(wanted.page + 1, "after") }
end

local function groups_table(groups)
  local body = {}
  for _, group in ipairs(counts.names(groups)) do
    local count = groups[group]
    body[#body + 1] = { group == "" and "without a group" or
      h.a { href = parts.query(parts.path "people", { group = group }), group },
      tostring(count.all), tostring(count.yes), tostring(count.no), tostring(count.none + count.tentative
      + count.waiting), tostring(count.present) }
  end
  if #body < 2 then return nil end
  return h.section { h.h2 { "By group" }, parts.table("Answers by group",
    { "Group", "Guests", "Coming", "Declined", "Open", "Present" }, body, "small") }
end

local function page(request, visitor)
  local wanted, query = wanted_of(request), request.query or {}
  local keys, n = keys_of(wanted)
  local groups = counts.by_group()
  local count = counts.sum(groups)
  local filtered = wanted.group or wanted.answer or wanted.text
  return { title = "People", body = {
    parts.figures { { count.all, count.all == 1 and "guest" or "guests" },
      table.unpack(parts.answer_figures(count)) },
    h.p { h.a { href = parts.path "missing", "Who is missing, with telephone numbers" } },
    table_out.links("guests", nil, "All guests as a table"),
    not filtered and groups_table(groups),
    h.section { h.h2 { "Guests" },
      filter(query),
      h.p { class = "quiet", parts.count(n, "guest") },
      #keys > 0 and parts.table("Guests", { "Who", "Group", "Answer", "Mails" },
        rows_of(keys, by_key(fates.join(request.seen.fates, request.seen.arrivals)), visitor), "small"),
      pager(n, wanted, query) },
  } }
end

-- -- who is missing

-- Whoever said yes to the session and has not come; with `all`, whoever has not said no. The keys of some,
-- and how many.
local function missing(group, all, session)
  local book, attended = usher.book("answers"), usher.book("attendance")
  local answers, chosen_sessions = book:column("answer"), book:column("sessions")
  return chosen({ group = group, test = function(key)
    local expected = answers[key] == "yes" or all and answers[key] ~= "no"
    local list = chosen_sessions[key]
    if list and not sessions.chosen({ sessions = list }, session) then return false end
    return expected and not (attended:has(key) and attendance.has_come(key, session))
  end }, 1, MISSING_MAX)
end

local function call(number)
  local digits = number and number:gsub("[^%d+]", "") or ""
  if digits == "" then return number or h.span { class = "quiet", "no number" } end
  return h.a { href = "tel:" .. digits, number }
end

local function here_button(person, visitor, back, session)
  if not roles.may(visitor.has, "answer") then return nil end
  return parts.form(visitor, "present", { class = "inline",
    parts.hidden { person = person.key, session = sessions.is_series() and session.id or nil, back = back },
    h.button { class = "small", "Is here" } })
end

local function missing_page(request, visitor)
  local query = request.query or {}
  local group, all = query.group ~= "" and query.group or nil, query.all == "yes"
  local session = sessions.is_series() and sessions.find(query.session or "") or attendance.current()
  local keys, n = missing(group, all, session)
  local body, back = {}, parts.query(parts.path "missing", { group = group, all = all and "yes",
    session = sessions.is_series() and session.id or nil })
  for i, key in ipairs(keys) do
    local person = roster.person(key)
    body[i] = { parts.person_link(person.key, roster.shown(person)), person.group or "",
      call(person.phone), person.assistant or "", here_button(person, visitor, back, session) }
  end
  return { title = "Who is missing", body = {
    h.form { method = "get", action = parts.path "missing", class = "filter",
      attendance_page.choose_session(session),
      #facts.groups > 0 and parts.choose("Group", "group", group, groups_choice()),
      parts.choose("Whom", "all", all and "yes", { { "", "who said yes" },
        { "yes", "everybody who has not declined" } }),
      h.button { "Show" } },
    h.p { class = "lead", n == 0 and "Nobody is missing." or parts.count(n, "guest") .. " missing" },
    n > 0 and parts.table("Not here yet", { "Who", "Group", "Telephone", "Assistant", "By hand" }, body),
    n > MISSING_MAX and h.p { class = "quiet", ("The first %d are shown."):format(MISSING_MAX) },
  } }
end

function people.register()
  office.page("people", { text = "People", look = look }, page)
  office.page("missing", {}, missing_page)
  guest_table.register()
end

return people
