-- SPDX-License-Identifier: MIT
-- Certificates: who gets one, what stands on it, how a name is spelt, and what a code tells the public.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local event <const> = [[
event "test" { title = "Digital *Government*", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Desk <desk@b.example>", organisers = { "office" },
  where = zoom { link = "https://zoom.example/j/1" } }
people { { key = "office", name = "The Office", mail = "o@b.example", role = "organiser" } }
guests {
  { key = "a", name = "Karma Dorji", salutation = "Dasho", mail = "karma@b.example", group = "Secretaries" },
  { key = "b", name = "Bob", mail = "bob@b.example", group = "IT", assistant = "pa@b.example" },
  { key = "d", name = "བསྟན་འཛིན་རྒྱ་མཚོ", mail = "d@b.example", group = "IT", language = "dz" } }
]]
local png <const> = "\x89PNG\r\n\x1a\n and so on"

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function load_with(options, more)
  return stub.load(("%s%s\ncertificate { to = present, %s }"):format(event, more or "", options or ""),
    { ["logo.png"] = png, ["logo.gif"] = "GIF89a" })
end

-- A world after its certificates have left; those of `present` were there.
local function issued(options, present, more)
  local world = load_with(options, more)
  world.now = at "2021-02-25 14:10"
  for _, key in ipairs(present or { "a", "b", "d" }) do require("usher.attendance").joined(key, "page") end
  world.run(at "2021-02-25 17:00", at "2021-03-01 12:00")
  local roster, links = require "usher.roster", require "usher.links"
  function world.path(key, rest) return links.path("certificate", roster.person(key)) .. (rest or "") end
  function world.show(key, rest) return world.visit("GET", world.path(key, rest)) end
  function world.spell(key, name) return world.visit("POST", world.path(key), { name = name }) end
  function world.paper(key)
    local version = require("usher.certificates").of(key, "certificate")
    return version and version.paper
  end
  function world.check(code) return world.visit("GET", "/c/" .. code) end
  return world
end

local function mail_to(world, key)
  for _, mail in ipairs(world.usher.mails) do
    if mail.as == key and mail.about.rule == "certificate" then return mail end
  end
end

-- ---- the mail -----------------------------------------------------------------------------------------

function tests.who_was_there_gets_a_mail_with_the_paper_and_nobody_else()
  local world = issued('signed_by = "Karma\\nDirector"', { "a" })
  local mail = mail_to(world, "a")
  expect.equal(mail.at, at "2021-03-01 10:00")
  expect.equal(mail.attach[1].name, "certificate-test.pdf")
  expect.equal(mail.attach[1].data, nil)
  expect.contains(mail.text, "http://127.0.0.1:8080/certificate/")
  expect.equal(mail_to(world, "b"), nil)
  expect.equal(world.check(world.paper("a").code).status, nil)
end

function tests.the_paper_says_who_what_when_where_and_by_whom()
  local paper = mail_to(issued 'signed_by = "Karma\\nDirector"', "a").attach[1].certificate
  expect.equal(paper.name, "Dasho Karma Dorji")
  expect.equal(paper.title, "Certificate of Participation")
  expect.equal(paper.what, "Digital *Government*")
  expect.equal(table.concat(paper.details, "; "), "25 February 2021; online")
  expect.equal(paper.host, "The Office")
  expect.equal(paper.issued, "Issued on 1 March 2021")
  expect.equal(paper.signed[1], "Karma\nDirector")
  expect.equal(paper.url, "http://127.0.0.1:8080/c/" .. paper.code)
end

function tests.it_is_in_the_language_of_its_reader()
  local paper = mail_to(issued 'title = { en = "Thanks", dz = "བཀའ་དྲིན་ཆེ།" }', "d").attach[1].certificate
  expect.equal(paper.language, "dz")
  expect.equal(paper.title, "བཀའ་དྲིན་ཆེ།")
  expect.equal(paper.name, "བསྟན་འཛིན་རྒྱ་མཚོ")
end

function tests.texts_of_the_organisers_have_placeholders_and_no_markdown()
  local paper = mail_to(issued 'text = "of {group} took part in {title}"', "a").attach[1].certificate
  expect.equal(paper.text, "of Secretaries took part in Digital *Government*")
end

function tests.minutes_stand_there_where_they_are_wanted_and_known()
  local function details(options)
    local world = load_with(options)
    world.now = at "2021-02-25 17:00"
    world.usher.book("attendance"):set("a", { { at = world.now, minutes = 95, via = "csv" } })
    world.run(at "2021-02-25 17:00", at "2021-03-01 12:00")
    return table.concat(mail_to(world, "a").attach[1].certificate.details, "; ")
  end
  expect.equal(details "minutes = true", "25 February 2021; online; 95 minutes")
  expect.equal(details "", "25 February 2021; online")
end

function tests.without_the_part_that_draws_the_mail_has_the_link_only()
  local world = stub.load(event .. "usher.parts = function() return { pdf = false, qr = false } end\n"
    .. "certificate { to = present }")
  world.now = at "2021-02-25 14:10"
  require("usher.attendance").joined("a", "page")
  world.run(at "2021-02-25 17:00", at "2021-03-01 12:00")
  expect.equal(mail_to(world, "a").attach, nil)
  expect.contains(mail_to(world, "a").text, "Your certificate is ready")
end

function tests.a_copy_for_an_assistant_has_no_certificate()
  for _, mail in ipairs(issued().usher.mails) do
    if mail.to == "pa@b.example" then expect.equal(mail.attach, nil) end
  end
end

function tests.what_is_wrong_is_said_at_its_line()
  local function refusal(options)
    local fine, problem = pcall(load_with, options)
    return fine and "fine" or tostring(problem)
  end
  expect.contains(refusal 'logo = "logo.gif"', "logo: logo.gif: the picture is no PNG")
  expect.contains(refusal 'signed_by = { "a", "b", "c" }', "there is room for 2 names")
  expect.contains(refusal 'text = "{nmae}"', "unknown placeholder {nmae} (did you mean 'name'?)")
  expect.contains(refusal 'correct = "soon"', "how long after the mail")
  expect.contains(refusal "sined_by = 1", "no option 'sined_by' (did you mean 'signed_by'?)")
  expect.equal(refusal 'logo = "logo.png"', "fine")
end

function tests.the_link_in_other_mails_needs_a_certificate_above()
  local mail = 'mail "name" { to = invited, at = "3 working days before, 10:00", subject = "S", '
    .. 'text = "{certificate}" }'
  local fine, problem = pcall(stub.load, event .. mail)
  expect.equal(fine, false)
  expect.contains(problem, "say  certificate { ... }  above it")
  expect.equal((pcall(stub.load, event .. "certificate { to = present }\n" .. mail)), true)
end

-- ---- codes --------------------------------------------------------------------------------------------

function tests.a_code_is_read_however_it_is_typed()
  local certificates = require "usher.certificates"
  expect.equal(certificates.show "7K4M2Q9XHT3W", "7K4M-2Q9X-HT3W")
  for _, typed in ipairs { "7K4M-2Q9X-HT3W", "7k4m 2q9x ht3w", " 7k4m2q9xht3w " } do
    expect.equal(certificates.read(typed), "7K4M2Q9XHT3W")
  end
  expect.equal(certificates.read "oIl0-2Q9X-HT3U", "01102Q9XHT3V")
  for _, typed in ipairs { "", "7K4M-2Q9X-HT3", "7K4M-2Q9X-HT3W1", "7K4M-2Q9X-HT3!", ("x"):rep(4000) } do
    expect.equal(certificates.read(typed), nil)
  end
end

function tests.the_public_page_says_who_what_and_when_and_nothing_more()
  local world = issued("minutes = true")
  local body = world.check(world.paper("a").code).body
  for _, said in ipairs { "This certificate is genuine", "Dasho Karma Dorji", "Digital *Government*",
    "25 February 2021", "Issued on 1 March 2021", "The Office" } do
    expect.contains(body, said)
  end
  for _, kept in ipairs { "karma@b.example", "Secretaries", "minutes", "online", "/certificate/", "zoom" } do
    expect.lacks(body, kept)
  end
end

function tests.a_code_that_is_none_is_answered_politely()
  local response = issued().check "7K4M-2Q9X-HT3W"
  expect.equal(response.status, 404)
  expect.contains(response.body, "There is no certificate with this code")
  expect.equal(issued().check("<script>").body:find("<script>", 1, true), nil)
end

function tests.a_code_that_is_typed_in_leads_to_its_page()
  local world = issued()
  expect.equal(world.visit("GET", "/c", nil, { query = { code = "7k4m2q9xht3w" } }).redirect,
    "/c/7K4M-2Q9X-HT3W")
  expect.contains(world.visit("GET", "/c", nil, { query = { code = "?" } }).body, "no code of a certificate")
end

function tests.of_somebody_forgotten_a_code_says_only_that_it_is_not_valid()
  local world = issued()
  local code = world.paper("a").code
  require("usher.certificates").forget "a"
  local response = world.check(code)
  expect.contains(response.body, "not valid any more")
  for _, kept in ipairs { "Karma", "25 February" } do expect.lacks(response.body, kept) end
end

function tests.one_that_was_withdrawn_says_so_everywhere()
  local world = issued()
  local paper = world.paper "a"
  require("usher.certificates").revoke("a", "certificate", "office")
  expect.contains(world.check(paper.code).body, "was withdrawn")
  expect.lacks(world.check(paper.code).body, "Karma")
  expect.contains(world.show("a").body, "have withdrawn")
  expect.equal(world.show("a", "/certificate").redirect, world.path "a")
end

-- ---- the person's page --------------------------------------------------------------------------------

function tests.before_the_event_the_page_asks_how_the_name_is_spelt()
  local world = issued(nil, {})
  expect.contains(world.show("a").body, 'value="Dasho Karma Dorji"')
  expect.contains(world.show("a").body, "Confirm my name")
  expect.equal(world.spell("a", "  Dasho  Karma   Dorjee ").redirect, world.path("a") .. "?done=1")
  expect.contains(world.show("a").body, 'value="Dasho Karma Dorjee"')
  expect.contains(world.show("a").body, "You have confirmed it")
  expect.equal(world.usher.trail[#world.usher.trail].note, "Dasho Karma Dorjee, before: Dasho Karma Dorji")
end

function tests.the_certificate_has_the_name_as_it_was_confirmed()
  local world = load_with()
  world.now = at "2021-02-20 10:00"
  local certificates, roster = require "usher.certificates", require "usher.roster"
  certificates.spell(roster.person "a", "K. Dorjee", function() end)
  world.now = at "2021-02-25 14:30"
  require("usher.attendance").joined("a", "page")
  world.run(at "2021-02-25 17:00", at "2021-03-01 12:00")
  expect.equal(mail_to(world, "a").attach[1].certificate.name, "K. Dorjee")
end

function tests.a_correction_makes_a_new_certificate_and_the_old_code_names_it()
  local world = issued()
  local before = world.paper "a"
  world.now = at "2021-03-05 12:00"
  expect.contains(world.show("a").body, "Correct my name")
  world.spell("a", "Dasho Karma Dorjee")
  local after = world.paper "a"
  expect.equal(after.name, "Dasho Karma Dorjee")
  expect.equal(before.code ~= after.code, true)
  expect.equal(after.issued, "Issued on 5 March 2021")
  expect.contains(world.check(before.code).body, "replaced by the one with the code " .. after.code)
  expect.lacks(world.check(before.code).body, "Karma")
  expect.contains(world.check(after.code).body, "Dasho Karma Dorjee")
end

function tests.after_two_weeks_a_name_stays_as_it_is()
  local world = issued()
  world.now = at "2021-03-15 10:01"
  expect.lacks(world.show("a").body, "Correct my name")
  world.spell("a", "Somebody Else")
  expect.equal(world.paper("a").name, "Dasho Karma Dorji")
  world = issued "correct = false"
  world.spell("a", "Somebody Else")
  expect.equal(world.paper("a").name, "Dasho Karma Dorji")
end

function tests.what_is_no_name_is_not_taken()
  local world = issued()
  local wrong = { "", " ", "x", ("x"):rep(121), "<b>Karma</b>", "see http://b.example", "a\0b", "\xff" }
  for _, name in ipairs(wrong) do
    expect.equal(world.spell("a", name).status, 422)
    expect.equal(world.paper("a").name, "Dasho Karma Dorji")
  end
  expect.equal(world.spell("a", "Ngô Bảo-Châu (Dr.)").redirect, world.path("a") .. "?done=1")
end

function tests.the_same_name_is_confirmed_and_changes_no_code()
  local world = issued()
  local code = world.paper("a").code
  world.spell("a", "Dasho Karma Dorji")
  expect.equal(world.paper("a").code, code)
end

function tests.who_was_not_there_has_no_certificate_to_look_at()
  local world = issued(nil, { "a" })
  expect.equal(world.show("b", "/certificate").redirect, world.path "b")
  expect.equal(world.show("b", "/certificate/certificate.pdf").redirect, world.path "b")
end

function tests.the_page_prints_the_same_words_and_the_pdf_is_drawn_off_the_loop()
  local world = issued 'logo = "logo.png", signed_by = "Karma\\nDirector"'
  local body, paper = world.show("a", "/certificate").body, world.paper "a"
  for _, said in ipairs { paper.title, paper.name, paper.code, "<svg", "Karma<br>Director",
    "/static/certificate/test/" } do
    expect.contains(body, said)
  end
  local pdf = world.show("a", "/certificate/certificate.pdf")
  expect.equal(pdf.type, "application/pdf")
  expect.equal(pdf.certificate.code, paper.code)
end

function tests.a_deputy_gets_it_in_their_own_name()
  local world = load_with()
  world.now = at "2021-02-20 10:00"
  local certificates, roster = require "usher.certificates", require "usher.roster"
  certificates.spell(roster.person "a", "The Guest", function() end)
  roster.set("a", { name = "Pema", salutation = false, mail = "pema@b.example", generation = 1,
    stands_in_for = { name = "Karma Dorji", salutation = "Dasho", mail = "karma@b.example" } })
  world.now = at "2021-02-25 14:30"
  require("usher.attendance").joined("a", "page")
  world.run(at "2021-02-25 17:00", at "2021-03-01 12:00")
  expect.equal(mail_to(world, "a").attach[1].certificate.name, "Pema")
  local guest = world.usher.link.make("certificate", "a")
  expect.contains(world.visit("GET", "/certificate/" .. guest).body, "to the person whose name is on it")
end

-- ---- approval -----------------------------------------------------------------------------------------

function tests.what_waits_for_a_word_is_nobodys_certificate_yet()
  local script = event:gsub('organisers = {', 'approver = "office", organisers = {')
  local world = stub.load(script .. "certificate { to = present }")
  world.now = at "2021-02-25 14:10"
  require("usher.attendance").joined("a", "page")
  world.run(at "2021-02-25 17:00", at "2021-03-01 12:00")
  local certificates = require "usher.certificates"
  expect.equal(#certificates.issued "a", 0)
  local rule = require("usher.facts").rule_named.certificate
  world.usher.book("approvals"):set("certificate", { hash = rule.hash, at = world.now, who = "office" })
  world.usher.recheck()
  world.go(at "2021-03-01 13:00")
  expect.equal(#certificates.issued "a", 1)
end

return tests
