-- SPDX-License-Identifier: MIT
-- Ways other than mail: what each service is sent, what fits into an SMS, what is refused.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local head <const> = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Desk <desk@b.example>" }
people { { key = "ko", name = "Kiyoug Ko", role = "speaker", mail = "ko@b.example", phone = "%s" } }
programme { { "14:00-16:30", "Talk", by = "ko" } }
]]
local gateway <const> = 'sms { url = "https://sms.example/send", form = { to = "{to}", text = "{text}" } }\n'

local function loaded(words, phone) return stub.load(head:format(phone or "+975 17 12 34 56") .. words) end

local function channel(words, kind)
  loaded(words)
  return require("usher.facts").channels[kind]
end

function tests.an_sms_is_counted_as_networks_count_it()
  local parts = (loaded "" and require "usher.sms").parts
  for _, case in ipairs { { ("a"):rep(160), 1, "GSM-7", 160 }, { ("a"):rep(161), 2, "GSM-7", 161 },
    { ("\u{20AC}"):rep(80), 1, "GSM-7", 160 }, { ("\u{20AC}"):rep(81), 2, "GSM-7", 162 },
    { ("\u{F40}"):rep(70), 1, "UCS-2", 70 }, { ("\u{F40}"):rep(71), 2, "UCS-2", 71 },
    { "a\u{F40}", 1, "UCS-2", 2 }, { ("\u{1F600}"):rep(35), 1, "UCS-2", 70 }, { "", 1, "GSM-7", 0 },
    { ("a"):rep(307), 3, "GSM-7", 307 },
  } do
    local n, alphabet, length = parts(case[1])
    expect.equal(("%d %s %d"):format(n, alphabet, length), ("%d %s %d"):format(case[2], case[3], case[4]))
  end
end

function tests.what_is_longer_than_its_parts_is_cut_between_letters()
  local sms = loaded "" and require "usher.sms"
  local text, parts = sms.fit(("\u{F40}"):rep(500), 2)
  expect.equal(parts, 2)
  expect.equal(utf8.len(text), 134)
  expect.equal(text:sub(-3), "...")
  expect.equal((sms.fit("\u{201C}It\u{2019}s on\u{201D}\u{2026}", 1)), '"It\'s on"...')
end

function tests.a_number_may_be_written_as_people_write_it()
  local number = (loaded "" and require "usher.sms").number
  for text, wanted in pairs { ["+975 17 12 34 56"] = "+97517123456", ["00975-17123456"] = "+97517123456",
    ["+82 (10) 1234.5678"] = "+821012345678" } do expect.equal(number(text), wanted) end
  for _, text in ipairs { "17123456", "+0975171234", "+97517", "+9751712345678901", "+975x7123456", "" } do
    expect.equal(number(text), nil)
  end
end

function tests.the_gateway_gets_number_and_text_where_it_wants_them()
  local form = channel(gateway, "sms").request("+97517123456", "50% & more?")
  expect.equal(form.body, "text=50%25%20%26%20more%3F&to=%2B97517123456")
  expect.equal(form.headers["Content-Type"], "application/x-www-form-urlencoded")
  local json = channel('sms { url = "https://s.example", headers = { Key = secret "K" }, json = { messages = '
    .. '{ { to = "{to}", body = "{text}", from = "{from}", n = 1 } } } }', "sms").request("+1", "{to}")
  expect.equal(json.json.messages[1].to, "+1")
  expect.equal(json.json.messages[1].body, "{to}")
  expect.equal(json.json.messages[1].from, "{from}")
  expect.equal(json.headers.Key, "{{secret:K}}")
  local get = channel('sms { url = "https://s.example/?n={to}&t={text}", method = "GET" }', "sms")
  expect.equal(get.request("+1", "a b&c").url, "https://s.example/?n=%2B1&t=a%20b%26c")
end

function tests.rooms_get_what_they_understand_and_names_call_nobody()
  local person = { key = "k", name = "<!channel> @all" }
  local slack = channel('chat { hook = "https://hooks.slack.com/services/T/B/x" }', "chat")
  expect.equal(slack.request("", slack.write("Go", person)).json.text, "&lt;!channel&gt; @all: Go")
  local mattermost = channel('chat { hook = secret "H", kind = "mattermost" }', "chat")
  expect.equal(mattermost.request("", mattermost.write("Go", person)).json.text,
    "<!channel> @\u{200B}all: Go")
  local teams = channel('chat { hook = "https://x.webhook.office.com/y" }', "chat")
  expect.equal(teams.request("", "Go").json.attachments[1].content.body[1].text, "Go")
end

function tests.a_bot_writes_into_the_room_or_to_who_has_a_number()
  local telegram = channel('telegram { bot = secret "B", chat = "-100123" }', "telegram")
  expect.equal(telegram.to { key = "a", name = "Aum" }, "-100123")
  expect.equal(telegram.to { key = "a", name = "Aum", telegram = "77" }, "77")
  local request = telegram.request("77", "Go")
  expect.equal(request.url, "https://api.telegram.org/bot{{secret:B}}/sendMessage")
  expect.equal(request.json.chat_id, "77")
  expect.equal(telegram.refused { json = { ok = false, description = "chat not found" } },
    "Telegram says: chat not found")
end

function tests.a_rule_may_only_go_by_what_the_script_has_said()
  local cue = 'cue "you-are-next" { at = "10 minutes before", via = %s }'
  for words, sentence in pairs {
    [cue:format '"sms"'] = "via: say above how:  sms { ... }",
    [cue:format '"smoke"'] = "via: there is no way 'smoke' (known: mail, sms",
    [cue:format "{}"] = "via is empty",
    [gateway .. gateway] = "sms: the script has said this already",
    ['sms { url = "https://s.example" }'] = "say where the gateway wants {to}",
    ['sms { url = "https://s.example/{to}/{text}", method = "GET", body = "x" }'] = "a GET has no body",
    ['sms { url = "https://s.example/{to}", json = {}, form = { "{text}" } }'] = "say json, form or body",
    ['telegram { bot = "x", chat = "our crew" }'] = "chat is a room's number",
    ['chat { hook = secret "H" }'] = "whose room is it?",
    ['chat { hook = "slack" }'] = "hook is a whole web address",
  } do expect.refused(head:format "+97517123456" .. words, nil, sentence) end
end

function tests.a_number_that_is_none_is_refused_with_whose_it_is()
  local cue <const> = 'cue "you-are-next" { at = "10 minutes before", via = "sms" }'
  expect.refused(head:format "17 12 34" .. gateway .. cue, nil,
    "'17 12 34' of Kiyoug Ko is no phone number with its country")
end

return tests
