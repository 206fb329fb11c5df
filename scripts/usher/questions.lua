-- SPDX-License-Identifier: MIT
-- questions: what a form asks besides name and address. A text alone is a question that is answered with a
-- line. What was answered is kept under the question's own text, so that a list of answers reads well without
-- the script.
--
--   ask = { "Your office", choice "Lunch" { "With meat", "Without", required = true }, yes_no "First time?" }
--   question = { kind, label = text or { en =, dz = }, key, required, long, several, options = list of keys,
--     shown = key -> text or { en =, dz = }, from, to, low, high }
--   answer: a text; of a choice of several a list of texts; of a matrix a map of row -> text
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
  choice = { list = true, several = "yes_no?" },
  rating = { low = "texts?", high = "texts?", from = "any?", to = "any?" },
  matrix = { list = true, low = "texts?", high = "texts?", from = "any?", to = "any?" },
  yes_no = {},
}
local is_rated <const> = { rating = true, matrix = true }

-- questions.in_language(texts, code) -> the one of several texts that the reader understands
local function in_language(texts, code)
  if type(texts) ~= "table" then return texts end
  return texts[code] or texts.en or select(2, next(texts))
end

questions.in_language = in_language

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

-- The answers of a choice, or the rows of a matrix, and the named options apart from them.
local function split(title, given, what)
  local options, named, seen, shown = {}, {}, {}, {}
  for name, value in pairs(given) do
    if type(name) == "string" then named[name] = value end
  end
  for i, option in ipairs(given) do
    local key = in_language(option, "en")
    if type(key) ~= "string" or not key:find("%S") then
      check.refuse("%s: %s %d is not a text", title, what, i)
    end
    if seen[key] then check.refuse("%s: the %s '%s' is there twice", title, what, key) end
    options[i], seen[key], shown[key] = key, true, option
  end
  if #options < 2 or #options > OPTIONS_MAX then
    check.refuse(what == "row" and '%s: list what is rated, as in  %s { "Sound", "Picture" }'
      or '%s: list what may be answered, as in  %s { "With meat", "Without" }', title, title)
  end
  return options, named, shown
end

-- rating "..." { "not at all", "very much" }: the words at both ends
local function read_ends(title, given)
  if given[1] == nil then return given end
  if #given ~= 2 then
    check.refuse('%s: write the words at both ends, as in  %s { "not at all", "very" }', title, title)
  end
  local named = { low = given[1], high = given[2] }
  for name, value in pairs(given) do
    if type(name) == "string" then named[name] = value end
  end
  return named
end

local function take_options(question, given)
  local title = ('%s "%s"'):format(question.kind, question.key)
  if type(given) ~= "table" then check.refuse("%s: write its options in { } behind it", title) end
  local known = { required = "yes_no?" }
  for name, kind in pairs(kinds[question.kind]) do
    if name ~= "list" then known[name] = kind end
  end
  if question.kind == "rating" then given = read_ends(title, given) end
  if kinds[question.kind].list then
    question.options, given, question.shown = split(title, given,
      question.kind == "matrix" and "row" or "answer")
  end
  for name, value in pairs(check.options(title, given, known)) do question[name] = value end
  if is_rated[question.kind] then check_rating(title, question) end
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
--- A question that is answered with one of the texts; several = true: with as many as one likes. required =
--- true: not without an answer. A text may be one for each language: { en = "Without", dz = "..." }; then
--- the question goes into brackets: choice({ en = "Lunch", dz = "..." }) { ... }.
--- Example: local lunch = choice "Lunch" { "With meat", "Without", required = true }
questions.choice = word_of "choice"

--- rating "How much do you know about it?" -> question
--- A question that is answered with a number from 1 to 5. rating "..." { "nothing", "a lot" } says what the
--- ends mean; from = 0, to = 10 are other ends; required = true: not without an answer.
--- Example: local known = rating "How much do you know about it?" { "nothing", "a lot" }
questions.rating = word_of "rating"

--- matrix "How good was ..." { "the sound", "the picture", low = "poor", high = "good" } -> question
--- Several ratings of one kind: each row is answered with a number from 1 to 5. low, high: what the ends
--- mean; from = 0, to = 10: other ends.
--- Example: local room = matrix "How good was" { "the sound", "the picture", low = "poor", high = "good" }
questions.matrix = word_of "matrix"

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
    if kinds[one.kind].list and not one.options then
      check.refuse('%s: ask: %s "%s" has no %s: write them in { } behind it', word, one.kind, one.key,
        one.kind == "matrix" and "rows" or "answers")
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
-- questions.name_of(question, row) -> name of the field; row: of a matrix
local function name_of(question, row)
  return row and ("ask: %s: %s"):format(question.key, row) or "ask: " .. question.key
end
questions.name_of = name_of

local function options_of(question, code)
  local options = {}
  if question.kind == "yes_no" then
    return { { value = "yes", text = lang.text(code, "fields.yes") },
      { value = "no", text = lang.text(code, "fields.no") } }
  elseif is_rated[question.kind] then
    for n = question.from, question.to do options[#options + 1] = { value = tostring(n), text = n } end
  else
    for i, key in ipairs(question.options) do
      options[i] = { value = key, text = in_language(question.shown[key], code) }
    end
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
    required = question.required, hint = is_rated[question.kind] and hint_of(question, code) or nil }
end

local function make_rows(question, code)
  local rows = {}
  for i, row in ipairs(question.options) do
    rows[i] = { name = name_of(question, row), key = row, label = in_language(question.shown[row], code) }
  end
  return rows
end

local function node_of(question, field, code)
  if question.kind == "text" then return question.long and fields.area(field) or fields.line(field) end
  field.options = options_of(question, code)
  if question.kind == "rating" then return fields.scale(field) end
  if question.kind ~= "matrix" then
    return question.several and fields.some_of(field) or fields.one_of(field)
  end
  field.rows = make_rows(question, code)
  return fields.scales(field)
end

-- questions.fields(list, code, values, problems, free) -> list of nodes. values: question -> what was typed
-- or is kept; problems: question -> sentence; free: the form says that questions may be left out.
function questions.fields(list, code, values, problems, free)
  local nodes = {}
  for i, question in ipairs(list) do
    local field = make_field(question, code, "q" .. i)
    field.value, field.problem, field.free = values[question.key], problems[question.key], free
    nodes[i] = node_of(question, field, code)
  end
  return nodes
end

local function is_offered(question, typed)
  for _, option in ipairs(options_of(question, "en")) do
    if option.value == typed then return true end
  end
  return false
end

local function read_several(question, form_all)
  local chosen, seen, fault = {}, {}, nil
  for _, typed in ipairs(form_all[name_of(question)] or {}) do
    if not is_offered(question, typed) then fault = "choose"
    elseif not seen[typed] then chosen[#chosen + 1], seen[typed] = typed, true end
  end
  if #chosen == 0 then return "", fault or question.required and "choose" or nil end
  return chosen, fault
end

local function read_rows(question, form)
  local answers, fault, n = {}, nil, 0
  for _, row in ipairs(question.options) do
    local typed = form[name_of(question, row)]
    if typed ~= nil and typed ~= "" then
      answers[row], n = typed, n + 1
      if not is_offered(question, typed) then fault = "choose" end
    end
  end
  if question.required and n < #question.options then fault = "choose_each" end
  return n > 0 and answers or "", fault
end

local function read_one(question, form, form_all)
  if question.several then return read_several(question, form_all) end
  if question.kind == "matrix" then return read_rows(question, form) end
  local typed = form[name_of(question)]
  if question.kind == "text" then
    local text = question.long and fields.lines(typed) or fields.one_line(typed)
    return text, fields.fault(text, question.long and fields.AREA_MAX or fields.LINE_MAX, question.required)
  end
  if typed == nil or typed == "" then return "", question.required and "choose" or nil end
  return typed, not is_offered(question, typed) and "choose" or nil
end

-- questions.read(list, form, code, form_all) -> answers, problems: question -> what was typed; question ->
-- sentence. Questions without an answer are left out. form_all: every value of a name, for choices of
-- several.
function questions.read(list, form, code, form_all)
  local answers, problems = {}, {}
  for _, question in ipairs(list) do
    local typed, fault = read_one(question, form, form_all or {})
    if typed ~= "" then answers[question.key] = typed end
    if fault then problems[question.key] = lang.text(code, "fields." .. fault) end
  end
  return answers, problems
end

questions.words = { text = questions.text, choice = questions.choice, rating = questions.rating,
  matrix = questions.matrix, yes_no = questions.yes_no }

return questions
