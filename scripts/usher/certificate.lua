-- SPDX-License-Identifier: MIT
-- certificate: the word. A rule like `mail`, whose mail brings the certificate along, as a PDF where this
-- usher draws them, and the link to the person's page with it. What is on the paper: certificate_paper.lua.
local audience = require "usher.audience"
local certificates = require "usher.certificates"
local check = require "usher.check"
local facts = require "usher.facts"
local mail = require "usher.mail"
local office = require "usher.certificate_office"
local page = require "usher.certificate_page"
local check_page = require "usher.certificate_check"
local paper = require "usher.certificate_paper"
local sending = require "usher.sending"
local sheet = require "usher.certificate_sheet"
local texts = require "usher.texts"

local certificate = {}

local known <const> = { to = "any", name = "text?", at = "text?", zone = "text?", late = "text?",
  attach = "yes_no?", title = "texts?", text = "texts?", signed_by = "names?", logo = "text?",
  signature = "text?", minutes = "yes_no?", correct = "any?", mail = "any?", from = "text?",
  reply_to = "text?", approve = "yes_no?", was = "text?" }
local known_mail <const> = { subject = "texts?", text = "texts?", file = "texts?" }

local SIGNED_MAX <const> = 2
local CORRECT <const> = "14 days" -- after the mail, a spelling can still be put right

local pictures <const> = {} -- names of those that are kept already

local function read_picture(title, option, name)
  if not name then return nil end
  local png = check.file(title, name)
  local fine, picture = pcall(usher.picture, png)
  if not fine then check.refuse("%s: %s: %s: %s", title, option, name, check.clean(picture)) end
  if not pictures[picture] then
    pictures[picture] = true
    sheet.keep(picture, png)
  end
  return picture
end

local function read_signed(title, given)
  local list = type(given) == "table" and given or { given }
  if #list > SIGNED_MAX then check.refuse("%s: signed_by: there is room for %d names", title, SIGNED_MAX) end
  for _, who in ipairs(list) do
    if type(who) ~= "string" then
      check.refuse('%s: signed_by is a name, or a list of names: "Karma Dorji\\nDirector"', title)
    end
  end
  return list
end

-- How long after it was issued a name can be corrected, in ms; or false.
local function read_correct(title, given)
  if given == false then return false end
  local span, ends = given == nil and CORRECT or given, facts.event.ends
  local fine, shifted = pcall(usher.time.shift, ends, span)
  if not fine or shifted.utc < ends.utc then
    check.refuse('%s: correct is how long after the mail a name can be corrected, as in "14 days", or false',
      title)
  end
  return shifted.utc - ends.utc
end

-- Whether it is about all of it, or about having been there.
local function kind_of(parts)
  for _, part in ipairs(parts) do
    if part.word ~= "passed" then return "participation" end
  end
  return "completion"
end

local function read_paper(title, o, parts)
  return { title = o.title, text = o.text, signed_by = read_signed(title, o.signed_by), kind = kind_of(parts),
    logo = read_picture(title, "logo", o.logo), signature = read_picture(title, "signature", o.signature),
    minutes = o.minutes, correct_ms = read_correct(title, o.correct) }
end

-- It goes as a file where this usher draws files, and where the script does not say otherwise.
local function is_attached(title, wanted)
  local draws = usher.parts().pdf
  if draws then return wanted ~= false end
  if not usher.http.url("/") then
    check.refuse("%s: this usher draws no PDF, and has no web address for the page: say  "
      .. 'web = { base_url = "https://..." }  in the configuration', title)
  end
  if wanted then
    facts.note("%s: this usher was built without the part that draws PDF: the mails have the link to the "
      .. "page only, which prints the certificate", title)
  end
  return false
end

-- What an approver reads besides the mail.
local function read_by_approvers(own)
  local list = {}
  for _, given in ipairs { own.title or "", own.text or "" } do
    if type(given) == "string" then given = { given } end
    for _, language in ipairs(check.names(given)) do
      list[#list + 1] = given[language] or given[tonumber(language)]
    end
  end
  table.move(own.signed_by, 1, #own.signed_by, #list + 1, list)
  list[#list + 1], list[#list + 2] = own.logo or "", own.signature or ""
  return list
end

local function file_name() return ("certificate-%s.pdf"):format(facts.event.id) end

-- The hooks of sending.lua: what is decided with the audience, what is attached, what has left.
local function bind(rule, attached)
  function rule.decide(person, waits)
    local version = certificates.issue(person.key, rule.name, usher.token("certificate"), not waits,
      function(code, at) return paper.make(rule, person, code, at) end)
    return version.paper
  end
  function rule.attached(written)
    if not attached then return nil end
    return { name = file_name(), type = "application/pdf", certificate = written }
  end
  function rule.was_sent(person) certificates.was_sent(person.key, rule.name) end
end

local function declare(given)
  local o = check.options("certificate", given, known)
  local name = o.name or "certificate"
  check.name("certificate", name)
  local title = name == "certificate" and "certificate" or ('certificate (name = "%s")'):format(name)
  if mail.is_left_out(name) then return end
  local said = o.mail and check.options(title .. ": mail", o.mail, known_mail) or {}
  local parts = audience.parts(title, o.to)
  local own = read_paper(title, o, parts)
  local attached = is_attached(title, o.attach)
  local ready = texts[attached and "certificate" or "certificate-page"]
  local rule = mail.rule("certificate", name, { at = o.at or "2 working days after, 10:00", zone = o.zone,
    late = o.late or "always", subject = said.subject or ready.subject, file = said.file,
    text = said.text or not said.file and ready.text or nil, from = o.from, reply_to = o.reply_to,
    approve = o.approve, was = o.was, each_session = false }, parts)
  rule.what, rule.paper, rule.read = "mail", own, read_by_approvers(own)
  bind(rule, attached)
  if #facts.certificates == 0 then usher.on("certificate", office.handle) end
  facts.certificates[#facts.certificates + 1] = rule
  page.register()
  check_page.register()
  local units = {}
  for i, person in ipairs(audience.candidates(parts)) do
    local problem = paper.check(rule, person)
    if problem then check.refuse("%s: %s", title, problem) end
    units[i] = { person = person, key = person.key }
  end
  sending.declare(rule, units)
end

--- certificate { to =, at =, title =, text =, signed_by = } -> nothing
--- Gives everybody of an audience a certificate: a mail with a PDF, a page of their own that prints it, and a
--- code with which anybody who was shown it can see on a public page that it is genuine. to: passed, present,
--- or any audience. at: when, "2 working days after, 10:00" if nothing is said. title: what stands on top
--- ("Certificate of participation"); text: the line between the name and the event's title ("took part in");
--- both with {placeholders}, and for each language if wanted. signed_by: a name with an office below it, or
--- two: "Karma Dorji\nDirector". logo, signature: pictures (PNG) beside the script. minutes = true: also how
--- many minutes, where something tells them. attach = false: only the link. correct: how long after the mail
--- guests can still correct their name ("14 days"; false: not at all). mail = { subject =, text =, file = }:
--- other words for the mail, with {certificate}, the link to the page. name: of the rule, when there are two
--- of them. from, reply_to, zone, late, approve, was: as in mail.
--- Guests confirm or correct the spelling of their name on the page behind {certificate}, which any mail may
--- have: put the certificate above it.
--- Example: certificate { to = present, signed_by = "Karma Dorji\nDirector" }
certificate.certificate = check.word(function(given)
  facts.need_event("certificate")
  declare(given)
end)

return certificate
