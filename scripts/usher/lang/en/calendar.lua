-- SPDX-License-Identifier: MIT
-- calendar: what stands in calendar entries, and on the page where one subscribes to them.
return {
  join = "To join: {url}",
  id = "Meeting ID: {id}",
  code = "Passcode: {code}",
  by = "Invited by: {organisers}",
  in_the_mail = "Zoom: the link is in the mail",
  title = "In your calendar",
  lead = "Subscribe once, and your calendar follows every change of time and place.",
  subscribe = "Subscribe",
  address = "Or give your calendar program this address. It is yours alone, so please do not pass it on:",
  once = "To take the entries as they are now, without later changes:",
}
