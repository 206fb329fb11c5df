-- SPDX-License-Identifier: MIT
-- Broken on purpose: nobody has set the secret.
event "briefing" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  where = zoom { link = secret "ZOOM_LINK" },
  from = "Office <office@office.example>",
}
