-- SPDX-License-Identifier: MIT
-- deputy: the form in which a guest names who comes in their place.
return {
  title = "Somebody else comes",
  lead = "Who comes in your place? They get a mail with the details and a link of their own; reminders "
    .. "go to them.",
  lead_for = "Who comes in the place of {name}? They get a mail with the details and a link of their "
    .. "own; reminders go to them.",
  back_hint = "You can take this back at any time.",
  name = "Name",
  salutation = "Form of address, such as Dasho, Dr. or Ms. (if any)",
  mail = "Mail address",
  send = "Send them in my place",
  send_for = "Send them",
  cancel = "Back without a change",
  wrong_name = "Please write the name of the person who comes.",
  wrong_salutation = "Please write a shorter form of address.",
  wrong_mail = "This is not a mail address: write it as name@office.example.",
  wrong_taken = "We can't take this address. Please give another one, or write to us.",
  wrong_limit = "Somebody else was named very often. Please write to us, and we note who comes.",
}
