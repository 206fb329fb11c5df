-- SPDX-License-Identifier: MIT
-- survey: what the surveys say, and who would like to hear of what comes next. Of an anonymous survey the
-- page shows as much as survey_results lets go; the interest form is with names, and kept apart.
local before_after = require "usher.before_after"
local facts = require "usher.facts"
local h = require "usher.html"
local interest = require "usher.interest"
local office = require "usher.office"
local parts = require "usher.office.parts"
local results = require "usher.survey_results"
local table_out = require "usher.table_out"

local survey = {}

local states <const> = { early = "opens", open = "open until", closed = "closed since" }

local function when_text(r, visitor)
  local at = r.state == "early" and r.opens or r.closes
  return { states[r.state], " ", parts.time(visitor, at) }
end

local function shifts(name)
  local nodes = {}
  for i, data in ipairs(before_after.after(name)) do nodes[i] = before_after.node(data) end
  return nodes
end

local function survey_page(_, visitor)
  local list = {}
  for i, s in ipairs(facts.surveys) do
    local r = results.of(s)
    list[i] = h.section { h.h2 { r.title or r.name },
      h.p { class = "quiet", r.anonymous and "anonymous, " or "with names, ", when_text(r, visitor) },
      results.node(r), shifts(s.name), r.n_shown > 0
        and table_out.links("survey", { name = s.name }) }
  end
  return { title = "Survey", body = list }
end

local function named(list, request)
  for _, one in ipairs(list) do
    if one.name == (request.query or {}).name then return one end
  end
end

local function survey_file(request)
  local s = named(facts.surveys, request)
  return s and results.file(s)
end

-- -- who is interested

local function interest_table(list, visitor)
  local body = {}
  for i, entry in ipairs(list) do
    body[i] = { parts.person_link(entry.key, facts.full_name(entry)), entry.group or "",
      table.concat(entry.chosen, ", "), parts.time(visitor, entry.at) }
  end
  return #body > 0 and parts.table("Who is interested", { "Who", "Group", "In what", "When" }, body, "small")
    or h.p { class = "quiet", "Nobody has said so yet." }
end

local function interest_page(_, visitor)
  local sections = {}
  for i, name in ipairs(interest.names()) do
    local list = interest.list(name)
    sections[i] = h.section { h.h2 { name }, h.p { #list == 1 and "1 person" or #list .. " people" },
      interest_table(list, visitor), #list > 0 and table_out.links("interest", { name = name }) }
  end
  return { title = "Interest", body = {
    h.p { "Whoever sent this form would like to hear of what comes next. The table is the guest list of "
      .. "that." },
    sections,
  } }
end

local function interest_file(request)
  local form = named(facts.interests, request)
  return form and interest.table(form.name)
end

function survey.register()
  office.page("survey", { text = "Survey", when = function() return #facts.surveys > 0 end }, survey_page)
  table_out.serve("survey", "see", survey_file)
  office.page("interest", { text = "Interest", when = function() return #facts.interests > 0 end },
    interest_page)
  table_out.serve("interest", "see", interest_file)
end

return survey
