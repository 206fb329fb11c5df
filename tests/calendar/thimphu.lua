-- SPDX-License-Identifier: MIT
-- A place without summer time, a name in Dzongkha, a place with a comma, an alarm.
event "hlb-2021" {
  title = "High-Level Briefing on Social Media and Emerging Technologies; in the New Normal",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  where = "Conference Hall, Ministry of Information and Communications, Thimphu",
  from = '"MoIC Briefings, DoIM" <briefings@moic.example>',
  alarm = "15 minutes",
}
people { { key = "doim", name = "DoIM", role = "organiser", mail = "doim@moic.example" } }
guests { { key = "sonam", name = "བསོད་ནམས་དབང་མོ", salutation = "Dasho", mail = "sonam@health.example" } }
require("entries").of_event "Fri 26 Feb 2021 14:00-16:30 Asia/Thimphu"
