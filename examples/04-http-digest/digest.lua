-- SPDX-License-Identifier: MIT
-- Every Monday at nine: asks a service how many people signed up, and mails the answer. A Monday that the
-- machine slept through is caught up once. Try it:  usher rehearse digest.lua
-- transcript: usher rehearse --from "2027-02-01 08:00 Asia/Thimphu" digest.lua

local zone <const> = "Asia/Thimphu"

usher.describe { id = "signup-digest", title = "Weekly sign-ups", zone = zone }

-- One line for each training, or the sentence that says why there is none.
local function digest_of(reply)
  if reply.status ~= 200 then
    return ("The sign-up service did not answer: %s."):format(reply.why or "status " .. reply.status)
  end
  local lines = {}
  for _, training in ipairs(reply.json.trainings) do
    lines[#lines + 1] = ("- %s: %d of %d seats"):format(training.title, training.taken, training.seats)
  end
  return #lines > 0 and table.concat(lines, "\n") or "Nobody has signed up yet."
end

usher.flow("digest", function(occurrence)
  local reply = usher.http.get {
    "sign-ups", url = "https://signup.office.example/api/trainings", timeout = "30s",
    rehearse = { status = 200, json = { trainings = { { title = "Open data", taken = 12, seats = 30 } } } },
  }
  local week = usher.time.format(occurrence.nominal, zone, "%d %b %Y")
  return usher.mail {
    "digest", to = "Training unit <trainings@office.example>", from = "Usher <usher@office.example>",
    subject = "Sign-ups until " .. week, text = digest_of(reply), unsure = "resend",
  }
end)

usher.schedule { "weekly-digest", every = "monday 09:00", zone = zone, flow = "digest", missed = "latest" }
