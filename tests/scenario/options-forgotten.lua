-- SPDX-License-Identifier: MIT
-- A rule that stops after its name would send nothing, and say nothing: so it is refused.
-- transcript: usher check options-forgotten.lua
event "options-forgotten" {
  title = "Briefing",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
}
mail "invitation"
