-- SPDX-License-Identifier: MIT
-- show: what is on now, for guests; and the mail to a speaker whose time has moved.
return {
  now = "Now",
  next = "Next",
  until_ = "until {time}",
  at = "at {time}",
  then_ = "straight after",
  over = "The programme is over.",
  new_time_subject = "New time: {item} at {time}",
  new_time_later = "Dear {name},\n\nwe are running late. Your part, **{item}**, now begins at {when}.\n",
  new_time_earlier = "Dear {name},\n\nwe are ahead of time. Your part, **{item}**, now begins at {when}.\n",
}
