-- SPDX-License-Identifier: MIT
-- personal_books: the books about people that belong to the words themselves. A module that came later adds
-- its own (personal.lua).
local facts = require "usher.facts"
local handover = require "usher.handover"
local personal = require "usher.personal"
local suppression = require "usher.suppression"
local survey_answers = require "usher.survey_answers"
local seats = require "usher.seats"

-- A book that holds one entry for a person, under their key.
local function keyed(name, book, texts)
  personal.add { name = name, books = { book }, texts = texts,
    export = function(person) return usher.book(book):get(person.key) end,
    forget = function(person) usher.book(book):remove(person.key) end }
end

-- Of a book whose keys begin or end with somebody's key: fn(key) for each of theirs.
local function each_theirs(book, is_theirs, fn)
  local theirs = {}
  for key in usher.book(book):each() do
    if is_theirs(key) then theirs[#theirs + 1] = key end
  end
  for _, key in ipairs(theirs) do fn(key) end
end

-- One entry for each of several things of a person: "name/P0042".
local function keyed_behind(name, book, sign)
  local function is_of(person)
    local ending = sign .. person.key
    return function(key) return key:sub(-#ending) == ending end
  end
  personal.add { name = name, books = { book },
    export = function(person)
      local list = {}
      each_theirs(book, is_of(person), function(key) list[key] = usher.book(book):get(key) end)
      return next(list) and list or nil
    end,
    forget = function(person)
      each_theirs(book, is_of(person), function(key) usher.book(book):remove(key) end)
    end }
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
