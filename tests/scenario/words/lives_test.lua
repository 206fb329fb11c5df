-- SPDX-License-Identifier: MIT
-- One person's mails from first to last, and what they do between.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function report(effects, deeds, wanted)
  _G.usher = stub.new().usher
  local request = { effects = effects, deeds = deeds, about = { zone = "Asia/Thimphu" }, people = true }
  request.person = wanted
  return require("usher.timeline").report(request)
end

local function mail(wall, key, rule, more)
  local effect = { at = at(wall), kind = "mail", flow = rule, key = key, label = key:upper(),
    args = { about = { rule = rule, person = key } } }
  for name, value in pairs(more or {}) do effect[name] = value end
  return effect
end

local function lines(life)
  local list = {}
  for i, entry in ipairs(life.entries) do list[i] = entry.when .. " " .. entry.what end
  return table.concat(list, "\n")
end

function tests.what_somebody_does_stands_between_their_mails_and_before_the_answer_to_it()
  local life = report({ mail("2021-02-08 09:00", "karma", "invitation"),
    mail("2021-02-09 09:00", "karma", "confirmation"), mail("2021-02-08 09:00", "pema", "invitation") },
    { { at = at "2021-02-09 09:00", about = { person = "karma", did = "answered yes" } } }, "karma").person
  expect.equal(lines(life), "Mon 08 Feb 2021 09:00 invitation\nTue 09 Feb 2021 09:00 answered yes\n"
    .. "Tue 09 Feb 2021 09:00 confirmation")
  expect.equal(life.mails, 2)
  expect.equal(life.entries[1].mail, 1)
  expect.equal(life.entries[3].mail, 2)
end

function tests.what_was_not_sent_says_why()
  local skipped = { at = at "2021-02-09 09:00", kind = "done", flow = "nudge", key = "karma", label = "KARMA",
    why = "answered yes" }
  local life = report({ mail("2021-02-08 09:00", "karma", "invitation"), skipped }, {}, "karma").person
  expect.contains(lines(life), "Tue 09 Feb 2021 09:00 nudge is not sent: answered yes")
  expect.equal(life.mails, 1)
end

function tests.what_two_mails_made_them_do_is_done_once_and_refusals_say_so()
  local deed = { at = at "2021-02-09 09:00", about = { person = "karma", did = "joined" }, refused = 409 }
  local life = report({ mail("2021-02-08 09:00", "karma", "a") }, { deed, deed }, "karma").person
  expect.equal(lines(life), "Mon 08 Feb 2021 09:00 a\n"
    .. "Tue 09 Feb 2021 09:00 joined: refused by the page (409)")
end

function tests.a_deputys_mails_are_found_by_the_guests_key_or_by_name()
  local effects = { mail("2021-02-08 09:00", "karma", "a") }
  expect.equal(report(effects, {}, "KARMA").person.key, "karma")
  local fine, problem = pcall(report, effects, {}, "karna")
  expect.equal(fine, false)
  expect.contains(problem, "nobody who gets a mail in this rehearsal has the key 'karna' "
    .. "(did you mean 'karma'?)")
end

function tests.keys_make_safe_names_of_files_that_differ()
  local mails, files = {}, {}
  for i, key in ipairs { "../a b", "S01", "s01", ".hidden" } do
    mails[i] = mail("2021-02-08 09:00", key, "x")
  end
  for i, life in ipairs(report(mails, {}).people) do files[i] = life.file end
  expect.equal(table.concat(files, " "),
    "people/__a_b.html people/S01.html people/s01-2.html people/_hidden.html")
end

function tests.the_page_of_all_mails_leads_to_each_person()
  local page = report({ mail("2021-02-08 09:00", "karma", "a", { label = "<Karma>" }) }, {}).html
  expect.contains(page, '<li><a href="people/karma.html">&lt;Karma&gt;</a> (1)</li>')
end

return tests
