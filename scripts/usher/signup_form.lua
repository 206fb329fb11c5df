-- SPDX-License-Identifier: MIT
-- signup_form: the public page: what the event is, the form, and what is said after it was sent. It says the
-- same thing to everybody who fills it in well, whether or not usher knows the address, so that nobody learns
-- from it who is invited or has signed up.
local acts = require "usher.signup_acts"
local aims = require "usher.aims"
local cancelled = require "usher.cancelled"
local dates = require "usher.dates"
local door = require "usher.door"
local facts = require "usher.facts"
local fields = require "usher.fields"
local frame = require "usher.frame"
local h = require "usher.html"
local lang = require "usher.lang"
local people = require "usher.people"
local programme = require "usher.programme"
local questions = require "usher.questions"
local seats = require "usher.seats"
local session_choice = require "usher.session_choice"
local sheet = require "usher.sheet"

local form = {}

local NAME_MAX <const> = 100
local NAME_BYTES_MAX <const> = 180 -- with an address behind it: a header of a mail takes 255
local MAIL_MAX <const> = 254

local function plan() return facts.signup end

local function text(code, key, values) return lang.text(code, "signup." .. key, values) end

-- ---- what the event is --------------------------------------------------------------------------------

-- Only what a stranger may know: a place is said, a meeting's link is not.
local function where_text(code)
  local where = facts.event.where
  if not where then return nil end
  return where.kind == "place" and where.text or text(code, "online")
end

-- form.when_lines(zones, code) -> nodes: the event by each of these clocks
function form.when_lines(zones, code)
  local lines, seen = {}, {}
  for _, zone in ipairs(zones) do
    if not seen[zone] then
      seen[zone], lines[#lines + 1] = true, #lines > 0 and h.br {} or nil
      lines[#lines + 1] = dates.span(facts.event, zone, code)
    end
  end
  return lines
end

local function about(code)
  local where = where_text(code)
  return h.dl { class = "facts", h.dt { text(code, "when") }, h.dd(form.when_lines(plan().zones, code)),
    where and h.list { h.dt { text(code, "where") }, h.dd { where } } }
end

local function programme_list(code)
  if #facts.items == 0 then return false end
  local items = {}
  for i, item in ipairs(facts.items) do
    local time = programme.time_text(item, facts.event.zone, code)
    local by = programme.given_by(item, code)
    items[i] = h.li { time and time .. " " or "", item.title, by and (" (%s)"):format(by) or "" }
  end
  return h.details { h.summary { text(code, "programme") }, h.ul(items) }
end

local function paragraphs(given, code)
  if not given then return false end
  if type(given) == "table" then given = given[code] or given[facts.event.language] or given.en end
  local nodes = {}
  for paragraph in (given .. "\n\n"):gmatch("(.-)\n%s*\n") do
    if paragraph:find("%S") then nodes[#nodes + 1] = h.p { paragraph } end
  end
  return nodes
end

local language_names <const> = { en = "English", dz = "རྫོང་ཁ" }

local function languages(code)
  if #plan().languages < 2 then return false end
  local links = {}
  for _, other in ipairs(plan().languages) do
    if other ~= code then
      links[#links + 1] = h.a { href = ("%s?lang=%s"):format(plan().path, other), hreflang = other,
        lang = other, language_names[other] or other }
    end
  end
  return h.p { class = "quiet", links }
end

-- ---- the fields ---------------------------------------------------------------------------------------

local function group_options(code)
  local options = {}
  for i, group in ipairs(plan().groups) do
    local full = seats.is_full(plan(), group)
    local note = full and text(code, plan().waitlist and "group_waits" or "group_full")
    options[i] = { value = group, text = note and ("%s (%s)"):format(group, note) or group }
  end
  return options
end

local function zone_options()
  local options = {}
  for i, zone in ipairs(plan().zones) do
    options[i] = { value = zone, text = usher.time.format(facts.event.starts, zone, "%P (%z)") }
  end
  return options
end

-- form.name_field(code, typed, problems) -> node. The personal page has the same.
function form.name_field(code, typed, problems)
  return fields.line { id = "name", name = "name", label = text(code, "name"), hint = text(code, "name_hint"),
    value = typed.name, problem = problems.name, most = NAME_MAX, autocomplete = "name", required = true,
    lang = code }
end

local function own_fields(code, typed, problems)
  return {
    form.name_field(code, typed, problems),
    fields.line { id = "mail", name = "mail", label = text(code, "mail"), hint = text(code, "mail_hint"),
      type = "email", value = typed.mail, problem = problems.mail, most = MAIL_MAX, autocomplete = "email",
      required = true, lang = code },
    plan().asks_group and fields.one_of { id = "group", name = "group", label = text(code, "group"),
      options = group_options(code), value = typed.group, problem = problems.group, required = true,
      lang = code },
    #plan().zones > 1 and fields.list { id = "zone", name = "zone", label = text(code, "zone"),
      options = zone_options(), value = typed.zone, required = true, lang = code },
    session_choice.field(typed.sessions, facts.event.zone, code, problems.sessions),
  }
end

-- Fields that only robots see, and the sealed note of when this page was made.
local function hidden_fields(code, note)
  return {
    h.div { class = "hp", aria_hidden = "true",
      h.label { for_ = door.TRAP, "Leave this empty" },
      h.input { id = door.TRAP, name = door.TRAP, type = "text", tabindex = "-1", autocomplete = "off" } },
    h.input { type = "hidden", name = "note", value = note },
    h.input { type = "hidden", name = "lang", value = code },
  }
end

local function form_node(code, typed, problems)
  return h.form { method = "post", action = plan().path,
    own_fields(code, typed, problems),
    aims.with_heading(questions.fields(plan().questions, code, typed.answers or {}, problems),
      plan().questions, code, true),
    hidden_fields(code, typed.note or door.note()),
    h.p { h.button { class = "main-button", type = "submit", text(code, "send") } },
  }
end

-- ---- what was typed -----------------------------------------------------------------------------------

local function is_one_of(list, value)
  for _, one in ipairs(list) do
    if one == value then return true end
  end
  return false
end

-- form.read_name(given, code, problems) -> text
function form.read_name(given, code, problems)
  local name = fields.one_line(given.name)
  local seen = name:gsub("\u{200C}", ""):gsub("\u{200D}", "")
  local fault = fields.fault(seen == "" and "" or name, NAME_MAX, true)
  if #name > NAME_BYTES_MAX then fault = "too_long" end
  if not fault and (name:find("://", 1, true) or name:lower():find("www.", 1, true)) then
    fault = "no_links" -- nobody is called that, and mails say the name
  end
  if fault then problems.name = lang.text(code, "fields." .. fault) end
  return name
end

local function read_mail(given, code, problems)
  local mail = fields.one_line(given.mail)
  local fault = fields.fault(mail, MAIL_MAX, true)
  -- Beyond a-z there are addresses, too, but few servers that take mail for them.
  if not fault and (not people.is_address(mail) or mail:find("[\x80-\xFF]")) then fault = "not_a_mail" end
  if fault then problems.mail = lang.text(code, "fields." .. fault) end
  return mail
end

-- form.read(request, code) -> typed, problems. typed = { name, mail, group, zone, language, sessions,
-- answers }.
function form.read(request, code)
  local given = request.form or {}
  local answers, problems = questions.read(plan().questions, given, code, request.form_all)
  local typed = { answers = answers, language = code, name = form.read_name(given, code, problems),
    mail = read_mail(given, code, problems), group = given.group, zone = given.zone }
  if not plan().asks_group then typed.group = plan().groups[1]
  elseif not is_one_of(plan().groups, typed.group) then
    typed.group, problems.group = nil, lang.text(code, "fields.choose")
  end
  if not is_one_of(plan().zones, typed.zone) then typed.zone = plan().zones[1] end
  typed.sessions = session_choice.read(request, code, problems)
  return typed, problems
end

-- ---- the pages ----------------------------------------------------------------------------------------

-- form.window_title(title) -> what the browser's window is called
function form.window_title(title) return ("%s \u{00B7} %s"):format(title, facts.event.title) end

local function page(code, title, body, status)
  return frame.guest { title = form.window_title(title), lang = code, status = status, body = h.list {
    h.h1 { title }, body } }
end

-- Why nobody can sign up just now, or nil.
local function closed_text(code)
  local now = usher.now()
  if plan().opens and now < plan().opens.utc then
    return text(code, "opens", { when = dates.long(plan().opens, facts.event.zone, code) })
  elseif now >= plan().closes.utc then
    return text(code, "closed")
  end
end

local function all_full()
  for _, group in ipairs(plan().groups) do
    if not seats.is_full(plan(), group) then return false end
  end
  return true
end

local function state_text(code)
  if not all_full() then return false end
  return h.p { class = "flag", text(code, plan().waitlist and "waits" or "full") }
end

local function closed_page(code, why, status)
  return page(code, text(code, "title"), { about(code), h.p { class = "lead", why } }, status)
end

local function form_page(code, typed, problems, status)
  local above = problems.form
  if not above and next(problems) then above = text(code, "look") end
  return page(code, text(code, "title"), {
    languages(code), paragraphs(plan().intro, code), about(code), programme_list(code),
    not session_choice.is_open() and sheet.sessions({ key = "", zone = plan().zones[1] }, code),
    state_text(code), above and h.p { class = "wrong", role = "alert", above },
    form_node(code, typed, problems),
    h.p { class = "quiet", text(code, "privacy") },
  }, status)
end

local function show(request)
  local code = lang.wanted(request, plan().languages)
  if cancelled.of() then return cancelled.page(code, "GET") end
  local why = closed_text(code)
  if why then return closed_page(code, why) end
  if all_full() and not plan().waitlist then return closed_page(code, text(code, "full")) end
  return form_page(code, {}, {})
end

local function thanks(code)
  return { redirect = ("%s/thanks?lang=%s"):format(plan().path, code) }
end

local function refuse(code, typed, problems, key, status, values)
  problems.form = text(code, key, values)
  return form_page(code, typed, problems, status)
end

-- One transaction. Everybody who gets through to the end is sent on to the same page.
local function submit(request)
  local given, code = request.form or {}, lang.wanted(request, plan().languages)
  if cancelled.of() then return cancelled.page(code, "POST") end
  local why = closed_text(code)
  if why then return closed_page(code, why, 409) end
  if door.is_robot(given) then return thanks(code) end
  local typed, problems = form.read(request, code)
  local fault = door.note_fault(given.note)
  typed.note = fault ~= "old" and given.note or nil
  if next(problems) then return form_page(code, typed, problems, 422) end
  if fault then return refuse(code, typed, problems, fault, 422) end
  if not plan().waitlist and seats.is_full(plan(), typed.group) then
    return refuse(code, typed, problems, "full", 409)
  end
  local too_many = acts.arrive(typed, request.address)
  if too_many then return refuse(code, typed, problems, "too_many_" .. too_many, 429) end
  return thanks(code)
end

local function show_thanks(request)
  local code = lang.wanted(request, plan().languages)
  return page(code, text(code, "thanks_title"), {
    h.p { class = "lead", text(code, plan().confirm and "thanks_confirm" or "thanks") },
    h.p { text(code, "thanks_mail") },
  })
end

function form.register()
  usher.http.route("GET", plan().path, show)
  usher.http.route("POST", plan().path, submit)
  usher.http.route("GET", plan().path .. "/thanks", show_thanks)
end

return form
