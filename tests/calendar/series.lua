-- SPDX-License-Identifier: MIT
-- Six Tuesdays, with the change to summer time after the second.
event "training" {
  title = "Training of trainers",
  zone = "America/New_York",
  from = "Training desk <training@un.example>",
}
guests { { key = "karma", name = "Karma Tshering", mail = "karma@moic.example" } }

series { every = "Tuesday 10:00-12:00", from = "2 Mar 2027", sessions = 6 }
for i = 1, 6 do session(i) { where = ("Room %d"):format(i) } end
require("entries").of_series()
