-- SPDX-License-Identifier: MIT
-- fates: what became of a mail for a person, in plain words. A row of the list "fates" (a flow, with its
-- newest step) becomes { kind, text, flag }:
--   planned   waits for its moment             sent      it left, and the server took it
--   skipped   decided against, with why        retrying  the server did not take it yet
--   unsure    perhaps it arrived: decide       refused   the server will not take it
--   bounced   it came back later               stuck     the script failed, or somebody must say a word
--   under way its moment has come, or its script works on it now
-- Words that hear of mails that came back say so with fates.bounced_by.
local fates = {}

-- fn(key) -> text | nil: why mails to this person come back
local bounced

-- fates.bounced_by(fn): who knows which addresses do not work. Once, at the top level.
function fates.bounced_by(fn) bounced = fn end

local function skipped(why)
  return { kind = "skipped", text = "skipped: " .. why }
end

local function ended(row)
  local result = row.result or {}
  if type(result) ~= "table" then return { kind = "done", text = "done" } end
  if result.sent then return { kind = "sent", text = "sent", at = row.updated_at } end
  local why = result.skipped
  if not why then return { kind = "done", text = "done" } end
  if row.step_state == "failed" then
    return { kind = "refused", text = "not delivered: " .. why, flag = true, at = row.updated_at }
  end
  return skipped(why:gsub("^skipped: ", ""))
end

local stuck <const> = { failed = true, held = true, diverged = true, ["over-budget"] = true }

-- fates.of(row, person) -> fate
function fates.of(row, person)
  if row.unsure then
    return { kind = "unsure", text = "unsure: perhaps it arrived, perhaps not", flag = true, at = row.unsure }
  end
  if row.state == "done" then
    local fate = ended(row)
    local why = fate.kind == "sent" and person and bounced and bounced(person.key)
    if why then return { kind = "bounced", text = "came back: " .. why, flag = true, at = fate.at } end
    return fate
  end
  if stuck[row.state] then
    return { kind = "stuck", flag = true,
      text = ("%s: %s"):format(row.state, row.why or "a person must look") }
  end
  if row.state == "cancelled" then return skipped("taken out of the script") end
  if row.step_state == "open" and row.attempt then
    return { kind = "retrying", flag = true, at = row.next_due,
      text = ("tried %d times, tried again: %s"):format(row.attempt, row.note or "no answer") }
  end
  if row.next_due then return { kind = "planned", text = "planned", at = row.next_due } end
  return { kind = "under way", text = row.state == "ready" and "on its way" or "waits" }
end

return fates
