-- SPDX-License-Identifier: MIT
-- One mail to one person, the day before. Try it:  usher rehearse hello.lua

event "hello" {
  title = "Hello, world",
  when = "Tue 25 Feb 2031 14:00-15:00 Asia/Thimphu",
  from = "Usher <usher@office.example>",
}
guests { { name = "Karma Tshering", mail = "karma@office.example" } }
mail "hello" { to = invited, at = "1 day before, 09:00", subject = "{title}", text = "See you, {name}!" }
