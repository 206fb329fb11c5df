-- SPDX-License-Identifier: MIT
-- What became of a mail, in plain words, for every way in which it can end.
local expect = require "expect"

package.loaded["usher.office.fates"] = nil
local fates = require "usher.office.fates"

local tests = {}

local function told(row)
  local fate = fates.of(row)
  return ("%s: %s%s"):format(fate.kind, fate.text, fate.flag and " !" or "")
end

function tests.each_fate_has_its_sentence()
  for sentence, row in pairs {
    ["planned: planned"] = { state = "waiting", next_due = 5, step_state = "open" },
    ["sent: sent"] = { state = "done", result = { sent = true }, updated_at = 1 },
    ["skipped: skipped: answered yes"] = { state = "done", result = { skipped = "answered yes" } },
    ["skipped: skipped: 2 h late"] = { state = "done", result = { skipped = "skipped: 2 h late" } },
    ["skipped: skipped: taken out of the script"] = { state = "cancelled" },
    ["refused: not delivered: 550 nobody !"] = { state = "done", step_state = "failed",
      result = { skipped = "550 nobody" } },
    ["retrying: tried 2 times, tried again: 451 later !"] = { state = "waiting", step_state = "open",
      attempt = 2, note = "451 later", next_due = 9 },
    ["held: held: waits for the word of Karma !"] = { state = "waiting", step_state = "held",
      note = "waits for the word of Karma", updated_at = 8 },
    ["unsure: unsure: perhaps it arrived, perhaps not !"] = { state = "waiting", unsure = 7 },
    ["stuck: stopped: line 3 !"] = { state = "failed", why = "line 3" },
    ["stuck: held: a person must look !"] = { state = "held" },
    ["under way: on its way"] = { state = "ready" },
    ["under way: waits"] = { state = "waiting" },
    ["done: done"] = { state = "done", result = "whatever the script said" },
  } do expect.equal(told(row), sentence) end
end

local function report(rule, key, value)
  return { name = rule, key = key, what = "mail:report", at = 9, value = value }
end

function tests.what_came_back_is_told_although_it_was_sent()
  local rows = {}
  for i, key in ipairs { "S1", "S2", "S3", "S4" } do
    rows[i] = { name = "invitation", key = key, state = "done", result = { sent = true }, updated_at = 1 }
  end
  fates.join(rows, {
    report("invitation", "S1", { fate = "soft", status = "4.2.2", diagnostic = "the mailbox is full" }),
    report("invitation", "S2", { fate = "delayed", status = "4.4.1" }),
    report("joining", "S3", { fate = "hard", status = "5.1.1" }),
    report("invitation", "S4", { fate = "hard", status = "5.1.1", step = "mail:copy/S4" }),
  })
  expect.equal(told(rows[1]), "bounced: came back: the mailbox is full !")
  for i = 2, 4 do expect.equal(told(rows[i]), "sent: sent") end
end

function tests.what_comes_in_about_a_mail_has_its_sentence()
  local function said(what, value)
    local text, flag = fates.arrival { what = "mail:" .. what, value = value }
    return text .. (flag and " !" or "")
  end
  expect.equal(said("report", { fate = "hard", diagnostic = "550 no such user" }),
    "came back, the address takes no mail: 550 no such user !")
  expect.equal(said("report", { fate = "hard", status = "5.1.1", step = "mail:copy/S4" }),
    "the assistant's copy came back, the address takes no mail: 5.1.1 !")
  expect.equal(said("report", { fate = "delayed", status = "4.4.1" }), "still on its way: 4.4.1")
  expect.equal(said("report", { fate = "delivered", why = "a delivery report" }),
    "handed on: a delivery report")
  expect.equal(said("automatic", { subject = "Out of office" }), "an automatic reply came: Out of office")
  expect.equal(said("reply", {}), "a reply came")
  expect.equal(said("calendar", { subject = "" }), "a calendar answered")
  expect.equal(#said("report", { fate = "soft", diagnostic = ("\u{e9}"):rep(400) }),
    #"came back: " + 400 + #"\u{2026}" + #" !")
end

return tests
