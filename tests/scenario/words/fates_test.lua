-- SPDX-License-Identifier: MIT
-- What became of a mail, in plain words, for every way in which it can end.
local expect = require "expect"

package.loaded["usher.office.fates"] = nil
local fates = require "usher.office.fates"

local tests = {}

local function told(row, person)
  local fate = fates.of(row, person)
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
    ["unsure: unsure: perhaps it arrived, perhaps not !"] = { state = "waiting", unsure = 7 },
    ["stuck: failed: line 3 !"] = { state = "failed", why = "line 3" },
    ["stuck: held: a person must look !"] = { state = "held" },
    ["under way: on its way"] = { state = "ready" },
    ["under way: waits"] = { state = "waiting" },
    ["done: done"] = { state = "done", result = "whatever the script said" },
  } do expect.equal(told(row), sentence) end
end

function tests.what_came_back_is_told_although_it_was_sent()
  fates.bounced_by(function(key) return key == "S1" and "the mailbox is full" end)
  local row = { state = "done", result = { sent = true }, updated_at = 1 }
  expect.equal(told(row, { key = "S1" }), "bounced: came back: the mailbox is full !")
  expect.equal(told(row, { key = "S2" }), "sent: sent")
  fates.bounced_by(nil)
end

return tests
