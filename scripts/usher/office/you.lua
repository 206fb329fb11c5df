-- SPDX-License-Identifier: MIT
-- you: the page of whoever is logged in: what their roles may do here, and the way out, on this device or
-- on all.
local h = require "usher.html"
local office = require "usher.office"
local parts = require "usher.office.parts"
local roles = require "usher.office.roles"
local session = require "usher.office.session"

local you = {}

-- What the acts of office/roles.lua are, in words and in the order of their weight.
local acts <const> = {
  { "see", "see people, answers, mails and what is planned" },
  { "answer", "write down answers and who is present, and correct addresses" },
  { "decide", "say what became of mails whose fate is not known" },
  { "hold", "stop every mail of the event at once, and release them" },
  { "approve", "approve mails before the first of a rule leaves" },
  { "try", "have a mail sent to yourself to see it" },
  { "change", "let a changed script take its place" },
  { "trail", "read the log of who did what" },
  { "show", "look at the run of show and at guests' questions" },
  { "steer", "move its clock: later, earlier, next; mark questions as answered" },
}

local function page(_, visitor)
  local may, may_not = {}, {}
  for _, act in ipairs(acts) do
    local list = roles.may(visitor.has, act[1]) and may or may_not
    list[#list + 1] = h.li { act[2] }
  end
  return { title = visitor.name, live = false, body = {
    h.p { class = "lead", roles.text(visitor.has) },
    h.h2 { "You may" }, h.ul { may },
    #may_not > 0 and { h.h2 { "Others may" }, h.ul { may_not } },
    h.section { h.h2 { "Log out" },
      parts.form(visitor, "logout", { h.p { h.button { "Log out on this device" } } }),
      parts.form(visitor, "logout-everywhere", {
        h.p { "Did you leave a computer without logging out? This ends your log-ins on all devices." },
        h.p { h.button { "Log out everywhere" } } }) },
  } }
end

local function log_out(request)
  return { redirect = "/login", cookies = { session.leave(request) } }
end

local function log_out_everywhere(request, visitor)
  session.leave_everywhere(visitor.key)
  usher.audit("logged out everywhere", nil, visitor.name)
  return log_out(request)
end

function you.register()
  office.page("you", { act = "show" }, page)
  office.act("logout", { act = "show" }, log_out)
  office.act("logout-everywhere", { act = "show" }, log_out_everywhere)
end

return you
