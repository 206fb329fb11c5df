-- SPDX-License-Identifier: MIT
-- fates: what became of a mail for a person, in plain words. A row of the list "fates" (a flow, with its
-- newest step) becomes { kind, text, flag }:
--   planned   waits for its moment             sent      it left, and the server took it
--   skipped   decided against, with why        retrying  the server did not take it yet
--   held      waits for a person's word: why, and what to do
--   unsure    perhaps it arrived: decide       refused   the server will not take it
--   bounced   it came back later               stuck     the script failed, or somebody must say a word
--   under way its moment has come, or its script works on it now
-- And what came in about it: a bounce, an automatic reply, an answer (a row of the list "arrivals").
local fates = {}

local WHY_MAX <const> = 200

local function why_of(report)
  local why = report.diagnostic or report.status or report.why or "no reason given"
  local cut = utf8.offset(why, WHY_MAX + 1)
  return cut and why:sub(1, cut - 1) .. "\u{2026}" or why
end

local function is_back(report) return report.fate == "hard" or report.fate == "soft" end

local function is_copy(report) return (report.step or ""):find("^mail:copy") ~= nil end

local reported <const> = { hard = "came back, the address takes no mail: ", soft = "came back: ",
  delayed = "still on its way: ", delivered = "handed on: " }
local arrived <const> = { ["mail:automatic"] = "an automatic reply came", ["mail:reply"] = "a reply came",
  ["mail:calendar"] = "a calendar answered", ["mail:unsubscribe"] = "wants no more of this" }

-- fates.arrival(row) -> sentence, whether somebody must look. row: of the list "arrivals".
function fates.arrival(row)
  local value = row.value or {}
  if row.what ~= "mail:report" then
    local subject = value.subject and value.subject ~= "" and ": " .. value.subject or ""
    return (arrived[row.what] or row.what) .. subject, false
  end
  local text = (reported[value.fate] or "a server says: ") .. why_of(value)
  return (is_copy(value) and "the assistant's copy " or "") .. text, is_back(value)
end

-- fates.join(rows of the list "fates", rows of the list "arrivals"): each fate knows what came back for it.
function fates.join(rows, arrivals)
  local of = {}
  for _, row in ipairs(arrivals) do
    local value = row.value or {}
    if row.what == "mail:report" and is_back(value) and not is_copy(value) then
      of[row.name .. "\n" .. row.key] = row
    end
  end
  for _, row in ipairs(rows) do row.back = of[row.name .. "\n" .. row.key] end
  return rows
end

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

-- fates.of(row) -> fate
function fates.of(row)
  if row.unsure then
    return { kind = "unsure", text = "unsure: perhaps it arrived, perhaps not", flag = true, at = row.unsure }
  end
  if row.state == "done" then
    local fate = ended(row)
    if fate.kind == "sent" and row.back then
      return { kind = "bounced", text = fates.arrival(row.back), flag = true, at = row.back.at }
    end
    return fate
  end
  if stuck[row.state] then
    return { kind = "stuck", flag = true,
      text = ("%s: %s"):format(row.state == "held" and "held" or "stopped", row.why or "a person must look") }
  end
  if row.state == "cancelled" then return skipped(row.why or "taken out of the script") end
  if row.step_state == "held" then
    return { kind = "held", text = "held: " .. (row.note or "a person must look"), flag = true,
      at = row.updated_at }
  end
  if row.step_state == "open" and row.attempt then
    return { kind = "retrying", flag = true, at = row.next_due,
      text = ("tried %d times, tried again: %s"):format(row.attempt, row.note or "no answer") }
  end
  if row.next_due then return { kind = "planned", text = "planned", at = row.next_due } end
  return { kind = "under way", text = row.state == "ready" and "on its way" or "waits" }
end

return fates
