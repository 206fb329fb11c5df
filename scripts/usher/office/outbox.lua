-- SPDX-License-Identifier: MIT
-- outbox: what is to leave, and the word before it does: every rule in a list, and one rule whole: three
-- mails as their readers will see them, every name once, the buttons. Who may press them: office/roles.lua.
--
-- A sample is a page of its own in a frame without rights: it runs nothing, sends nothing, and its links lead
-- nowhere. Links that are a guest's own are cut out of it.
local approval = require "usher.approval"
local facts = require "usher.facts"
local h = require "usher.html"
local live = require "usher.live"
local office = require "usher.office"
local outbox = require "usher.outbox"
local parts = require "usher.office.parts"
local roles = require "usher.office.roles"
local sample = require "usher.sample"
local test_mail = require "usher.test_mail"

local outbox_page = {}

local SAMPLE_POLICY <const> = "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; "
  .. "form-action 'none'; frame-ancestors 'self'"

local function look() return { held = { ask = "held_counts", event = facts.event.id } } end

local function held_by_rule(rows)
  local n = {}
  for _, row in ipairs(rows) do n[row.name] = row.n end
  return n
end

local function path_of(name) return parts.path("outbox/" .. name) end

-- ---- the list -------------------------------------------------------------------------------------------

local classes <const> = { none = "quiet", approved = "good", waits = "flag", changed = "flag",
  ["taken back"] = "flag" }

local function state_node(rule, visitor, held)
  local state = approval.state(rule)
  local sentence = outbox.sentence(rule, state, function(ms) return parts.when(visitor, ms) end)
  return { h.span { class = classes[state.word], sentence },
    held and h.div { class = "hint", parts.count(held, "mail") .. " held now" } }
end

local function when_node(row, visitor)
  if not row.first then return "when it happens" end
  local first, last = parts.when(visitor, row.first), parts.when(visitor, row.last)
  return { parts.time(visitor, row.first), first ~= last and { " to ", parts.time(visitor, row.last) },
    h.div { class = "hint", row.over and "over" or parts.far(row.first) } }
end

local function number_of(row)
  if not row.n then return "" end
  if row.n == row.of then return tostring(row.n) end
  return { ("%d of %d"):format(row.n, row.of), h.div { class = "hint", "as answers are now" } }
end

local function table_of(caption, rows, visitor, held)
  local body = {}
  for i, row in ipairs(rows) do
    local rule = outbox.find(row.name)
    local what = { h.a { href = path_of(row.name), row.name }, h.div { class = "hint", row.whom } }
    body[i] = { when_node(row, visitor), what, number_of(row), state_node(rule, visitor, held[row.name]) }
  end
  return parts.table(caption, { "When", "What", "To how many", "May it leave?" }, body)
end

local function is_waiting(row) return row.state ~= "none" and row.state ~= "approved" and not row.over end

-- Those that wait, those that may leave, those that are over: in this order people need them.
local function sorted(rows)
  local waiting, coming, by_themselves, over = {}, {}, {}, {}
  for _, row in ipairs(rows) do
    local list = is_waiting(row) and waiting or row.over and over or row.by_itself and by_themselves or coming
    list[#list + 1] = row
  end
  return waiting, coming, by_themselves, over
end

local function section(title, rows, visitor, held)
  return #rows > 0 and h.section { h.h2 { title }, table_of(title, rows, visitor, held) }
end

local function all_at_once(rows, visitor)
  if #rows < 2 or not roles.may(visitor.has, "approve") then return nil end
  local names = {}
  for i, row in ipairs(rows) do names[i] = row.name end
  return h.details { h.summary { ("Approve all %d at once"):format(#rows) },
    parts.form(visitor, "approve", {
      parts.hidden { names = table.concat(names, " "), marks = outbox.marks(names) },
      h.p { "Only when you have read them: what leaves can't be taken back." },
      h.p { h.button { "Approve " .. table.concat(names, ", ") } } }) }
end

local function explain()
  if #facts.event.approvers == 0 then
    return h.p { "Nothing waits here for a person's word. An event that names somebody does: ",
      h.tag("code", 'approver = "key"'), " in the script." }
  end
  return h.p { "The first mail of each rule waits until ", approval.names(),
    " has approved it. Whatever changes what people read asks again." }
end

local function list_page(request, visitor)
  local held = held_by_rule(request.seen.held)
  local waiting, coming, by_themselves, over = sorted(outbox.list().rules)
  return { title = "Outbox", body = {
    explain(), section("Waits for a word", waiting, visitor, held), all_at_once(waiting, visitor),
    section("To come", coming, visitor, held),
    section("When somebody's act causes them", by_themselves, visitor, held),
    section("Over", over, visitor, held),
  } }
end

-- ---- one rule -------------------------------------------------------------------------------------------

local function size_text(bytes)
  if not bytes then return "made when the mail leaves" end
  if bytes < 1024 then return parts.count(bytes, "byte") end
  return bytes < 1024 * 1024 and ("%.1f KiB"):format(bytes / 1024) or ("%.1f MiB"):format(bytes / 1024 / 1024)
end

local function files_node(files)
  if #files == 0 then return nil end
  local items = {}
  for i, file in ipairs(files) do items[i] = h.li { file.name, ", ", size_text(file.size) } end
  return h.section { h.h2 { "Attached" }, h.ul(items) }
end

local function sample_node(name, one)
  local title = ("As %s gets it%s"):format(one.name, one.language and " (" .. one.language .. ")" or "")
  local src = parts.query(path_of(name) .. "/sample", { key = one.key })
  return h.div { h.h3 { title },
    h.tag("iframe", { class = "letter", title = title, src = src, sandbox = "" }) }
end

local function samples_node(row)
  local nodes = {}
  for i, one in ipairs(row.samples) do nodes[i] = sample_node(row.name, one) end
  return h.section { h.h2 { "How it looks" },
    #nodes > 0 and h.div { class = "letters", nodes } or h.p { class = "quiet", "Nobody gets it so far." },
    h.p { class = "hint", "The shortest name, the longest, and another language when somebody reads one. "
      .. "Links that are a guest's own end in \u{2026} here." } }
end

local function people_node(row)
  local body = {}
  for i, person in ipairs(row.people) do
    body[i] = { parts.person_link(person.key, person.name), person.mail or "", person.group or "" }
  end
  if #body == 0 then return nil end
  local title = ("To whom it may go: %s"):format(parts.count(#body, "person", "people"))
  return h.section { h.h2 { title },
    h.p { class = "hint", "Each name once, as the list gives it. Who of them gets it is decided when it "
      .. "leaves." },
    parts.table(title, { "Name", "Address", "Group" }, body) }
end

local function buttons(row, visitor)
  if row.state == "none" or not roles.may(visitor.has, "approve") then return nil end
  local values = parts.hidden { names = row.name, marks = outbox.marks { row.name } }
  if row.state == "approved" then
    return parts.form(visitor, "disapprove", { values, h.p { h.button { "Take the approval back" } } })
  end
  return parts.form(visitor, "approve", { values, h.p { h.button { class = "main-button", "Approve" } } })
end

local function trial_form(row, visitor)
  if not visitor.mail or #row.samples == 0 or not roles.may(visitor.has, "try") then return nil end
  local choices = {}
  for i, one in ipairs(row.samples) do choices[i] = { one.key, one.name } end
  return h.section { h.h2 { "See it in your own mail program" },
    parts.form(visitor, "test-mail", { parts.hidden { rule = row.name },
      parts.choose("As it is written for", "as", row.samples[1].key, choices),
      h.p { h.button { "Send a test to " .. visitor.mail } } }) }
end

local function rule_page(request, visitor)
  local rule = outbox.find(request.params.rule)
  if not rule then
    return { title = "No rule is called so", status = 404, body = h.p { "The script has it no longer. ",
      h.a { href = parts.path "outbox", "The outbox" } } }
  end
  local row, held = outbox.rule(rule.name), held_by_rule(request.seen.held)
  return { title = rule.name, live = false, frames = true, body = {
    h.p { class = "lead", row.subject or "" },
    h.dl { class = "facts", h.dt { "For whom" }, h.dd { row.whom }, h.dt { "When" },
      h.dd { when_node(row, visitor) }, h.dt { "To how many" },
      h.dd { row.n and number_of(row) or "each one" },
      h.dt { "May it leave?" }, h.dd { state_node(rule, visitor, held[rule.name]) } },
    buttons(row, visitor), samples_node(row), files_node(row.samples[1] and row.samples[1].files or {}),
    trial_form(row, visitor), people_node(row),
    h.p { h.a { href = parts.path "outbox", "Back to the outbox" } },
  } }
end

-- The mail alone, for a frame of the page above.
local function sample_page(request)
  local key, rule = (request.query or {}).key, outbox.find(request.params.rule)
  local unit = rule and key and sample.unit(rule, key)
  if not unit then return { status = 404, body = "Nobody there gets such a mail." } end
  local mail, files = outbox.sample(rule, unit), {}
  for i, file in ipairs(mail.files) do files[i] = { name = file.name } end
  return { type = "text/html; charset=utf-8",
    headers = { ["content-security-policy"] = SAMPLE_POLICY, ["x-frame-options"] = "SAMEORIGIN" },
    body = usher.preview { from = mail.from, to = mail.to, reply_to = mail.reply_to,
      subject = mail.subject, text = mail.text, attach = files } }
end

-- ---- acts -----------------------------------------------------------------------------------------------

local function names_in(form)
  local names = {}
  for name in (form.names or ""):gmatch("%S+") do names[#names + 1] = name end
  return names
end

-- What was read is what is approved: the page says what it showed, and another text is another mail.
local function say(act)
  return function(request, visitor)
    local names = names_in(request.form)
    local fine, marks = pcall(outbox.marks, names)
    if not fine then return office.refuse(visitor, marks .. ".") end
    if marks ~= request.form.marks then
      return office.refuse(visitor, "The text has changed since that page was made. Look at it again first.")
    end
    local said, why = pcall(act, { rules = names, who = visitor.name, known = true })
    if not said then return office.refuse(visitor, tostring(why) .. ".") end
    return { redirect = #names == 1 and path_of(names[1]) or parts.path "outbox" }
  end
end

local function try(request, visitor)
  local form = request.form
  if not visitor.mail then return office.refuse(visitor, "The list of people has no address of yours.") end
  local fine, said = pcall(test_mail.send,
    { rule = form.rule, as = form.as, to = visitor.mail, who = visitor.name })
  if not fine then return office.refuse(visitor, tostring(said) .. ".") end
  live.changed()
  return { redirect = path_of(outbox.need(form.rule).name) }
end

function outbox_page.register()
  office.page("outbox", { text = "Outbox", look = look }, list_page)
  office.page("outbox/:rule", { look = look }, rule_page)
  office.file("outbox/:rule/sample", "see", sample_page)
  office.act("approve", { act = "approve" }, say(outbox.approve))
  office.act("disapprove", { act = "approve" }, say(outbox.disapprove))
  office.act("test-mail", { act = "try" }, try)
end

return outbox_page
