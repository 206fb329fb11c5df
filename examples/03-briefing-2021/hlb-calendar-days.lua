-- SPDX-License-Identifier: MIT
-- The same briefing with rules that count calendar days. Its rehearsal shows why the house rules count
-- working days: mails at the weekend, on the King's birthday, and late in Seoul's evening.

event "hlb-2021-calendar-days" {
  title = "High-Level Briefing on Social Media and Emerging Technologies in the New Normal",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  where = zoom { link = "https://zoom.example/j/94512345678" },
  organisers = { "doim", "apcict" },
  host = "host",
  from = "MoIC Briefings <briefings@moic.example>",
}

people "people.csv"
guests "guests.csv"
holidays { Thimphu = "bt 2021", Seoul = "kr 2021", Manila = "ph 2021" }
programme "programme.txt"

objectives { "Increase awareness of emerging digital technologies and the role of social media" }

use "briefing-calendar-days"
