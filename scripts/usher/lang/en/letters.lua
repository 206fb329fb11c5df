-- SPDX-License-Identifier: MIT
-- letters: what the organisers are told about deputies, as one sentence without its full stop.
return {
  news_named = "{deputy} comes in the place of {guest}",
  news_back = "{guest} comes after all, and not {deputy}",
  news_nobody = "Nobody comes in the place of {guest}, {deputy} neither",
  news_declined = "{deputy} can't come in the place of {guest}",
}
