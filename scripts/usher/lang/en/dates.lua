-- SPDX-License-Identifier: MIT
-- dates: how days and times are written (usher.dates).
return {
  digits = "0123456789",
  sun = "Sun", mon = "Mon", tue = "Tue", wed = "Wed", thu = "Thu", fri = "Fri", sat = "Sat",
  jan = "Jan", feb = "Feb", mar = "Mar", apr = "Apr", may = "May", jun = "Jun",
  jul = "Jul", aug = "Aug", sep = "Sep", oct = "Oct", nov = "Nov", dec = "Dec",
  day = "{weekday} {day} {month} {year}",
  long = "{day}, {clock} {place}",
  span = "{day}, {from}-{to} {place}",
  span_days = "{day}, {from} to {last_day}, {to} {place}",
  clocks = "{from}-{to} {place}",
}
