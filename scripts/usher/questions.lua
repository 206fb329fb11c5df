-- SPDX-License-Identifier: MIT
-- questions: what a form asks besides name and address. A text alone is a question that is answered with a
-- line. What was answered is kept under the question's own text, so that a list of answers reads well without
-- the script.
--
--   ask = { "Your office", choice "Lunch" { "With meat", "Without", required = true }, yes_no "First time?" }
--   question = { kind, label = text or { en =, dz = }, key, required, long, options, from, to, low, high }
local check = require "usher.check"
local fields = require "usher.fields"
local lang = require "usher.lang"

local questions = {}

local KEY_MAX <const> = 200
local OPTIONS_MAX <const> = 50
local QUESTIONS_MAX <const> = 30
local RATING_MAX <const> = 10

-- Which options a kind of question has besides required; `list`: its texts stand in the same { }.
local kinds <const> = {
  text = { long = "yes_no?" },
  choice = { list = true },
  rating = { low = "texts?", high = "texts?", from = "any?", to = "any?" },
  yes_no = {},
}

-- The one of several texts that the reader understands.
local function in_language(texts, code)
  if type(texts) ~= "table" then return texts end
  return texts[code] or texts.en or select(2, next(texts))
end

local function check_label(word, label)
  local key = in_language(label, "en")
  if type(key) ~= "string" or not key:find("%S") then
    check.refuse('%s: the question comes first, as in  %s "Your office"', word, word)
  end
  if #key > KEY_MAX then check.refuse('%s "%s...": a question has at most %d letters', word,
    key:sub(1, 40), KEY_MAX) end
  return key
end

local function check_rating(title, question)
  question.from, question.to = question.from or 1, question.to or 5
  local fine = math.type(question.from) == "integer" and math.type(question.to) == "integer"
    and question.from >= 0 and question.from < question.to and question.to <= RATING_MAX
  if not fine then
    check.refuse("%s: from and to are whole numbers, from 0 to %d", title, RATING_MAX)
  end
end

-- The answers of a choice, and its named options apart from them.
local function split(title, given)
  local options, named, seen = {}, {}, {}
  for name, value in pairs(given) do
    if type(name) == "string" then named[name] = value end
  end
  for i, option in ipairs(given) do
    if type(option) ~= "string" or not option:find("%S") then
      check.refuse("%s: answer %d is not a text", title, i)
    end
    if seen[option] then check.refuse("%s: the answer '%s' is there twice", title, option) end
    options[i], seen[option] = option, true
  end
  if #options < 2 or #options > OPTIONS_MAX then
    check.refuse('%s: list what may be answered, as in  %s { "With meat", "Without" }', title, title)
  end
  return options, named
end

local function take_options(question, given)
  local title = ('%s "%s"'):format(question.kind, question.key)
  if type(given) ~= "table" then check.refuse("%s: write its options in { } behind it", title) end
  local known = { required = "yes_no?" }
  for name, kind in pairs(kinds[question.kind]) do
    if name ~= "list" then known[name] = kind end
  end
  if kinds[question.kind].list then question.options, given = split(title, given) end
  for name, value in pairs(check.options(title, given, known)) do question[name] = value end
  if question.kind == "rating" then check_rating(title, question) end
  return question
end

local function word_of(kind)
  return check.word(function(label)
    local question = { kind = kind, label = label, key = check_label(kind, label), question = true }
    if kind == "rating" then check_rating(kind, question) end
    return setmetatable(question, { __call = check.word(take_options) })
  end)
end

--- text "Your office" -> question
--- A question of a form that is answered with a line of text; text "..." { long = true } with several lines,
--- { required = true }: not without an answer. A question in several languages: text { en = "Your office",
--- dz = "..." }.
--- Example: local office = text "Your office" { required = true }
questions.text = word_of "text"

--- choice "Lunch" { "With meat", "Without" } -> question
--- A question that is answered with one of the texts. required = true: not without an answer.
--- Example: local lunch = choice "Lunch" { "With meat", "Without", required = true }
questions.choice = word_of "choice"

--- rating "How much do you know about it?" -> question
--- A question that is answered with a number from 1 to 5; rating "..." { from = 0, to = 10, low = "nothing",
--- high = "everything" } says other ends and what they mean.
--- Example: local known = rating "How much do you know about it?" { low = "nothing", high = "a lot" }
questions.rating = word_of "rating"

--- yes_no "Is it your first time?" -> question
--- A question that is answered with yes or no.
--- Example: local first = yes_no "Is it your first time?"
questions.yes_no = word_of "yes_no"

-- questions.list(word, given) -> list of questions; a text alone is one that is answered with a line.
function questions.list(word, given)
  local list, seen = {}, {}
  for i, one in ipairs(given or {}) do
    if type(one) == "string" then one = questions.text(one) end
    if type(one) ~= "table" or not one.question then
      check.refuse('%s: ask: number %d is no question: write "Your office", or choice "Lunch" { ... }',
        word, i)
    end
    if one.kind == "choice" and not one.options then
      check.refuse('%s: ask: choice "%s" has no answers: write them in { } behind it', word, one.key)
    end
    if seen[one.key] then check.refuse('%s: ask: "%s" is asked twice', word, one.key) end
    list[i], seen[one.key] = one, true
  end
  if #list > QUESTIONS_MAX then
    check.refuse("%s: ask: at most %d questions: nobody fills in more", word, QUESTIONS_MAX)
  end
  return list
end

-- ---- on the page --------------------------------------------------------------------------------------

-- The field's name in the form. The question itself, so that a page that was open while the script was
-- edited puts no answer under another question.
local function name_of(question) return "ask: " .. question.key end

local function options_of(question, code)
  local options = {}
  if question.kind == "yes_no" then
    return { { value = "yes", text = lang.text(code, "fields.yes") },
      { value = "no", text = lang.text(code, "fields.no") } }
  elseif question.kind == "rating" then
    for n = question.from, question.to do options[#options + 1] = { value = tostring(n), text = n } end
  else
    for i, text in ipairs(question.options) do options[i] = { value = text, text = text } end
  end
  return options
end

local function hint_of(question, code)
  local low, high = in_language(question.low, code), in_language(question.high, code)
  if not low or not high then return nil end
  return ("%d = %s, %d = %s"):format(question.from, low, question.to, high)
end

local function make_field(question, code, id)
  return { id = id, name = name_of(question), label = in_language(question.label, code), lang = code,
    required = question.required, hint = question.kind == "rating" and hint_of(question, code) or nil }
end

-- questions.fields(list, code, values, problems) -> list of nodes. values: question -> what was typed or is
-- kept; problems: question -> sentence.
function questions.fields(list, code, values, problems)
  local nodes = {}
  for i, question in ipairs(list) do
    local field = make_field(question, code, "q" .. i)
    field.value, field.problem = values[question.key], problems[question.key]
    if question.kind == "text" then
      nodes[i] = question.long and fields.area(field) or fields.line(field)
    else
      field.options = options_of(question, code)
      nodes[i] = question.kind == "rating" and fields.scale(field) or fields.one_of(field)
    end
  end
  return nodes
end

local function is_offered(question, typed)
  for _, option in ipairs(options_of(question, "en")) do
    if option.value == typed then return true end
  end
  return false
end

local function read_one(question, typed)
  if question.kind == "text" then
    local text = question.long and fields.lines(typed) or fields.one_line(typed)
    return text, fields.fault(text, question.long and fields.AREA_MAX or fields.LINE_MAX, question.required)
  end
  if typed == nil or typed == "" then return "", question.required and "choose" or nil end
  return typed, not is_offered(question, typed) and "choose" or nil
end

-- questions.read(list, form, code) -> answers, problems: question -> what was typed; question -> sentence.
-- Questions without an answer are left out.
function questions.read(list, form, code)
  local answers, problems = {}, {}
  for _, question in ipairs(list) do
    local typed, fault = read_one(question, form[name_of(question)])
    if typed ~= "" then answers[question.key] = typed end
    if fault then problems[question.key] = lang.text(code, "fields." .. fault) end
  end
  return answers, problems
end

questions.words = { text = questions.text, choice = questions.choice, rating = questions.rating,
  yes_no = questions.yes_no }

return questions
