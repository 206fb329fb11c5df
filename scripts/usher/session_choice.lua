-- SPDX-License-Identifier: MIT
-- session_choice: the part of a form on which people say to which sessions of a series they come, where
-- they may choose (choice = "some"). On the answer page, the public sign-up and the page behind it, so a
-- session is swapped for another by sending the form once more.
local dates = require "usher.dates"
local facts = require "usher.facts"
local fields = require "usher.fields"
local lang = require "usher.lang"
local sessions = require "usher.sessions"

local session_choice = {}

local FIELD <const> = "sessions"

-- session_choice.is_open() -> yes or no
function session_choice.is_open() return sessions.is_series() and facts.series.choice == "some" end

local function all_ids()
  local ids = {}
  for i, session in ipairs(sessions.regular()) do ids[i] = session.id end
  return ids
end

-- session_choice.field(chosen, zone, code, problem) -> node, or false: nothing is to be chosen. chosen: ids,
-- nil: all. problem: a sentence.
function session_choice.field(chosen, zone, code, problem)
  if not session_choice.is_open() then return false end
  local options = {}
  for i, session in ipairs(sessions.regular()) do -- who missed one is asked to the others
    options[i] = { value = session.id,
      text = ("%s, %s"):format(sessions.name(session, code), dates.span(session, zone, code)) }
  end
  return fields.some_of { id = FIELD, name = FIELD, label = lang.text(code, "series.choose"),
    options = options, value = chosen or all_ids(), problem = problem, required = true }
end

-- session_choice.read(request, code, problems) -> ids in the series' order, or nil: nothing is to be chosen.
-- What is no session's id is passed over; nothing left is a problem.
function session_choice.read(request, code, problems)
  if not session_choice.is_open() then return nil end
  local wanted, list = {}, {}
  for _, id in ipairs((request.form_all or {})[FIELD] or {}) do wanted[id] = true end
  for _, id in ipairs(all_ids()) do
    if wanted[id] then list[#list + 1] = id end
  end
  if #list == 0 then problems[FIELD] = lang.text(code, "series.choose_one") end
  return list
end

-- session_choice.pretended() -> what a form of a rehearsal says besides, as form_all, or nil: all of them
function session_choice.pretended()
  return session_choice.is_open() and { [FIELD] = all_ids() } or nil
end

return session_choice
