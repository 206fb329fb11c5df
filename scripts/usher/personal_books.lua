-- SPDX-License-Identifier: MIT
-- personal_books: the books about people that belong to the words themselves. A module that came later adds
-- its own (personal.lua).
local facts = require "usher.facts"
local handover = require "usher.handover"
local personal = require "usher.personal"
local suppression = require "usher.suppression"
local survey_answers = require "usher.survey_answers"
local seats = require "usher.seats"

-- Of a book whose keys begin or end with somebody's key: fn(key) for each of theirs.
local function each_theirs(book, is_theirs, fn)
  local theirs = {}
  for key in book:each() do
    if is_theirs(key) then theirs[#theirs + 1] = key end
  end
  for _, key in ipairs(theirs) do fn(key) end
end

-- A part of which each person has some entries of a book. is_of(person) -> function of a key.
local function some_of(name, book_name, is_of, o)
  local shared = o and o.shared
  local function book() return usher.book(book_name, shared and { shared = true } or nil) end
  personal.add { name = name, books = { book_name }, texts = o and o.texts,
    export = function(person)
      local list = {}
      each_theirs(book(), is_of(person), function(key) list[key] = book():get(key) end)
      return next(list) and list or nil
    end,
    forget = function(person)
      each_theirs(book(), is_of(person), function(key) book():remove(key) end)
    end }
end

-- A book that holds an entry for a person under their key, or one for each of several things: "P0042/3".
local function keyed(name, book, texts)
  some_of(name, book, function(person)
    local start = person.key .. "/"
    return function(key) return key == person.key or key:sub(1, #start) == start end
  end, { texts = texts })
end

-- One entry for each of several things, the person's key last: "name/P0042".
local function keyed_behind(name, book, sign, shared)
  some_of(name, book, function(person)
    local ending = sign .. person.key
    return function(key) return key:sub(-#ending) == ending end
  end, { shared = shared })
end

local function strings_of(value, list)
  if type(value) == "string" then list[#list + 1] = value end
  if type(value) == "table" then
    for _, one in pairs(value) do strings_of(one, list) end
  end
  return list
end

-- ---- answers and who comes ----------------------------------------------------------------------------

keyed("answer", "answers", function(person)
  local said, list = usher.book("answers"):get(person.key), {}
  if not said then return nil end
  list[1] = said.note
  for _, one in ipairs(said.before or {}) do list[#list + 1] = one.note end
  return list
end)
keyed("roster", "roster")
keyed("deputies", "deputies")
keyed("attendance", "attendance")
keyed("told", "told")
keyed("log_in", "login")
keyed_behind("letters", "letters", "/")
keyed_behind("calendar", "calendar", "/")
keyed_behind("calendar_answers", "calendar answers", " ")
keyed_behind("sent_again", "resent", "\n")

-- A list that this event hands on, "EVENT/FORM/P0042".
some_of("handed_on", "handed on", function(person)
  local start, ending = facts.event.id .. "/", "/" .. person.key
  return function(key) return key:sub(1, #start) == start and key:sub(-#ending) == ending end
end, { shared = true })

personal.add { name = "handed_over", books = { "handed over", "decided" },
  export = function(person)
    return { to = handover.has_left(person.key) and handover.holder(person.key) or nil,
      from = handover.from(person.key) }
  end,
  forget = function(person)
    local book = usher.book("handed over")
    for _, key in ipairs(handover.from(person.key)) do book:remove(key) end
    book:remove(person.key)
  end }

-- ---- sign-up ------------------------------------------------------------------------------------------

local function answers_of_form(entry)
  return entry and entry.form and strings_of(entry.form.answers or {}, {}) or nil
end

-- Whose seat it was frees it. Who waits longest is asked the next time that the seats are looked at.
local function leave_seat(key, entry)
  if entry.state == "seat" or entry.state == "offered" or entry.state == "waiting" then
    seats.leave(key, entry, "cancelled")
  end
end

personal.add { name = "sign_up", books = { "signup", "signup-mail", "wait-list *" },
  texts = function(person) return answers_of_form(seats.entry(person.key)) end,
  export = function(person) return seats.entry(person.key) end,
  forget = function(person)
    local entry = seats.entry(person.key)
    if entry then leave_seat(person.key, entry) end
    usher.book("signup"):remove(person.key)
    for _, mail in ipairs(person.mails) do usher.book("signup-mail"):remove(mail:lower()) end
  end }

-- ---- what they said -----------------------------------------------------------------------------------

local function of_each_form(person, fn)
  local found = {}
  for _, form in ipairs(facts.interests) do
    found[form.name] = fn(usher.book("interest-" .. form.name), person.key)
  end
  return next(found) and found or nil
end

personal.add { name = "interest", books = { "interest-*" },
  texts = function(person)
    return strings_of(of_each_form(person, function(book, key)
      local entry = book:get(key)
      return entry and entry.answers
    end) or {}, {})
  end,
  export = function(person) return of_each_form(person, function(book, key) return book:get(key) end) end,
  forget = function(person) of_each_form(person, function(book, key) book:remove(key) end) end }

local function named_sheets(person)
  local found = {}
  for _, s in ipairs(facts.surveys) do found[s.name] = survey_answers.sheet(s, person.key) end
  return next(found) and found or nil
end

-- What was answered without a name stays: nothing on the disk says whose it was.
personal.add { name = "surveys", books = { "*-named", "*-answered" },
  texts = function(person) return strings_of(named_sheets(person) or {}, {}) end,
  export = function(person)
    local found = named_sheets(person) or {}
    for _, s in ipairs(facts.surveys) do
      if s.anonymous and survey_answers.has_answered(s, person.key) then
        found[s.name] = "has answered; nothing says what"
      end
    end
    return next(found) and found or nil
  end,
  forget = function(person)
    for _, s in ipairs(facts.surveys) do survey_answers.forget(s, person.key) end
  end }

local function questions_of(person)
  local list = {}
  for id, one in usher.book("questions"):each() do
    if one.person == person.key then
      list[#list + 1] = { id = id, text = one.text, at = one.at, state = one.state }
    end
  end
  return list
end

personal.add { name = "questions", books = { "questions", "asked" },
  texts = function(person)
    local list = {}
    for i, one in ipairs(questions_of(person)) do list[i] = one.text end
    return list
  end,
  export = function(person)
    local list = questions_of(person)
    return #list > 0 and list or nil
  end,
  forget = function(person)
    for _, one in ipairs(questions_of(person)) do usher.book("questions"):remove(one.id) end
    usher.book("asked", { sealed = true }):remove(person.key)
  end }

-- ---- addresses ----------------------------------------------------------------------------------------

personal.add { name = "mail_comes_back", books = { "bounces", "passed on" },
  export = function(person)
    local found = {}
    for _, mail in ipairs(person.mails) do found[mail] = usher.book("bounces"):get(mail:lower()) end
    return next(found) and found or nil
  end,
  forget = function(person)
    for _, mail in ipairs(person.mails) do
      usher.book("bounces"):remove(mail:lower())
      usher.book("passed on"):remove(mail:lower())
    end
  end }

-- That somebody wants no mail goes too: an address that was forgotten is written to by no list any more.
personal.add { name = "wants_no_mail", books = { "suppressed" },
  export = function(person)
    local found = {}
    for _, mail in ipairs(person.mails) do
      local reasons = suppression.reasons(mail)
      found[mail] = next(reasons) and reasons or nil
    end
    return next(found) and found or nil
  end,
  forget = function(person)
    for _, mail in ipairs(person.mails) do suppression.lift(mail) end
  end }

-- ---- who was there without being known ----------------------------------------------------------------

-- fn(id, entry) for each entry of a book that is theirs.
local function each_entry(book, is_theirs)
  local list = {}
  for id, entry in usher.book(book):each() do
    if is_theirs(entry) then list[id] = entry end
  end
  return list
end

local function strangers_like(person)
  return each_entry("strangers", function(one)
    for _, mail in ipairs(person.mails) do
      if one.mail and one.mail:lower() == mail:lower() then return true end
    end
    return one.name ~= nil and one.name:lower() == (person.name or ""):lower()
  end)
end

local function devices_of(person)
  return each_entry("devices", function(one) return one.key == person.key end)
end

personal.add { name = "joined_as", books = { "strangers", "devices", "zoom-calls" },
  export = function(person)
    local list = strangers_like(person)
    return next(list) and list or nil
  end,
  forget = function(person)
    for id in pairs(strangers_like(person)) do usher.book("strangers"):remove(id) end
    for id in pairs(devices_of(person)) do usher.book("devices"):remove(id) end
  end }
