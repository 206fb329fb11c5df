-- SPDX-License-Identifier: MIT
-- A night in which the clocks go forward, moved to one in which they go back; a name with quotes and a caret.
event "night-watch" {
  title = "Night watch of the mail servers",
  when = "Sat 13 Mar 2027 22:30 - 14 Mar 2027 04:00 America/New_York",
  where = zoom { link = "https://zoom.example/j/945" },
  from = "Watch <watch@un.example>",
}
guests { { key = "bob", name = 'Robert "Bob" O^Neill', mail = "bob+night@un.example",
  zone = "America/New_York" } }
require("entries").of_event "Sat 6 Nov 2027 22:30 - 7 Nov 2027 04:00 America/New_York"
