-- SPDX-License-Identifier: MIT
-- The languages say the same things: keys, placeholders, mails. Mails and pages come in the reader's own.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

-- "{guest} {title}": the placeholders of a text, each once.
local function placeholders(text)
  local found = {}
  for word in text:gmatch("{[%a_]+}") do found[word] = true end
  return table.concat(sorted_keys(found), " ")
end

local function loaded(source)
  return stub.load(source or expect.event)
end

function tests.every_language_has_the_same_texts()
  loaded()
  local all = require("usher.lang").all()
  for code, texts in pairs(all) do
    for _, key in ipairs(sorted_keys(all.en)) do
      if not texts[key] then error(("%s: there is no %s"):format(code, key)) end
    end
    for _, key in ipairs(sorted_keys(texts)) do
      if not all.en[key] then error(("%s: %s is not in English"):format(code, key)) end
    end
  end
end

function tests.every_text_has_the_same_placeholders()
  loaded()
  local all = require("usher.lang").all()
  for code, texts in pairs(all) do
    for key, text in pairs(texts) do
      local got, wanted = placeholders(text), placeholders(all.en[key])
      if got ~= wanted then error(("%s: %s has %s, not %s"):format(code, key, got, wanted)) end
    end
  end
end

function tests.every_ready_made_mail_is_there_with_the_same_placeholders()
  loaded()
  for name, ready in pairs(require "usher.texts") do
    for _, part in ipairs { "subject", "text" } do
      for _, code in ipairs(require("usher.lang").codes()) do
        local text = ready[part][code]
        if not text then error(("%s of %s is missing in %s"):format(part, name, code)) end
        if placeholders(text) ~= placeholders(ready[part].en) then
          error(("%s of %s in %s has %s, not %s"):format(part, name, code, placeholders(text),
            placeholders(ready[part].en)))
        end
      end
    end
  end
end

function tests.what_a_machine_wrote_says_so()
  for path in io.popen("ls scripts/usher/lang/dz/*.lua"):lines() do
    local head = io.open(path):read(600):gsub("\n%-%- ?", " ")
    if not head:find("machine-made: to be reviewed by a speaker", 1, true) then error(path) end
  end
end

function tests.every_placeholder_is_in_the_manual()
  loaded()
  local file = io.open "docs/first-event.md"
  local manual = file:read "a"
  file:close()
  for word in pairs(require("usher.template").words()) do expect.contains(manual, "`{" .. word .. "}`") end
  for name in pairs(require "usher.texts") do
    if require("usher.letters").is_one(name) then expect.contains(manual, "| `" .. name .. "` |") end
  end
end

local guests <const> = [[
guests { { key = "a", name = "Dechen", mail = "a@b.example", language = "Dzongkha" },
  { key = "f", name = "Luc", mail = "f@b.example", language = "fr" } }
]]

function tests.check_says_that_nobody_has_read_the_words_of_a_machine()
  local world = loaded(expect.event .. guests)
  expect.contains(world.usher.handlers.rehearsed({ effects = {} }).check,
    "1 guest reads Dzongkha: usher's own Dzongkha texts and pages were made by a machine")
  world = loaded(expect.event)
  expect.lacks(world.usher.handlers.rehearsed({ effects = {} }).check, "machine")
end

function tests.a_guest_gets_mails_and_pages_in_their_language_with_fallback()
  local world = loaded(expect.event .. guests
    .. 'mail "starting" { to = invited, at = "1 day before", text = { en = "{when}", dz = "{when}" } }')
  world.run(stub.time.at("2021-02-01 09:00", "Asia/Thimphu").utc)
  local dzongkha, french = world.usher.mails[1], world.usher.mails[2]
  expect.equal(dzongkha.lang .. french.lang, "dzen")
  expect.contains(dzongkha.subject, "ད་ཅིག་འགོ་བཙུགས་ནི།")
  expect.contains(dzongkha.text, "གཟའ་པ་སངས་ སྤྱི་ལོ་2021")
  expect.equal(french.subject, "Starting soon: Test")
  expect.equal(french.text, "Thu 25 Feb 2021, 14:00-16:30 Thimphu (UTC+6)")
  expect.contains(world.visit("GET", "/a/answer.a").body, 'lang="dz"')
  expect.contains(world.visit("GET", "/a/answer.f").body, 'lang="en"')
end

function tests.one_text_for_all_keeps_its_language_whoever_reads_it()
  local world = loaded(expect.event .. guests
    .. 'mail "x" { to = invited, at = "1 day before, 09:00", subject = "S", text = "Dear {name}, {when}" }')
  world.run(stub.time.at("2021-02-01 09:00", "Asia/Thimphu").utc)
  expect.equal(world.usher.mails[1].text, "Dear Dechen, Thu 25 Feb 2021, 14:00-16:30 Thimphu (UTC+6)")
end

return tests
