-- SPDX-License-Identifier: MIT
-- Broken on purpose: the recording is named by its file, and guests could not open that.
event "travel-form" {
  title = "The new travel form",
  when = "Wed 5 Mar 2031 14:00-15:30 Asia/Thimphu",
  where = "Meeting room 2",
  recording = "travel-form.mp4",
}
