-- SPDX-License-Identifier: MIT
-- countdown: how long it is until something begins.
return {
  in_minute = "in 1 minute",
  in_minutes = "in {n} minutes",
  in_hour = "in 1 hour",
  in_hours = "in {n} hours",
  tomorrow = "tomorrow",
  in_days = "in {n} days",
}
