-- SPDX-License-Identifier: MIT
-- Signing up: the page, the mails, the seats, and what an organiser may get wrong.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local event = expect.event:gsub("from =", 'where = "Hall 2", from =')
local office = 'people { { key = "o", name = "Office", role = "organiser", mail = "o@b.example" } } '
  .. 'programme { { "14:00-16:30", "Pause" } }\n'
local listed = 'guests { { key = "g", name = "G", mail = "g@x.example" } }\n'
local joining = 'mail "joining" { to = coming, at = "1 day before, 15:00" }\n'

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

-- A running event with this sign-up; it is the first of February.
local function begin(options, more)
  local world = stub.load(event .. office .. (more and more.before or "")
    .. ("signup { %s }\n"):format(options) .. (more and more.after or ""))
  world.run(at "2021-02-01 09:00", at "2021-02-01 09:00")
  return world
end

-- Posts a form; whatever begins because of it runs as far as it can.
local function send(world, path, form, more)
  local response = world.visit("POST", path, form, more)
  world.go(world.now)
  return response
end

local function fill_in(world, name, mail, more)
  local form = { name = name, mail = mail, note = "door." .. world.now - 60000 }
  for field, value in pairs(more or {}) do form[field] = value end
  return send(world, "/signup/test", form, { address = form.address })
end

local function press(world, key, act, more)
  local form = { act = act, name = "N" }
  for field, value in pairs(more or {}) do form[field] = value end
  return send(world, "/p/signup." .. key, form)
end

local function entry(world, number)
  return world.usher.book("signup"):get(type(number) == "string" and number or ("signup-%06d"):format(number))
end

-- The n-th who signs up, and opens the link.
local function arrive(world, n, more)
  fill_in(world, "Person " .. n, ("p%d@x.example"):format(n), more)
  press(world, ("signup-%06d"):format(n), "confirm", { name = "Person " .. n })
  return ("signup-%06d"):format(n)
end

local function last_mail(world) return world.usher.mails[#world.usher.mails] end

local function mails_to(world, flow)
  local list = {}
  for _, mail in ipairs(world.usher.mails) do
    if mail.flow == flow then list[#list + 1] = mail end
  end
  return list
end

local function result_of(world, name, key)
  for _, one in ipairs(world.usher.results) do
    if one.name == name and one.key == key then return one.result end
  end
end

-- ---- the page -----------------------------------------------------------------------------------------

function tests.the_page_says_when_and_asks_what_the_script_asks()
  local body = begin('ask = { "Your office", choice "Lunch" { "Rice", "Red rice" } }')
    .visit("GET", "/signup/test").body
  for _, part in ipairs { "Thu 25 Feb 2021, 14:00-16:30 Thimphu (UTC+6)", 'name="name"', 'type="email"',
    "Your office", "Red rice", 'name="website"', 'name="note"' } do
    expect.contains(body, part)
  end
end

function tests.the_page_does_not_tell_strangers_how_to_join()
  local zoom = 'where = zoom { link = "https://z.example/j/1" }, from ='
  local world = stub.load(expect.event:gsub("from =", zoom) .. office .. "signup {}")
  world.run(at "2021-02-01 09:00", at "2021-02-01 09:00")
  local body = world.visit("GET", "/signup/test").body
  expect.lacks(body, "z.example")
  expect.contains(body, "Online.")
end

function tests.what_is_wrong_stands_beside_the_field_and_what_was_typed_is_kept()
  local world = begin 'ask = { text "Office" { required = true } }'
  local response = fill_in(world, "Sonam <b>", "nobody", { ["ask: Office"] = "" })
  expect.equal(response.status, 422)
  for _, part in ipairs { 'value="Sonam &lt;b&gt;"', 'value="nobody"', 'id="mail-wrong"',
    'id="q1-wrong"' } do
    expect.contains(response.body, part)
  end
  expect.lacks(response.body, 'id="name-wrong"')
  expect.equal(world.usher.book("signup"):count(), 0)
end

function tests.a_name_is_no_web_address_and_has_a_length()
  local world = begin ""
  expect.equal(fill_in(world, "see http://evil.example", "a@x.example").status, 422)
  expect.equal(fill_in(world, ("x"):rep(101), "a@x.example").status, 422)
  expect.equal(fill_in(world, ("\u{0F40}"):rep(61), "a@x.example").status, 422) -- bytes count as well
  expect.equal(fill_in(world, "\n \t\u{200B}\u{200D}", "a@x.example").status, 422)
  expect.equal(fill_in(world, "Karma", "karm\u{E4}@x.example").status, 422)
  fill_in(world, " Sonam\r\nBcc:\u{202E} Wangmo ", "a@x.example")
  expect.equal(entry(world, 1).form.name, "Sonam Bcc: Wangmo")
end

function tests.an_answer_that_was_not_offered_is_none()
  local world = begin 'ask = { choice "Lunch" { "Rice", "Red rice" }, rating "Known", yes_no "First" }'
  for name, value in pairs { ["ask: Lunch"] = "Gold", ["ask: Known"] = "6", ["ask: First"] = "maybe" } do
    expect.equal(fill_in(world, "A", "a@x.example", { [name] = value }).status, 422)
  end
  local given = { ["ask: Lunch"] = "Rice", ["ask: Known"] = "5", ["ask: First"] = "no" }
  fill_in(world, "A", "a@x.example", given)
  expect.equal(entry(world, 1).answers.Lunch .. entry(world, 1).answers.Known, "Rice5")
end

function tests.a_robot_is_thanked_and_forgotten()
  local world = begin ""
  local response = fill_in(world, "A", "a@x.example", { website = "http://x" })
  expect.contains(response.redirect, "/thanks")
  expect.equal(#world.usher.mails + world.usher.book("signup"):count(), 0)
end

function tests.a_form_needs_two_seconds_and_a_page_of_today()
  local world = begin ""
  local notes = { ["door." .. world.now - 1000] = "very quick", nonsense = "open for a long time" }
  for note, said in pairs(notes) do
    local response = fill_in(world, "A", "a@x.example", { note = note })
    expect.equal(response.status, 422)
    expect.contains(response.body, said)
  end
  local slow = fill_in(world, "A", "a@x.example", { note = "door." .. world.now - 2000 })
  expect.contains(slow.redirect, "/thanks")
end

function tests.one_network_sends_so_many_forms_an_hour()
  local world = begin "limit = 2"
  for n = 1, 3 do
    local response = fill_in(world, "A", n .. "@x.example", { address = "192.0.2.1" })
    expect.equal(response.status, n == 3 and 429 or nil)
  end
  expect.contains(fill_in(world, "A", "4@x.example", { address = "192.0.2.2" }).redirect, "/thanks")
  world.go(at "2021-02-01 10:00")
  expect.contains(fill_in(world, "A", "5@x.example", { address = "192.0.2.1" }).redirect, "/thanks")
  expect.equal(world.usher.book("door"):count(), 2) -- what was counted an hour ago is gone
end

function tests.a_network_of_version_six_is_its_first_half()
  stub.load(expect.event)
  local door = require "usher.door"
  for address, network in pairs { ["2001:db8:1:2:3:4:5:6"] = "2001:db8:1:2", ["2001:db8::1"] = "2001:db8:0:0",
    ["::1"] = "0:0:0:0", ["2001:db8:1:2:3::"] = "2001:db8:1:2", ["192.0.2.1"] = "192.0.2.1",
    ["::ffff:192.0.2.1"] = "0:0:0:0" } do
    expect.equal(door.network_of(address), network)
  end
end

function tests.it_opens_and_closes_when_the_script_says()
  local world = begin 'opens = "10 days before, 09:00", closes = "1 day before, 17:00"'
  local function status() return fill_in(world, "A", "a@x.example").status end
  expect.contains(world.visit("GET", "/signup/test").body, "opens on Mon 15 Feb 2021, 09:00")
  expect.equal(status(), 409)
  world.go(at "2021-02-15 09:00")
  expect.equal(status(), nil)
  world.go(at "2021-02-24 17:00")
  expect.equal(status(), 409)
  expect.contains(world.visit("GET", "/signup/test").body, "Sign-up is closed.")
end

function tests.the_browser_says_which_language()
  local world = begin 'languages = { "en", "dz" }'
  local function page(language, query)
    local headers = { ["accept-language"] = language }
    return world.visit("GET", "/signup/test", nil, { headers = headers, query = query }).body
  end
  expect.contains(page "dz-BT,en;q=0.5", 'lang="dz"')
  expect.contains(page "fr", '<html lang="en"')
  expect.contains(page("dz", { lang = "en" }), '<html lang="en"')
end

-- ---- addresses ----------------------------------------------------------------------------------------

function tests.a_sign_up_counts_when_the_mailed_link_was_opened()
  local world = begin "seats = 2"
  fill_in(world, "Sonam", "sonam@x.example")
  expect.equal(entry(world, 1).state, "pending")
  expect.contains(last_mail(world).text, "/p/signup.signup-000001")
  expect.contains(world.visit("GET", "/p/signup.signup-000001").body, "Confirm my sign-up")
  expect.equal(entry(world, 1).state, "pending") -- looking changes nothing
  local pressed = press(world, "signup-000001", "confirm", { name = "Dasho Sonam" })
  expect.equal(pressed.redirect, "/p/signup.signup-000001")
  expect.equal(entry(world, 1).state, "seat")
  expect.equal(last_mail(world).to, '"Dasho Sonam" <sonam@x.example>')
  expect.contains(last_mail(world).text, "Thu 25 Feb 2021, 14:00-16:30 Thimphu (UTC+6)")
end

function tests.before_the_link_is_opened_nobody_reads_what_was_typed()
  local world = begin ""
  fill_in(world, "Buy my pills", "victim@x.example", { ["ask: x"] = "pills" })
  expect.equal(last_mail(world).to, "victim@x.example")
  expect.lacks(last_mail(world).text .. last_mail(world).subject, "pills")
end

function tests.one_address_is_one_person_however_it_is_written()
  local world = begin ""
  for _, mail in ipairs { "Sonam@X.example", " sonam@x.example", "SONAM@x.EXAMPLE  " } do
    fill_in(world, "Sonam", mail)
  end
  expect.equal(#world.usher.mails, 1)
  expect.equal(world.usher.book("signup"):count(), 1)
end

function tests.an_address_is_written_to_once_an_hour_and_changed_by_its_link_alone()
  local world = begin ""
  local key = arrive(world, 1)
  world.go(at "2021-02-01 09:59")
  fill_in(world, "Somebody else", "p1@x.example")
  expect.equal(#world.usher.mails, 2)
  world.go(at "2021-02-01 10:00")
  fill_in(world, "Somebody else", "p1@x.example")
  expect.contains(last_mail(world).subject, "signed up already")
  expect.equal(world.usher.book("roster"):get(key).name, "Person 1")
end

function tests.a_form_that_nobody_confirms_is_forgotten()
  local world = begin ""
  fill_in(world, "Sonam", "sonam@x.example")
  world.go(at "2021-02-03 09:00")
  expect.equal(world.usher.book("signup"):count() + world.usher.book("signup-mail"):count(), 0)
  expect.equal(world.visit("GET", "/p/signup.signup-000001").status, 410)
end

function tests.without_confirm_it_counts_at_once_but_not_for_the_guest_list()
  local world = begin("confirm = false", { before = listed })
  fill_in(world, "Sonam", "sonam@x.example")
  expect.equal(entry(world, 1).state, "seat")
  fill_in(world, "Not G", "G@x.example")
  expect.equal(entry(world, "g").state, "pending")
  press(world, "g", "confirm")
  expect.equal(last_mail(world).to, '"G" <g@x.example>') -- as the list writes it
  expect.equal(world.usher.book("answers"):get("g").answer, "yes")
end

function tests.known_and_unknown_addresses_get_the_same_page()
  local world = begin("", { before = listed })
  local unknown, known = fill_in(world, "A", "a@x.example"), fill_in(world, "G", "g@x.example")
  expect.equal(unknown.redirect, known.redirect)
  expect.equal(fill_in(world, "A", "a@x.example").redirect, known.redirect)
end

-- ---- seats --------------------------------------------------------------------------------------------

local groups = "seats = { A = 1, B = 1, free = 1 }"

local function states(world, n)
  local list = {}
  for i = 1, n do list[i] = entry(world, i) and entry(world, i).state or "none" end
  return table.concat(list, " ")
end

function tests.a_group_fills_its_own_seats_and_then_the_free_ones()
  local world = begin(groups)
  for n, group in ipairs { "A", "A", "A", "B", "B" } do arrive(world, n, { group = group }) end
  expect.equal(states(world, 5), "seat seat waiting seat waiting")
end

function tests.who_sits_on_a_free_seat_moves_over_when_one_of_the_group_goes()
  local world = begin(groups)
  for n, group in ipairs { "A", "A", "B", "B" } do arrive(world, n, { group = group }) end
  expect.equal(states(world, 4), "seat seat seat waiting")
  press(world, "signup-000001", "cancel")
  expect.equal(states(world, 4), "cancelled seat seat offered")
end

function tests.the_earliest_of_those_who_could_have_the_seat_is_asked()
  local world = begin(groups)
  for n, group in ipairs { "A", "B", "A", "B", "A" } do arrive(world, n, { group = group }) end
  expect.equal(states(world, 5), "seat seat seat waiting waiting")
  press(world, "signup-000003", "cancel") -- a free one: either group
  expect.equal(states(world, 5), "seat seat cancelled offered waiting")
  press(world, "signup-000001", "cancel") -- one of A
  expect.equal(states(world, 5), "cancelled seat cancelled offered offered")
end

function tests.an_offer_is_taken_declined_or_passes()
  local world = begin 'seats = 1, offer = "2 days"'
  for n = 1, 4 do arrive(world, n) end
  expect.contains(mails_to(world, "signup-waiting")[3].text, "You are number 3 on the wait-list.")
  press(world, "signup-000001", "cancel")
  expect.contains(last_mail(world).text, "until Wed 03 Feb 2021, 09:00 Thimphu (UTC+6)")
  press(world, "signup-000002", "cancel")
  expect.equal(states(world, 4), "cancelled cancelled offered waiting")
  world.go(at "2021-02-03 09:00")
  expect.equal(states(world, 4), "cancelled cancelled lapsed offered")
  expect.contains(mails_to(world, "signup-expired")[1].subject, "gone to the next")
  press(world, "signup-000004", "take")
  expect.equal(states(world, 4), "cancelled cancelled lapsed seat")
  world.go(at "2021-02-06 09:00")
  expect.equal(states(world, 4), "cancelled cancelled lapsed seat")
end

function tests.who_comes_back_goes_to_the_end()
  local world = begin "seats = 1"
  for n = 1, 3 do arrive(world, n) end
  press(world, "signup-000002", "cancel")
  press(world, "signup-000002", "again")
  expect.contains(world.visit("GET", "/p/signup.signup-000002").body, "You are number 2.")
  press(world, "signup-000001", "cancel")
  expect.equal(states(world, 3), "cancelled waiting offered")
end

function tests.the_deadline_is_told_by_both_clocks()
  local world = begin 'seats = 1, zones = { "Asia/Seoul" }'
  for n = 1, 2 do arrive(world, n, { zone = "Asia/Seoul" }) end
  press(world, "signup-000001", "cancel")
  expect.contains(last_mail(world).text,
    "until Wed 03 Feb 2021, 12:00 Seoul (UTC+9), which is 09:00 Thimphu (UTC+6)")
  expect.contains(world.visit("GET", "/p/signup.signup-000002").body, "12:00 Seoul (UTC+9)")
end

function tests.without_a_wait_list_a_full_event_says_so()
  local world = begin "seats = 1, waitlist = false"
  fill_in(world, "A", "a@x.example")
  fill_in(world, "B", "b@x.example")
  press(world, "signup-000001", "confirm")
  expect.equal(press(world, "signup-000002", "confirm").redirect, "/p/signup.signup-000002?done=full")
  expect.equal(states(world, 2), "seat pending")
  expect.contains(world.visit("GET", "/signup/test").body, "All seats are taken.")
  expect.equal(fill_in(world, "C", "c@x.example").status, 409)
end

function tests.after_the_beginning_nothing_changes_any_more()
  local world = begin "seats = 1"
  for n = 1, 2 do arrive(world, n) end
  world.go(at "2021-02-25 14:00")
  expect.equal(press(world, "signup-000001", "cancel").status, 409)
  expect.equal(states(world, 2), "seat waiting")
end

function tests.a_button_that_is_not_there_does_nothing()
  local world = begin "seats = 1"
  local key = arrive(world, 1)
  for _, act in ipairs { "take", "again", "confirm", "nonsense", "" } do
    expect.equal(press(world, key, act).redirect, "/p/signup." .. key)
  end
  expect.equal(entry(world, 1).state, "seat")
  expect.equal(#world.usher.mails, 2)
end

function tests.answers_can_be_changed()
  local world = begin 'ask = { text "Office" { required = true } }'
  fill_in(world, "A", "a@x.example", { ["ask: Office"] = "Old" })
  press(world, "signup-000001", "confirm", { ["ask: Office"] = "New" })
  expect.equal(press(world, "signup-000001", "change", { ["ask: Office"] = "" }).status, 422)
  press(world, "signup-000001", "change", { ["ask: Office"] = "Newer", name = "Dasho A" })
  expect.equal(entry(world, 1).answers.Office, "Newer")
  expect.equal(world.usher.book("roster"):get("signup-000001").name, "Dasho A")
end

-- ---- mails of rules, and the office -------------------------------------------------------------------

function tests.who_has_a_seat_gets_the_reminders()
  local world = begin("seats = 1", { after = joining })
  for n = 1, 2 do arrive(world, n) end
  world.go()
  expect.equal(result_of(world, "joining", "signup-000001").sent, true)
  expect.equal(result_of(world, "joining", "signup-000002").skipped, "is on the wait-list")
end

function tests.what_the_late_have_missed_is_in_the_confirmation()
  local world = begin("", { after = joining })
  world.go(at "2021-02-25 09:00")
  local key = arrive(world, 1)
  expect.contains(last_mail(world).text, "**How to join: Test**")
  expect.equal(result_of(world, "joining", key).skipped, "was told with the confirmation of the sign-up")
end

function tests.of_several_that_were_missed_the_latest_is_told()
  local world = begin("", { after = joining .. 'mail "starting" { to = coming, at = "30 minutes before" }' })
  world.go(at "2021-02-25 13:40")
  arrive(world, 1)
  expect.contains(last_mail(world).text, "**Starting soon: Test**")
  expect.lacks(last_mail(world).text, "How to join")
end

function tests.a_rule_that_says_late_speaks_for_itself()
  local world = begin("", { after = joining:gsub("15:00\"", '15:00", late = "until start"') })
  world.go(at "2021-02-25 09:00")
  local key = arrive(world, 1)
  expect.lacks(mails_to(world, "signup-seat")[1].text, "How to join")
  expect.equal(result_of(world, "joining", key).sent, true)
end

function tests.a_rule_that_is_newer_than_a_sign_up_reaches_it()
  local world = begin("", { after = joining })
  local key = arrive(world, 1)
  for i, start in ipairs(world.usher.starts) do
    if start.name == "joining" then table.remove(world.usher.starts, i) break end
  end
  local fresh = stub.load(event .. office .. "signup {}\n" .. joining) -- a new version of the script
  fresh.usher.books = world.usher.books
  fresh.run(at "2021-02-02 09:00")
  expect.equal(result_of(fresh, "joining", key).sent, true)
end

function tests.who_waits_is_an_audience()
  local still = 'mail "still" { to = waiting, at = "1 day before", subject = "S", text = "T" }'
  local world = begin('seats = 1, offer = "30 days"', { after = still })
  for n = 1, 2 do arrive(world, n) end
  world.go()
  expect.equal(result_of(world, "still", "signup-000001").skipped, "is not on the wait-list")
  expect.equal(result_of(world, "still", "signup-000002").sent, true)
end

function tests.a_no_that_the_office_hears_frees_the_seat()
  local world = begin "seats = 1"
  for n = 1, 2 do arrive(world, n) end
  world.usher.handlers.answer { person = "Person 1", answer = "no", who = "office" }
  expect.equal(states(world, 2), "cancelled offered")
  expect.equal(world.usher.book("answers"):get("signup-000001").who, "office:office")
end

function tests.the_office_gives_nobody_a_seat_that_is_not_there()
  local world = begin "seats = 1"
  for n = 1, 2 do arrive(world, n) end
  local fine, why = pcall(world.usher.handlers.answer, { person = "signup-000002", answer = "yes" })
  expect.equal(fine, false)
  expect.contains(why, "Person 2 can't be given a seat")
end

function tests.who_accepts_in_a_calendar_when_all_is_full_waits_again()
  local world = begin 'seats = 1, offer = "30 days"'
  for n = 1, 2 do arrive(world, n) end
  press(world, "signup-000001", "cancel")
  local said = { person = "signup-000001", answer = "yes", who = "calendar" }
  require("usher.answers").answer(said)
  world.go(world.now)
  expect.equal(states(world, 2), "waiting offered")
  expect.equal(world.usher.book("answers"):has("signup-000001"), false)
  expect.contains(last_mail(world).text, "number 1 on the wait-list")
end

function tests.who_lists_them_with_what_they_answered()
  local world = begin 'seats = 1, ask = { "Office" }'
  for n = 1, 2 do arrive(world, n) end
  press(world, "signup-000001", "change", { ["ask: Office"] = "DoIM" })
  local list = world.usher.handlers.who {}
  expect.equal(list[1].answer .. list[1].asked.Office .. list[2].answer, "yesDoIMwaiting")
end

function tests.the_organisers_count_them()
  local counts = 'mail "counts" { to = organisers, at = "1 day before", subject = "S", text = "{answers}" }'
  local world = begin('seats = 1, offer = "30 days"', { after = counts })
  for n = 1, 3 do arrive(world, n) end
  press(world, "signup-000001", "cancel")
  world.go()
  expect.contains(mails_to(world, "counts")[1].text,
    "Guests: 0 coming, 1 declined, 0 without an answer, 2 on the wait-list")
end

-- ---- what organisers get wrong ------------------------------------------------------------------------

local refusals <const> = {
  { "seats = 0", "seats must be a whole number of seats, at least 1, not 0" },
  { "seats = 2.5", "not 2.5" },
  { 'seats = "40"', "not a string" },
  { "seats = { 10, 20 }", 'seats = { ["Local offices"] = 10 }' },
  { 'seats = { A = 1 }, groups = { "B" }', "no group is called 'A' (did you mean 'B'?)" },
  { 'groups = { "free" }', '"free" is no group' },
  { 'groups = {}', "groups is an empty list" },
  { 'groups = { "A", "A" }', "'A' is there twice" },
  { 'seats = 1, waitlist = false, offer = "2 days"', "waitlist = false" },
  { 'offer = "2 days"', "offer has no meaning while there is room for everybody" },
  { 'seats = 1, offer = "tomorrow"', "signup: offer:" },
  { 'seats = 1, offer = "-2 days"', 'as in  offer = "2 days"' },
  { 'opens = "2 days before", closes = "3 days before"', "which is not after it opens" },
  { 'opens = "whenever"', "signup: opens:" },
  { 'zones = { "Asia/Thimpu" }', "unknown time zone" },
  { 'languages = { "fr" }', "the pages are not there in 'fr'" },
  { "limit = 0", "how many forms come in from one network" },
  { "ask = { 1 }", "number 1 is no question" },
  { 'ask = { "A", "A" }', '"A" is asked twice' },
  { 'ask = { choice "Lunch" }', 'choice "Lunch" has no answers' },
  { 'ask = { choice "Lunch" { "Rice" } }', "list what may be answered" },
  { 'ask = { choice "Lunch" { "Rice", "Rice" } }', "the answer 'Rice' is there twice" },
  { 'ask = { text "A" { requierd = true } }', "did you mean 'required'?" },
  { 'ask = { rating "A" { to = 50 } }', "from 0 to 10" },
  { "mails = { seats = {} }", "there is no mail 'seats' (did you mean 'seat'?)" },
  { 'mails = { seat = { text = "{nobody}" } }', "mails: seat: text line 1: unknown placeholder {nobody}" },
  { 'mails = { check = { text = "Dear {name} {signup_link}" } }', "leave {name} out" },
  { "seat = 40", "no option 'seat' (did you mean 'seats'?)" },
}

function tests.every_mistake_is_a_sentence()
  for _, case in ipairs(refusals) do
    expect.refused(event .. office .. ("signup { %s }"):format(case[1]), nil, "test.lua:3: ", case[2])
  end
end

function tests.it_stands_above_the_rules_and_once()
  expect.refused("signup {}", nil, "say what the event is first")
  expect.refused(event .. office .. joining .. "signup {}", nil, "it belongs above the first rule")
  expect.refused(event .. office .. "signup {}\nsignup {}", nil, "belongs above the first rule")
  local taken = 'guests { { key = "signup-1", name = "A", mail = "a@b.example" } }\n'
  expect.refused(expect.event .. taken .. "signup {}", nil,
    "the key 'signup-1' is one that sign-ups have")
end

function tests.texts_of_rules_are_checked_for_who_will_sign_up()
  expect.refused(event .. office .. 'guests { { name = "A", mail = "a@b.example", office = "X" } } '
    .. 'signup {}\nmail "x" { to = coming, at = "1 day before", subject = "S", text = "{office}" }', nil,
    "test.lua:4: mail",
    "{office} is empty for Sonam Wangmo (somebody who signs up)")
end

local function notes_of(options)
  return begin(options).usher.handlers.rehearsed { effects = {} }.check
end

function tests.what_looks_odd_is_told()
  expect.contains(notes_of 'closes = "1 hour after"', "after the event has begun")
  expect.contains(notes_of 'seats = 1, opens = "3 days before", offer = "2 days"', "will hardly move")
  expect.equal(notes_of 'seats = 1, opens = "10 days before"', "")
end

-- ---- the rehearsal ------------------------------------------------------------------------------------

function tests.strangers_fill_the_seats_and_a_few_wait()
  local world = begin "seats = { A = 2, B = 3, free = 1 }"
  local acts = world.usher.handlers["pretend-begin"] { now = world.now }
  expect.equal(#acts, 10)
  local seen = {}
  for _, act in ipairs(acts) do
    seen[act.visit.form.group] = (seen[act.visit.form.group] or 0) + 1
    expect.equal(act.visit.path, "/signup/test")
    expect.equal(seen[act.visit.form.mail], nil)
    seen[act.visit.form.mail] = true
  end
  expect.equal(seen.A + seen.B, 10)
end

return tests
