-- SPDX-License-Identifier: MIT
-- cancelled: what pages say of an event that does not take place (usher.cancelled).
return {
  title = "The event is cancelled",
  lead = "We are sorry: it does not take place. There is nothing that you need to do.",
}
