-- SPDX-License-Identifier: MIT
-- entries: the life of a calendar entry, one mail each day: asked, asked again, moved, taken back, asked once
-- more; then the feed. Each mail's text says in JSON what usher itself knows, for readers to compare with.
local facts = require "usher.facts"
local feed = require "usher.feed"
local invite = require "usher.invite"
local sessions = require "usher.sessions"

local entries = {}

local function title_of(session)
  return sessions.is_series() and sessions.title(session, "en") or session.title
end

local function known(them)
  local list = {}
  for i, s in ipairs(them) do
    list[i] = { starts = s.starts.utc, ends = s.ends.utc, title = title_of(s) }
  end
  return usher.json.encode { now = usher.now(), sessions = list }
end

local function send(name, attachment, them)
  usher.sleep("24h")
  usher.mail { name, to = facts.guests[1].mail, from = facts.event.from, subject = name, html = false,
    text = known(them), attach = { attachment } }
end

local function answer(person, word)
  usher.book("answers"):set(person.key, { answer = word, at = usher.now() })
end

-- The event as it will be: on another day.
local function moved_to(when)
  local starts, ends = usher.time.parse(when)
  return { id = facts.event.id, title = facts.event.title, starts = starts, ends = ends,
    where = facts.event.where }
end

function entries.of_event(when)
  local moved, now = moved_to(when), { facts.event }
  usher.flow("entries", function()
    local person = facts.guests[1]
    send("request", usher.decide("request", invite.request, person), now)
    usher.decide("answer", answer, person, "yes")
    send("again", usher.decide("again", invite.request, person), now)
    send("update", usher.decide("update", invite.request, person, moved), { moved })
    send("cancel", usher.decide("cancel", invite.cancel, person, moved), { moved })
    send("once-more", usher.decide("once-more", invite.request, person, moved), { moved })
  end)
  usher.start("entries", { key = "all" })
end

local function feed_of(person)
  return { name = "feed.ics", type = "application/octet-stream", data = feed.text(person) }
end

function entries.of_series()
  usher.flow("entries", function()
    local person, all = facts.guests[1], sessions.all()
    usher.decide("told", function()
      for _, session in ipairs(all) do invite.decide(person, false, session) end
    end)
    send("one", usher.decide("one", invite.request, person, all[3]), { all[3] })
    send("gone", usher.decide("gone", invite.cancel, person, all[2]), { all[2] })
    send("feed", usher.decide("feed", feed_of, person), all)
  end)
  usher.start("entries", { key = "all" })
end

return entries
