-- SPDX-License-Identifier: MIT
-- Six Tuesdays, with the change to summer time after the second.
local facts = require "usher.facts"

event "training" {
  title = "Training of trainers",
  when = "Tue 2 Mar 2027 10:00-12:00 America/New_York",
  from = "Training desk <training@un.example>",
}
guests { { key = "karma", name = "Karma Tshering", mail = "karma@moic.example" } }

local starts = usher.time.rrule { starts = facts.event.starts, rule = "FREQ=WEEKLY;COUNT=6" }
for i, moment in ipairs(starts) do
  facts.sessions[i] = { id = tostring(i), title = ("Training of trainers, session %d of 6"):format(i),
    starts = moment, ends = usher.time.shift(moment, "2h"),
    where = { kind = "place", text = "Room " .. i } }
end
require("entries").of_series()
