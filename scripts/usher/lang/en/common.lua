-- SPDX-License-Identifier: MIT
-- common: words that stand on every page.
return {
  questions = "Questions? Write to {from}.",
  practice = "Practice: nothing here is real, and nothing is sent.",
  back = "Back",
  send = "Send",
  expired_title = "This link is no longer valid",
  expired = "It was made for a limited time. Please write to us, and we send you another.",
  gone_title = "This link is no longer valid",
  gone = "The person whom it was made for is not on the list any more. Please write to us if that is "
    .. "wrong.",
}
