-- SPDX-License-Identifier: MIT
-- The report: what it counts, what it says of mails, what it keeps to itself, and that whatever somebody
-- wrote stays text in it.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local script = [[
event "test" { title = "Digital <Basics> & more", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "a@b.example", organisers = { "doim", "apcict" },
  where = zoom { link = "https://zoom.example/j/1" } }
people {
  { key = "doim", name = "DoIM", mail = "doim@b.example" },
  { key = "apcict", name = "APCICT", mail = "apcict@b.example", zone = "Asia/Seoul" },
}
guests {
  { key = "g1", name = "Karma", mail = "g1@b.example", group = "Teachers" },
  { key = "g2", name = "Pema", mail = "g2@b.example", group = "Teachers" },
  { key = "g3", name = "Dechen", mail = "g3@b.example", group = "Offices" },
  { key = "g4", name = "Sonam", mail = "g4@b.example", group = "Offices" },
}
objectives { "Know it" }
question_box {}
mail "invitation" { to = invited, at = "10 days before, 09:00", subject = "Come", text = "Come" }
survey "feedback" { to = invited, anonymous = true, ask = { objectives, text "Why?" } }
interest "trainings" { to = invited, choose = { "Basics", "Law" }, quiet = true }
]]

local function loaded()
  local world = stub.load(script)
  world.now = at "2021-03-15 09:00"
  return world
end

local function answered(world, key, answer)
  world.usher.book("answers"):set(key, { answer = answer, at = 1 })
end

local function came(world, key)
  world.now = at "2021-02-25 14:05"
  require("usher.attendance").joined(key, "page")
  world.now = at "2021-03-15 09:00"
end

local function row(name, n, more)
  local one = { name = name, n = n, state = "done", result = { sent = true }, is_unsure = 0, mail = 1,
    step_state = "done", updated_at = 1 }
  for field, value in pairs(more or {}) do one[field] = value end
  return one
end

local function collect(seen)
  seen = seen or {}
  return require("usher.report_data").collect { fates = seen.fates or {}, reports = seen.reports or {} }
end

local function guests_table()
  local tables = require "usher.report_tables"
  return tables.csv(tables.one(collect(), "guests"))
end

local function html(seen) return require("usher.report_view").file(collect(seen)) end

-- ---- what it counts ----------------------------------------------------------------------------------

function tests.it_says_what_when_where_and_for_whom()
  local world = loaded()
  local page = html()
  expect.contains(page, "<h1>Digital &lt;Basics&gt; &amp; more</h1>")
  expect.contains(page, "Thu 25 Feb 2021, 14:00-16:30 Thimphu (UTC+6)")
  expect.contains(page, "17:00-19:30 Seoul (UTC+9)")
  expect.contains(page, "Online, on Zoom")
  expect.contains(page, "DoIM and APCICT")
  expect.lacks(page, "zoom.example")
  expect.lacks(page, "still to come")
  world.now = at "2021-02-20 09:00"
  expect.contains(html(), "still to come")
end

function tests.guests_are_counted_from_the_invitation_to_the_room()
  local world = loaded()
  answered(world, "g1", "yes")
  answered(world, "g2", "yes")
  answered(world, "g3", "no")
  came(world, "g1")
  local data = collect()
  expect.equal(data.people.all, 4)
  expect.equal(data.people.yes, 2)
  expect.equal(data.people.no, 1)
  expect.equal(data.people.none, 1)
  expect.equal(data.people.present, 1)
  expect.equal(data.groups[1].name .. data.groups[1].present, "Teachers1")
  local page = html()
  expect.contains(page, "<span>Answered</span> <strong>3 of 4</strong>")
  expect.contains(page, "<span>Came</span> <strong>1 of 4</strong>")
end

function tests.who_came_in_whose_place_is_named()
  local world = loaded()
  world.usher.book("roster"):set("g1", { name = "Tashi", generation = 1,
    stands_in_for = { name = "Karma", salutation = "Dasho" } })
  came(world, "g1")
  local data = collect()
  expect.equal(data.deputies.n, 1)
  expect.equal(data.deputies.list[1].whose, "Dasho Karma")
  expect.contains(html(), "<strong>Tashi</strong> for Dasho Karma, came")
end

-- ---- mails -------------------------------------------------------------------------------------------

function tests.what_became_of_mails_is_counted_by_rule()
  loaded()
  local mails = collect { fates = { row("invitation", 3),
    row("invitation", 1, { result = { skipped = "answered no" } }),
    row("log-in link", 7), row("old-rule", 2), row("not a mail", 2, { mail = 0 }) } }.mails
  expect.equal(#mails.rules, 2)
  expect.equal(mails.rules[1].name .. mails.rules[1].sent .. mails.rules[1].skipped, "invitation31")
  expect.equal(mails.rules[2].name .. mails.rules[2].whom, "old-rulewhom it concerned")
  expect.equal(mails.total.sent, 5)
  expect.equal(mails.skipped[1].text, "answered no")
  expect.equal(#mails.wrong, 0)
end

function tests.what_came_back_has_not_arrived()
  loaded()
  local report = { name = "invitation", flow_key = "g1", label = "Karma",
    value = { fate = "hard", diagnostic = "550 no such user" } }
  local delayed = { name = "invitation", flow_key = "g2", value = { fate = "delayed" } }
  local mails = collect { fates = { row("invitation", 4) }, reports = { report, report, delayed } }.mails
  expect.equal(mails.rules[1].sent, 3)
  expect.equal(mails.rules[1].bounced, 1)
  expect.contains(mails.wrong[1].text, "550 no such user")
  expect.equal(mails.wrong[1].label, "Karma")
end

function tests.what_went_wrong_is_said_once_for_all_to_whom_it_happened()
  loaded()
  local unsure = { state = "waiting", is_unsure = 1, result = false, label = "Karma" }
  local refused = { result = { skipped = "550 unknown" }, step_state = "failed", label = "Pema" }
  local page = html { fates = { row("invitation", 1, unsure), row("invitation", 2, refused) } }
  expect.contains(page, "<strong>invitation</strong> to Karma: unsure")
  expect.contains(page, "<strong>invitation</strong>, 2: not delivered: 550 unknown")
end

function tests.when_all_left_it_says_so()
  loaded()
  expect.contains(html { fates = { row("invitation", 4) } }, "Nothing: every mail that was to leave left.")
end

-- ---- the mail -------------------------------------------------------------------------------------------

local function reports(more)
  local world = stub.load(script .. "report { " .. more .. " }\n")
  world.run(at "2021-02-25 17:00")
  local list = {}
  for _, one in ipairs(world.usher.mails) do
    if one.flow == "report" then list[#list + 1] = one end
  end
  return list, world
end

function tests.each_organiser_gets_it_by_their_own_clock()
  local list = reports 'at = "5 working days after, 09:00"'
  expect.equal(#list, 2)
  expect.equal(stub.time.format(list[1].at, "Asia/Thimphu", "%d %b %H:%M"), "04 Mar 06:00")
  expect.equal(list[1].key, "apcict")
  expect.equal(stub.time.format(list[2].at, "Asia/Thimphu", "%d %b %H:%M"), "04 Mar 09:00")
  expect.contains(list[2].text, "- 4 invited: 0 said yes, 0 said no, 4 did not answer")
  expect.contains(list[2].text, "/e/test/report")
end

function tests.what_is_attached_is_named_and_made_later()
  local list, world = reports 'tables = "csv"'
  local first = list[1].attach[1]
  expect.equal(first.name .. " " .. first.call, "test-report.html report-file")
  expect.equal(first.data, nil)
  expect.equal(list[1].attach[2].name, "test-guests.csv")
  expect.equal(#list[1].attach, 1 + #require("usher.report_tables").names())
  local seen = { fates = {}, reports = {} }
  local file = world.usher.handlers["report-file"]
  expect.contains(file({ as = "html", seen = seen }).data, "<!doctype html>")
  expect.contains(file({ as = "csv", of = "guests", seen = seen }).data, "g1,,Karma")
  expect.equal(file({ as = "csv", of = "nothing", seen = seen }).none, true)
end

function tests.the_report_of_a_mail_names_no_guest()
  local world = loaded()
  world.usher.book("roster"):set("g1", { name = "Tashi", generation = 1, stands_in_for = { name = "Karma" } })
  local seen = { fates = { row("invitation", 1, { state = "waiting", is_unsure = 1, label = "Pema" }) },
    reports = {} }
  local page = world.usher.handlers["report-file"]({ as = "html", seen = seen }).data
  expect.contains(page, "1 guest is represented by somebody else.")
  expect.contains(page, "<strong>invitation</strong>, 1: unsure")
  for _, name in ipairs { "Tashi", "Karma", "Pema" } do expect.lacks(page, name) end
end

function tests.a_guest_gets_no_report()
  expect.refused(script .. "report { to = coming }", nil, "Karma is a guest", "to = organisers")
end

function tests.a_second_report_has_a_name()
  expect.refused(script .. "report { }\nreport { }", nil, "there is a rule of this name already")
  stub.load(script .. 'report { }\nreport "interim" { at = "1 day before, 09:00" }')
  expect.equal(require("usher.facts").rule_named.interim.at, "1 day before, 09:00")
end

-- ---- what it keeps to itself -------------------------------------------------------------------------

function tests.of_few_anonymous_answers_nothing_is_told()
  loaded()
  local s = require("usher.facts").survey_named.feedback
  for i = 1, 4 do
    require("usher.survey_answers").put(s, { key = "g" .. i },
      { ["objective 1"] = "5", ["Why?"] = "Because " .. i })
  end
  local page = html()
  expect.contains(page, "fewer than 5 have answered: nothing of it is shown")
  expect.lacks(page, "Because")
end

local function with_interest(world)
  world.usher.book("interest-trainings"):set("g1", { at = 1, consent = "for it",
    answers = { [require("usher.facts").interests[1].wishes.key] = { "Basics", "Law" } } })
  world.usher.book("questions"):set("q1",
    { text = "When is the next?", at = 1, state = "open", person = "g2" })
  world.usher.book("questions"):set("q2", { text = "Done", at = 1, state = "answered", person = "g2" })
end

function tests.names_of_the_interested_and_of_who_asked_are_in_the_tables_only()
  local world = loaded()
  with_interest(world)
  local page = html()
  expect.contains(page, "<span>Basics</span> <strong>1</strong>")
  expect.contains(page, "When is the next?")
  expect.contains(page, "1 of 2 questions wait for an answer.")
  expect.lacks(page, "Karma")
  expect.lacks(page, "Pema")
  local texts = {}
  for i, t in ipairs(require("usher.report_tables").all(collect())) do
    texts[i] = t.file .. "\n" .. require("usher.report_tables").csv(t)
  end
  local all = table.concat(texts, "\n")
  expect.contains(all, "test-interest-trainings")
  expect.contains(all, "g1,Karma,,Teachers,g1@b.example")
  expect.contains(all, "When is the next?,Pema,Teachers,open")
end

function tests.a_table_of_guests_says_what_each_said_and_whether_they_came()
  local world = loaded()
  answered(world, "g1", "yes")
  came(world, "g1")
  local text = guests_table()
  expect.contains(text, "key,salutation,name,stands_in_for,group,mail,answer,answered_at,note,came,minutes")
  expect.contains(text, "g1,,Karma,,Teachers,g1@b.example,yes,")
  expect.contains(text, "g2,,Pema,,Teachers,g2@b.example,none,,,no,")
end

-- ---- hostile names -----------------------------------------------------------------------------------

local nasty <const> = "</style></title><script>alert(1)</script><img src=x onerror=alert(2)>\"' & =1+1"

function tests.whatever_somebody_wrote_stays_text()
  local world = stub.load((script:gsub('"Karma"', function() return ("%q"):format(nasty) end)
    :gsub('"Teachers"', function() return ("%q"):format("=<b>" .. nasty) end)
    :gsub('"Know it"', function() return ("%q"):format(nasty) end)
    :gsub('"Basics"', function() return ("%q"):format(nasty) end)
    :gsub('"DoIM"', function() return ("%q"):format(nasty) end)))
  world.now = at "2021-03-15 09:00"
  world.usher.book("roster"):set("g2", { name = nasty, stands_in_for = { name = nasty }, generation = 1 })
  world.usher.book("questions"):set("q1", { text = nasty, at = 1, state = "open" })
  for i = 1, 6 do
    require("usher.survey_answers").put(require("usher.facts").survey_named.feedback, { key = "g" .. i },
      { ["Why?"] = nasty })
  end
  local page = html { fates = { row("invitation", 1, { result = { skipped = nasty }, label = nasty }) },
    reports = { { name = "invitation", flow_key = "g1", label = nasty,
      value = { fate = "hard", why = nasty } } } }
  expect.lacks(page, "<script")
  expect.lacks(page, "<img")
  expect.lacks(page, "<b>")
  local _, styles = page:gsub("</style>", "")
  expect.equal(styles, 1)
  expect.contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;")
end

function tests.no_cell_of_a_table_is_a_formula()
  local world = stub.load((script:gsub('"Karma"', '"=HYPERLINK(1)"')))
  world.now = at "2021-03-15 09:00"
  expect.contains(guests_table(), ",'=HYPERLINK(1),")
end

function tests.the_file_needs_nothing_else()
  loaded()
  local page = html()
  for _, fetches in ipairs { "<link", "<script", "url(", "@import", "src=", "http" } do
    local rest = page:gsub('http%-equiv="Content%-Security%-Policy"', "")
    expect.lacks(rest, fetches)
  end
  expect.contains(page, "default-src &#39;none&#39;")
end

return tests
