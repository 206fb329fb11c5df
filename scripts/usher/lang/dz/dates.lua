-- SPDX-License-Identifier: MIT
-- dates: how days and times are written (usher.dates). The names of days and months are those of CLDR and of
-- the dz_BT locale of the Dzongkha Development Commission; the order around them is Dzongkha, machine-made:
-- to be reviewed by a speaker.
return {
  digits = "༠༡༢༣༤༥༦༧༨༩",
  sun = "གཟའ་ཟླ་བ་", mon = "གཟའ་མིག་དམར་", tue = "གཟའ་ལྷག་པ་", wed = "གཟའ་ཕུར་བུ་", thu = "གཟའ་པ་སངས་",
  fri = "གཟའ་སྤེན་པ་", sat = "གཟའ་ཉི་མ་",
  jan = "སྤྱི་ཟླ་དངཔ་", feb = "སྤྱི་ཟླ་གཉིས་པ་", mar = "སྤྱི་ཟླ་གསུམ་པ་", apr = "སྤྱི་ཟླ་བཞི་པ་",
  may = "སྤྱི་ཟླ་ལྔ་པ་", jun = "སྤྱི་ཟླ་དྲུག་པ་", jul = "སྤྱི་ཟླ་བདུན་པ་", aug = "སྤྱི་ཟླ་བརྒྱད་པ་",
  sep = "སྤྱི་ཟླ་དགུ་པ་", oct = "སྤྱི་ཟླ་བཅུ་པ་",
  nov = "སྤྱི་ཟླ་བཅུ་གཅིག་པ་", dec = "སྤྱི་ཟླ་བཅུ་གཉིས་པ་",
  day = "{weekday} སྤྱི་ལོ་{year} {month} ཚེས་{day}",
  long = "{day}, ཆུ་ཚོད་ {clock} {place}",
  span = "{day}, ཆུ་ཚོད་ {from}-{to} {place}",
  span_days = "{day}, ཆུ་ཚོད་ {from} ལས་ {last_day}, ཆུ་ཚོད་ {to} ཚུན་ {place}",
  clocks = "{from}-{to} {place}",
}
