-- SPDX-License-Identifier: MIT
-- report_view: the report as mark-up: one file that needs nothing else, for a mail and for paper, and the
-- same as a part of an office page. Whatever somebody wrote stays text (html.lua). What does not exist (no
-- survey, no wait-list) has no heading either.
--
--   report_view.file(data) -> HTML, whole; report_view.node(data) -> node; data: as report_data.lua says
local before_after = require "usher.before_after"
local charts = require "usher.report_charts"
local h = require "usher.html"
local results = require "usher.survey_results"

local report_view = {}

-- Nothing is fetched and nothing runs, whoever opens the file: so says the file itself, too.
local POLICY <const> = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

local DAYS_MAX <const> = 8 -- more dates below columns run into each other on a phone

local function count(n, word, words)
  return n == 1 and "1 " .. word or ("%d %s"):format(n, words or word .. "s")
end

local function share(n, of)
  return of > 0 and ("%d %%"):format(math.floor(100 * n / of + 0.5)) or ""
end

local function section(title, ...)
  return h.section { h.h2 { title }, ... }
end

-- A row is a list of cells; all but the first are numbers, unless `words` says that this one is not.
local function table_of(caption, names, rows, words)
  local head, body = {}, {}
  local function class_of(i) return i > 1 and not (words and words[i]) and "number" or false end
  for i, name in ipairs(names) do head[i] = h.th { scope = "col", class = class_of(i), name } end
  for r, row in ipairs(rows) do
    local cells = { h.th { scope = "row", row[1] } }
    for i = 2, #names do cells[i] = h.td { class = class_of(i), row[i] or "" } end
    body[r] = h.tr { class = row.class or false, cells }
  end
  return h.div { class = "scroll", h.table { class = "wide", h.caption { caption }, h.thead { h.tr(head) },
    h.tbody(body) } }
end

-- Nothing is easier to read than a dash where there is nothing.
local function number(n) return n ~= 0 and tostring(n) or "\u{2013}" end

-- ---- the headline ------------------------------------------------------------------------------------

local states <const> = { early = "The event is still to come; these are the numbers so far.",
  now = "The event is under way; these are the numbers so far." }

local function times(data)
  local lines = {}
  if data.n_sessions then
    lines[1] = h.span { ("%d sessions, from %s to %s"):format(data.n_sessions, data.first_day,
      data.last_day) }
  end
  lines[#lines + 1] = h.span { data.n_sessions and "the first " or "", data.when }
  for _, clock in ipairs(data.clocks) do lines[#lines + 1] = h.span { clock } end
  return lines
end

local function headline(data)
  return h.header { class = "title",
    h.p { class = "kind", "Report" },
    h.h1 { data.title },
    h.dl { class = "facts", h.dt { "When" }, h.dd { times(data) },
      data.where and { h.dt { "Where" }, h.dd { data.where } },
      #data.organisers > 0 and { h.dt { #data.organisers == 1 and "Organiser" or "Organisers" },
        h.dd { table.concat(data.organisers, " and ") } } },
    states[data.state] and h.p { class = "flag", states[data.state] },
  }
end

local function figures(data)
  local people, list = data.people, {}
  local function add(n, words, more) list[#list + 1] = h.li { h.strong { n }, h.span { words }, more
    and h.span { class = "quiet", more } } end
  add(people.all, "invited")
  add(people.yes, "said yes", share(people.yes, people.all))
  if data.state ~= "early" then add(people.present, "came", share(people.present, people.all)) end
  if data.passed then add(data.passed.n, "passed", data.passed.rule) end
  if data.minutes then
    add(data.minutes.median, "minutes", ("the median stay, of %d"):format(data.minutes.lasts))
  end
  return h.ul { class = "figures", list }
end

-- ---- who came ----------------------------------------------------------------------------------------

local function funnel_rows(data)
  local people = data.people
  local answered = people.all - people.none
  local function of_all(n) return ("%d of %d"):format(n, people.all) end
  local rows = { { name = "Invited", n = people.all },
    { name = "Answered", n = answered, note = of_all(answered), parts = { { people.yes, "p1" },
      { people.tentative, "p2" }, { people.waiting, "p2" }, { people.no, "p3" } } } }
  if data.state ~= "early" then
    rows[3] = { name = data.sessions and "Came to at least one session" or "Came", n = people.present,
      note = of_all(people.present) }
  end
  local passed = data.passed
  rows[#rows + 1] = passed and { name = "Passed", n = passed.n, note = of_all(passed.n) } or nil
  return rows
end

-- "23 yes, 1 no, 2 without an answer", each with its colour where it has one.
local function key_of(people)
  local list = {}
  local function add(n, words, class)
    if n == 0 then return end
    list[#list + 1] = #list > 0 and ", " or ""
    list[#list + 1] = h.span { class = "nowrap", h.span { class = "key " .. class },
      ("%d %s"):format(n, words) }
  end
  add(people.yes, "yes", "p1")
  add(people.tentative, "perhaps", "p2")
  add(people.waiting, "on the wait-list", "p2")
  add(people.no, "no", "p3")
  add(people.none, "without an answer", "room")
  return h.p { class = "quiet", list }
end

local function funnel(data)
  local people, title = data.people, "From the invitation to the room"
  if people.all == 0 then return section(title, h.p { "Nobody was invited." }) end
  return section(title, charts.stacks { most = people.all, rows = funnel_rows(data) }, key_of(people))
end

local function stay(data)
  local minutes = data.minutes
  if not minutes then return nil end
  local text = ("Of %s it is known how long they were there: half of them at least %d minutes, at the "
    .. "least %d, at the most %d. The event lasted %d."):format(count(minutes.n, "person", "people"),
    minutes.median, minutes.least, minutes.most, minutes.lasts)
  return section("How long they stayed", charts.columns { id = "minutes", text = text,
    title = "Minutes in the room", columns = minutes.bins }, h.p { class = "quiet", text })
end

local group_columns <const> = { { "all", "invited" }, { "yes", "yes" }, { "no", "no" },
  { "tentative", "perhaps", rare = true }, { "waiting", "wait-list", rare = true },
  { "none", "no answer", rare = true }, { "present", "came", later = true } }

-- What is nobody's is no column; who came is known only when it has begun.
local function shown_columns(data)
  local shown = {}
  for _, column in ipairs(group_columns) do
    local is_there = not column.rare or data.people[column[1]] > 0
    if is_there and not (column.later and data.state == "early") then shown[#shown + 1] = column end
  end
  return shown
end

local function groups(data)
  if #data.groups < 2 then return nil end
  local names, rows, shown = { "Group" }, {}, shown_columns(data)
  for i, column in ipairs(shown) do names[i + 1] = column[2] end
  names[#names + 1] = data.state ~= "early" and "of invited" or nil
  local function row_of(name, one, class)
    local row = { name, class = class }
    for i, column in ipairs(shown) do row[i + 1] = number(one[column[1]]) end
    row[#row + 1] = share(one.present, one.all)
    return row
  end
  for i, one in ipairs(data.groups) do rows[i] = row_of(one.name or "without a group", one) end
  rows[#rows + 1] = row_of("All", data.people, "sum")
  return section("By group", table_of("Guests of each group, and what they said and did", names, rows))
end

-- Where what is known of somebody does not fit together, the numbers may still change.
local function disagreements(data)
  if data.n_disagreements == 0 then return nil end
  return h.p { class = "flag", ("What is known of who was there does not fit together in %s: the page of "
    .. "attendance lists them."):format(count(data.n_disagreements, "place")) }
end

-- ---- the sessions of a series ------------------------------------------------------------------------

local function session_name(one) return one.title and ("%s. %s"):format(one.id, one.title) or one.id end

local function sessions_table(data)
  local columns, rows = #data.groups > 1 and data.groups or {}, {}
  local names = { "Session", "when", "came" }
  for _, group in ipairs(columns) do names[#names + 1] = group.name or "no group" end
  names[#names + 1] = data.knows_minutes and "minutes (median)" or nil
  for i, one in ipairs(data.sessions) do
    local row = { session_name(one), h.span { class = "nowrap", one.day },
      one.over and number(one.came) or "to come" }
    for _, group in ipairs(columns) do row[#row + 1] = number(one.by_group[group.name or ""] or 0) end
    row[#row + 1] = one.minutes and tostring(one.minutes) or "\u{2013}"
    rows[i] = row
  end
  return table_of("How many came to each session", names, rows, { [2] = true })
end

local function series(data)
  if not data.sessions then return nil end
  local columns, said = {}, {}
  for i, one in ipairs(data.sessions) do
    columns[i] = { name = #data.sessions <= DAYS_MAX and one.date or one.id, n = one.came }
    said[i] = ("%s: %d"):format(session_name(one), one.came)
  end
  return section("By session", charts.columns { id = "sessions", title = "Who came to each session",
      text = table.concat(said, ", "), columns = columns }, sessions_table(data)),
    section("How many sessions they came to", charts.columns { id = "how-often",
      title = "How many sessions they came to", columns = data.how_often,
      text = "For each number of sessions, how many people came to so many." },
      data.passed and h.p { ("%d have passed: %s."):format(data.passed.n, data.passed.rule) })
end

-- ---- deputies and the wait-list ----------------------------------------------------------------------

local function in_place(data)
  if data.deputies.n == 0 and data.people.waiting == 0 then return nil end
  local items = {}
  for i, one in ipairs(data.deputies.list) do
    items[i] = h.li { h.strong { one.name }, " for ", one.whose, data.state ~= "early"
      and (one.came and ", came" or ", did not come") }
  end
  local more = data.deputies.n - #items
  return section("Deputies and the wait-list",
    data.deputies.n > 0 and {
      h.p { count(data.deputies.n, "guest is", "guests are"), " represented by somebody else",
        #items > 0 and ":" or "." },
      #items > 0 and h.ul { items, more > 0 and h.li { ("and %d more"):format(more) } } },
    data.people.waiting > 0 and h.p { count(data.people.waiting, "person is", "people are"),
      " on the wait-list." })
end

-- ---- what it was for ---------------------------------------------------------------------------------

local function mean_text(part) return ("%.1f"):format(part.mean) end

local function aim_text(aim)
  if aim.shift then
    return ("from %s to %s (%+.1f)"):format(mean_text(aim.before), mean_text(aim.after), aim.shift)
  end
  return ("mean %s of %s"):format(mean_text(aim.after), count(aim.after.n, "answer"))
end

local function aim_node(aim, i)
  local has_mean = aim.after and aim.after.mean
  if not has_mean then return h.li { aim.text } end
  local text = aim_text(aim)
  local figure = aim.shift and before_after.shift_text(aim) or mean_text(aim.after)
  return h.li { h.div { class = "aim", h.span { aim.text }, h.strong { figure } },
    charts.shift { id = "aim-" .. i, title = aim.text, text = text, from = aim.from, to = aim.to,
      low = aim.low, high = aim.high, after = aim.after.mean, before = aim.shift and aim.before.mean } }
end

-- Which of the two each dot is, and who was asked.
local function legend(data)
  local lines = {}
  for _, pair in ipairs(data.compared) do
    lines[#lines + 1] = h.p { class = "quiet", pair.hidden_why
      or { before_after.how(pair), " The open dot is before, the full one after." } }
  end
  return lines
end

local function aims(data)
  if #data.aims == 0 then return nil end
  local items = {}
  for i, aim in ipairs(data.aims) do items[i] = aim_node(aim, i) end
  return section("What it was for", legend(data), h.tag("ol", { class = "aims", items }))
end

-- Ratings that are no aims, asked twice.
local function other_shifts(data)
  local rows = {}
  for _, pair in ipairs(data.compared) do
    for _, one in ipairs(pair) do
      if not one.objective then
        rows[#rows + 1] = { one.question, one.before.mean and mean_text(one.before) or "\u{2013}",
          one.after.mean and mean_text(one.after) or "\u{2013}", before_after.shift_text(one) }
      end
    end
  end
  return #rows > 0 and section("Before and after", table_of("Means of what was asked twice",
    { "Question", "before", "after", "shift" }, rows)) or nil
end

-- ---- what was said -----------------------------------------------------------------------------------

local function survey_node(r)
  local kind = r.anonymous and "Anonymous" or "With names"
  return section(r.title or ("Survey: %s"):format(r.name), h.p { class = "quiet", kind, r.n_shown > 0 and
    ("; %s of %d shown here."):format(count(r.n_shown, "answer"), r.answered) or "." }, results.node(r))
end

local function surveys(data)
  local list = {}
  for i, r in ipairs(data.surveys) do list[i] = survey_node(r) end
  return list
end

local function interest_node(form)
  local title = form.title or ("Interest: %s"):format(form.name)
  if not form.choices then
    return section(title, h.p { count(form.n, "person has", "people have"), " said so." })
  end
  local rows = {}
  for i, choice in ipairs(form.choices) do rows[i] = { name = choice.name, n = choice.n } end
  return section(title, h.p { count(form.n, "person", "people"),
    " would like to hear of what comes next. Each may choose several." },
    charts.stacks { most = math.max(form.n, 1), rows = rows })
end

local function interests(data)
  local list = {}
  for i, form in ipairs(data.interests) do list[i] = interest_node(form) end
  return list
end

local function open_questions(data)
  local asked = data.questions
  if asked.n == 0 then return nil end
  local items = {}
  for i, text in ipairs(asked.list) do items[i] = h.li { text } end
  return section("Questions still open",
    h.p { ("%d of %s wait for an answer."):format(asked.n, count(asked.all, "question")) },
    h.ul { class = "texts", items, asked.n > #items and h.li { ("and %d more"):format(asked.n - #items) } })
end

-- ---- the mails ---------------------------------------------------------------------------------------

local columns <const> = { { "sent", "sent" }, { "skipped", "not needed" }, { "planned", "to come" },
  { "held", "held" }, { "retrying", "tried again" }, { "unsure", "unsure" }, { "bounced", "came back" },
  { "refused", "refused" }, { "stuck", "stopped" } }

-- Only the columns in which there is anything.
local function mail_table(mails)
  local shown, names, rows = {}, { "Mail", "to" }, {}
  for _, column in ipairs(columns) do
    if mails.total[column[1]] > 0 or column[1] == "sent" then
      shown[#shown + 1], names[#names + 1] = column[1], column[2]
    end
  end
  local function row_of(name, whom, one, class)
    local row = { name, whom, class = class }
    for _, kind in ipairs(shown) do row[#row + 1] = number(one[kind]) end
    return row
  end
  for i, one in ipairs(mails.rules) do rows[i] = row_of(one.name, one.whom, one) end
  rows[#rows + 1] = row_of("All", "", mails.total, "sum")
  return table_of("What became of each mail", names, rows, { [2] = true })
end

local function sentences(title, explain, list)
  if #list == 0 then return nil end
  local items = {}
  for i, one in ipairs(list) do
    items[i] = h.li { h.strong { one.name }, one.label and { " to ", one.label } or { ", ", tostring(one.n) },
      ": ", one.text }
  end
  return section(title, explain and h.p { class = "quiet", explain }, h.ul { items })
end

local function mail_sections(data)
  local mails = data.mails
  if #mails.rules == 0 then return nil end
  return section("Mails", mail_table(mails)),
    sentences("What went wrong", nil, mails.wrong)
      or section("What went wrong", h.p { class = "quiet", "Nothing: every mail that was to leave left." }),
    sentences("What was not sent, and why", "Decided when each mail was due.", mails.skipped)
end

-- ---- the whole ---------------------------------------------------------------------------------------

-- report_view.node(data) -> node: the sections, without what stands around a page
function report_view.node(data)
  return h.list { headline(data), figures(data), funnel(data), disagreements(data), stay(data), groups(data),
    { series(data) }, aims(data), other_shifts(data), surveys(data), interests(data), open_questions(data),
    in_place(data), { mail_sections(data) } }
end

local style = "" -- read where files may be read

-- report_view.register(): once, by the word `event`
function report_view.register()
  style = usher.shipped "pages/report.css"
  usher.http.static("/static/report.css", { type = "text/css; charset=utf-8", data = style })
end

-- report_view.file(data) -> HTML. The style stands in it.
function report_view.file(data)
  return "<!doctype html>\n" .. h.render(h.html { lang = "en",
    h.head {
      h.meta { charset = "utf-8" },
      h.meta { http_equiv = "Content-Security-Policy", content = POLICY },
      h.meta { name = "viewport", content = "width=device-width, initial-scale=1" },
      h.title { "Report: ", data.title },
      h.tag("style", { h.raw(style) }),
    },
    h.body { class = "report", h.main { report_view.node(data) },
      h.footer { h.p { "As of ", data.made, ". Clock times are those of the place that is named." } } },
  }) .. "\n"
end

return report_view
