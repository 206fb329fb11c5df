-- SPDX-License-Identifier: MIT
-- countdown: how long it is until something begins. Dzongkha, machine-made: to be reviewed by a speaker.
return {
  in_minute = "སྐར་མ་ ༡ གི་ཤུལ་ལས།",
  in_minutes = "སྐར་མ་ {n} གི་ཤུལ་ལས།",
  in_hour = "ཆུ་ཚོད་ ༡ གི་ཤུལ་ལས།",
  in_hours = "ཆུ་ཚོད་ {n} གི་ཤུལ་ལས།",
  tomorrow = "ནངས་པ།",
  in_days = "ཉིནམ་ {n} གི་ཤུལ་ལས།",
}
