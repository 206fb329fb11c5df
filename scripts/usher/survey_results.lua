-- SPDX-License-Identifier: MIT
-- survey_results: what a survey says, as plain data, as a part of a page, and as a file for spreadsheets.
--
--   results.of(s) -> { name, title, anonymous, state = "early" | "open" | "closed", opens, closes = ms,
--     answered = how many have answered, n_shown = how many of their answers are in here,
--     hidden_why = sentence or nil, questions = list, groups = list of { name, n, questions } or nil }
--   question = { key, kind, question = text, n = answers to it,
--     counts = list of { label, n },  mean (ratings), low, high (words at the ends),
--     texts = list (sorted, so that two lists do not go together), rows = list of questions (matrix) }
-- Runs in handlers and routes.
local csv_out = require "usher.csv_out"
local facts = require "usher.facts"
local h = require "usher.html"
local questions = require "usher.questions"
local store = require "usher.survey_answers"

local results = {}

-- ---- counting -----------------------------------------------------------------------------------------

local function in_event_language(texts)
  return questions.in_language(texts, facts.event.language)
end

local function count_labels(labels, answers)
  local counts, place = {}, {}
  for i, label in ipairs(labels) do
    counts[i] = { label = label, n = 0 }
    place[label] = counts[i]
  end
  for _, answer in ipairs(answers) do
    for _, label in ipairs(type(answer) == "table" and answer or { answer }) do
      if place[label] then place[label].n = place[label].n + 1 end -- else an answer that is asked no more
    end
  end
  return counts
end

local function labels_of(question)
  if question.kind == "yes_no" then return { "yes", "no" } end
  if question.kind == "choice" then return question.options end
  local labels = {}
  for n = question.from, question.to do labels[#labels + 1] = tostring(n) end
  return labels
end

local function mean_of(counts)
  local sum, n = 0, 0
  for _, one in ipairs(counts) do
    sum, n = sum + tonumber(one.label) * one.n, n + one.n
  end
  return n > 0 and sum / n or nil
end

local function answers_to(question, sheets, row)
  local list = {}
  for _, sheet in ipairs(sheets) do
    local answer = sheet.answers[question.key]
    if row and answer then answer = answer[row] end
    if answer ~= nil then list[#list + 1] = answer end
  end
  return list
end

local function count_ratings(question, answers)
  local counts = count_labels(labels_of(question), answers)
  return { n = #answers, counts = counts, mean = mean_of(counts) }
end

local function count_rows(question, sheets)
  local rows = {}
  for i, row in ipairs(question.options) do
    rows[i] = count_ratings(question, answers_to(question, sheets, row))
    rows[i].question = row
  end
  return rows
end

local function count_question(question, sheets)
  local answers = answers_to(question, sheets)
  local one = { key = question.key, kind = question.kind, n = #answers,
    question = in_event_language(question.label), objective = question.objective,
    low = in_event_language(question.low), high = in_event_language(question.high) }
  if question.kind == "text" then
    one.texts = answers
    table.sort(one.texts)
  elseif question.kind == "matrix" then
    one.rows = count_rows(question, sheets)
  elseif question.kind == "rating" then
    local rated = count_ratings(question, answers)
    one.counts, one.mean = rated.counts, rated.mean
  else
    one.counts = count_labels(labels_of(question), answers)
  end
  return one
end

local function count_all(s, sheets)
  local list = {}
  for i, question in ipairs(s.questions or {}) do list[i] = count_question(question, sheets) end
  return list
end

-- Groups in which fewer than five have answered stand together.
local function count_groups(s, sheets)
  local counts, by_name, list = {}, {}, {}
  for _, sheet in ipairs(sheets) do
    local group = sheet.group or store.OTHERS
    counts[group] = (counts[group] or 0) + 1
  end
  local folded = store.fold(counts)
  for _, sheet in ipairs(sheets) do
    local name = folded[sheet.group or store.OTHERS]
    by_name[name] = by_name[name] or {}
    table.insert(by_name[name], sheet)
  end
  for name, some in pairs(by_name) do
    list[#list + 1] = { name = name, n = #some, questions = count_all(s, some) }
  end
  table.sort(list, function(a, b) -- by name, what stands together last
    if (a.name == store.OTHERS) ~= (b.name == store.OTHERS) then return b.name == store.OTHERS end
    return a.name < b.name
  end)
  return #list > 1 and list or nil
end

-- results.rated(question, sheets) -> { n, mean }: of one rating
function results.rated(question, sheets)
  local one = count_question(question, sheets)
  return { n = one.n, mean = one.mean }
end

-- ---- the whole ----------------------------------------------------------------------------------------

-- results.state(s) -> "early", "open" or "closed"
function results.state(s)
  local now = usher.now()
  if now < s.opens.utc then return "early" end
  return now < s.closes.utc and "open" or "closed"
end

local function why_hidden(s, state, n)
  if s.url then return "The answers are where the survey is: this is only who has answered." end
  if n == 0 then return state == "early" and "It has not opened yet." or "Nobody has answered yet." end
  if not s.anonymous then return nil end
  if state == "closed" then
    return ("It is anonymous, and fewer than %d have answered: nothing of it is shown."):format(store.STEP)
  end
  return ("It is anonymous: the first answers are shown when %d have come in, or when it has closed with at "
    .. "least %d. Then always %d at once, so that nobody's answer can be told apart.")
    :format(2 * store.STEP, store.STEP, store.STEP)
end

-- results.of(s) -> data, as the head of this file says
function results.of(s)
  local state = results.state(s)
  local sheets, n = store.shown(s, state == "closed"), store.count(s)
  local r = { name = s.name, title = in_event_language(s.title), anonymous = s.anonymous, state = state,
    opens = s.opens.utc, closes = s.closes.utc, answered = n, n_shown = #sheets }
  if #sheets == 0 then
    r.hidden_why, r.questions = why_hidden(s, state, n), {}
    return r
  end
  r.questions = count_all(s, sheets)
  r.groups = s.by_group and count_groups(s, sheets) or nil
  return r
end

-- ---- on a page ----------------------------------------------------------------------------------------

-- A bar as wide as its share; the number stands beside it, so whoever does not see it misses nothing.
local function bar(share)
  return h.tag("svg", { viewBox = "0 0 100 10", preserveAspectRatio = "none", aria_hidden = "true",
    h.tag("rect", { class = "bar", width = ("%.1f"):format(100 * share), height = 10 }) })
end

local function share_text(n, of)
  return of > 0 and ("%d %%"):format(math.floor(100 * n / of + 0.5)) or ""
end

local function label_text(one, question)
  local last = question.counts[#question.counts].label
  if one.label == question.counts[1].label and question.low then
    return ("%s (%s)"):format(one.label, question.low)
  end
  return one.label == last and question.high and ("%s (%s)"):format(last, question.high) or one.label
end

-- question: { counts, n, low, high }. The table is what the bars show.
local function bars(question, caption)
  local rows = {}
  for i, one in ipairs(question.counts) do
    local share = question.n > 0 and one.n / question.n or 0
    rows[i] = h.tr { h.th { scope = "row", label_text(one, question) }, h.td { class = "bar", bar(share) },
      h.td { class = "number", one.n }, h.td { class = "number quiet", share_text(one.n, question.n) } }
  end
  return h.table { class = "bars", h.caption { caption }, h.tbody(rows) }
end

local function count_caption(question)
  local caption = question.n == 1 and "1 answer" or question.n .. " answers"
  return question.mean and ("%s, mean %.1f"):format(caption, question.mean) or caption
end

local function texts_list(question)
  local items = {}
  for i, text in ipairs(question.texts) do items[i] = h.li { text } end
  return #items > 0 and h.ul { class = "texts", items } or h.p { class = "quiet", "Nothing was written." }
end

-- A row for each, with the mean as the bar; behind it the counts of each number.
local function matrix_table(question)
  local rows, head = {}, {}
  for i, one in ipairs(question.rows[1].counts) do
    local ends = { counts = question.rows[1].counts, low = question.low, high = question.high }
    head[i] = h.th { scope = "col", label_text(one, ends) }
  end
  for i, row in ipairs(question.rows) do
    local cells, last = {}, tonumber(row.counts[#row.counts].label)
    for j, one in ipairs(row.counts) do cells[j] = h.td { class = "number", one.n } end
    rows[i] = h.tr { h.th { scope = "row", row.question },
      h.td { class = "bar", bar(row.mean and row.mean / last or 0) },
      h.td { class = "number", row.mean and ("%.1f"):format(row.mean) or "" }, cells }
  end
  return h.div { class = "scroll", h.table { class = "bars wide", h.caption { count_caption(question) },
    h.thead { h.tr { h.th {}, h.th {}, h.th { scope = "col", "mean" }, head } }, h.tbody(rows) } }
end

local function question_node(question)
  local body
  if question.texts then body = texts_list(question)
  elseif question.rows then body = matrix_table(question)
  else body = bars(question, count_caption(question)) end
  return h.section { h.h3 { question.question }, body }
end

local function groups_node(r)
  local rows, head = {}, { h.th { scope = "col", "Group" }, h.th { scope = "col", "answers" } }
  for _, question in ipairs(r.questions) do
    if question.mean then head[#head + 1] = h.th { scope = "col", question.question } end
  end
  for i, group in ipairs(r.groups) do
    local cells = {}
    for _, question in ipairs(group.questions) do
      if question.kind == "rating" then
        cells[#cells + 1] = h.td { class = "number", question.mean and ("%.1f"):format(question.mean) or "" }
      end
    end
    rows[i] = h.tr { h.th { scope = "row", group.name == store.OTHERS and "All others" or group.name },
      h.td { class = "number", group.n }, cells }
  end
  return h.section { h.h3 { "By group" }, h.div { class = "scroll", h.table { class = "wide",
    h.caption { ("Means. Groups with fewer than %d answers stand together."):format(store.STEP) },
    h.thead { h.tr(head) }, h.tbody(rows) } } }
end

local function figures(r)
  local items = { h.li { h.strong { r.answered }, r.answered == 1 and "has answered" or "have answered" } }
  if r.n_shown > 0 and r.n_shown ~= r.answered then
    items[2] = h.li { h.strong { r.n_shown }, "answers are shown here" }
  end
  return h.ul { class = "figures", items }
end

-- results.node(r) -> node: what results.of said, as part of an office page
function results.node(r)
  local parts = { figures(r) }
  if r.anonymous and r.n_shown > 0 and r.state == "open" then
    parts[2] = h.p { class = "quiet",
      ("Anonymous: further answers are shown %d at once."):format(store.STEP) }
  end
  if r.hidden_why then return h.list { parts, h.p { class = "quiet", r.hidden_why } } end
  for _, question in ipairs(r.questions) do parts[#parts + 1] = question_node(question) end
  parts[#parts + 1] = r.groups and groups_node(r)
  return h.list(parts)
end

-- ---- as a file ----------------------------------------------------------------------------------------

-- Ratings are numbers in a spreadsheet; a text that looks like one stays as it was typed.
local function add_cells(row, columns, seen, key, answer, is_number)
  local function add(name, value)
    if not seen[name] then columns[#columns + 1], seen[name] = name, true end
    row[name] = is_number and tonumber(value) or value
  end
  if type(answer) ~= "table" then return add(key, answer) end
  if answer[1] then return add(key, table.concat(answer, "; ")) end
  for part, value in pairs(answer) do add(("%s: %s"):format(key, part), value) end
end

local function numbers_of(s)
  local numbers = {}
  for _, question in ipairs(s.questions or {}) do
    numbers[question.key] = question.kind == "rating" or question.kind == "matrix"
  end
  return numbers
end

local function order_columns(s)
  local columns, seen = {}, {}
  local function add(name)
    if not seen[name] then columns[#columns + 1], seen[name] = name, true end
  end
  if not s.anonymous then
    for _, name in ipairs { "key", "name", "answered_at" } do add(name) end
  end
  if s.by_group or not s.anonymous then add("group") end
  for _, question in ipairs(s.questions or {}) do
    for _, row in ipairs(question.kind == "matrix" and question.options or {}) do
      add(("%s: %s"):format(question.key, row))
    end
    if question.kind ~= "matrix" then add(question.key) end
  end
  return columns, seen
end

-- results.table(s) -> columns, rows: an answer in each row, as many as results.of shows. Answers to questions
-- that the script asks no more come in columns behind the others.
function results.table(s)
  local columns, seen = order_columns(s)
  local rows, name_of, numbers = {}, {}, numbers_of(s)
  for _, person in ipairs(facts.everybody()) do name_of[person.key] = facts.full_name(person) end
  for i, sheet in ipairs(store.shown(s, results.state(s) == "closed")) do
    local row = { group = sheet.group }
    if sheet.key then
      row.key, row.name = sheet.key, name_of[sheet.key]
      row.answered_at = usher.time.format(sheet.at, facts.event.zone, "%Y-%m-%d %H:%M")
    end
    for key, answer in pairs(sheet.answers) do
      add_cells(row, columns, seen, key, answer, numbers[key])
    end
    rows[i] = row
  end
  return columns, rows
end

-- results.file(s) -> table of table_out. Whoever serves it sees to it that only the office gets it.
function results.file(s)
  local columns, rows = results.table(s)
  return { file = ("%s-%s"):format(facts.event.id, s.name), title = s.name, columns = columns, rows = rows }
end

-- results.csv(s) -> response of a route
function results.csv(s) return csv_out.of(results.file(s)) end

return results
