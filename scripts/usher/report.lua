-- SPDX-License-Identifier: MIT
-- report: what is told of an event afterwards, to both organisers: for the command, and for programs on the
-- control socket.
local data = require "usher.report_data"
local view = require "usher.report_view"

local report = {}

-- report.register(): once, by the word `event`. The handler report{} -> { html }.
function report.register()
  view.register()
  usher.on("report", function(request)
    return { html = view.file(data.collect(request.seen)) }
  end, { look = data.look })
end

return report
