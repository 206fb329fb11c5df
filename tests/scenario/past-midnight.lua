-- SPDX-License-Identifier: MIT
-- An event that goes past midnight, read from a list with dashes of every kind: the items after midnight
-- belong to the next day, an item without an end lasts until the next one, and each clock has its day.
-- transcript: usher rehearse past-midnight.lua --from "20 Mar 2027 09:00 Europe/Berlin"
event "past-midnight" {
  title = "Datenschutz für Ämter",
  when = "Fri 26 Mar 2027 22:30 - 27 Mar 2027 01:15 Europe/Berlin",
  from = "Amt für Übung <uebung@amt.example>",
  language = "de",
}
people { { key = "gross", name = "Änne Groß", role = "speaker", mail = "gross@amt.example" } }
guests {
  { name = "Jörg Müßig", mail = "joerg@amt.example" },
  { name = "Jane O'Neil", mail = "jane@un.example", zone = "America/New_York", language = "en" },
}
programme {
  { "22:30 – 23:00", "Begrüßung" },
  { "23:00 to 00:10", "Vortrag", by = "gross" },
  { "0.10", "Fragen an das Podium" },
  { "00:40~01:15", "Ausklang", by = "gross" },
}

mail "hinweis" {
  to = invited,
  at = "3 days before, 09:00",
  zone = "theirs",
  subject = { de = "Hinweis: {title}", en = "Note: {title}" },
  text = { de = "Guten Tag {full_name},\n\n{programme}", en = "Dear {full_name}, {when_both}" },
}
cue "gleich" {
  at = "10 minutes before",
  subject = "In {minutes} Minuten: {item}",
  text = "{item}, {item_when}",
}
