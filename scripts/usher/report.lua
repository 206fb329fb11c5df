-- SPDX-License-Identifier: MIT
-- report: what is told of an event afterwards, to both organisers: for the command, and for programs on the
-- control socket.
local data = require "usher.report_data"
local tables = require "usher.report_tables"
local view = require "usher.report_view"

local report = {}

-- What the command asks for. csv: the tables as well.
local function answer(request)
  local told = data.collect(request.seen)
  return { html = view.file(told), tables = request.csv and tables.csv(told) or nil }
end

-- report.register(): once, by the word `event`. The handler report{ csv = yes or no } -> { html, tables }.
function report.register()
  view.register()
  usher.on("report", answer, { look = data.look })
end

return report
