-- SPDX-License-Identifier: MIT
-- sheet: what pages say about the event.
return {
  when = "When",
  where = "Where",
  by = "Invited by",
  online = "Online (Zoom)",
  objectives = "What it is for",
  programme = "Programme",
  times_of = "Times of {place}",
  now = "now",
}
