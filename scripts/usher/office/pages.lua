-- SPDX-License-Identifier: MIT
-- pages: the organisers' pages, in the order of their navigation.
local pages <const> = {
  require "usher.office.today", require "usher.office.people", require "usher.office.person",
  require "usher.office.attendance",
  require "usher.office.signups", require "usher.office.survey", require "usher.office.questions",
  require "usher.office.outbox", require "usher.office.plan", require "usher.office.hold",
  require "usher.office.report", require "usher.office.trail", require "usher.office.change",
  (require "usher.office.you"),
}

return {
  register = function()
    for _, page in ipairs(pages) do page.register() end
  end,
}
