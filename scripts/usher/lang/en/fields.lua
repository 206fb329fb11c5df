-- SPDX-License-Identifier: MIT
-- fields: words that stand in forms, and what is wrong with what was typed.
return {
  optional = "(if you like)",
  needed = "(needed)",
  yes = "Yes",
  no = "No",
  missing = "Please fill this in.",
  choose = "Please choose one.",
  choose_each = "Please choose one in each row.",
  too_long = "This is too long.",
  not_text = "This can't be read as text.",
  no_links = "No web addresses here, please.",
  not_a_mail = "This is not a mail address. It looks like name@office.example.",
}
