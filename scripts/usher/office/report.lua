-- SPDX-License-Identifier: MIT
-- report: what is told of the event, as it stands now; and the same to keep: one file, and the tables.
local csv_out = require "usher.csv_out"
local data = require "usher.report_data"
local facts = require "usher.facts"
local h = require "usher.html"
local office = require "usher.office"
local parts = require "usher.office.parts"
local table_out = require "usher.table_out"
local tables = require "usher.report_tables"
local view = require "usher.report_view"

local report = {}

local function table_links(told)
  local items = {}
  for i, one in ipairs(tables.all(told)) do
    local path = parts.query(parts.path "report.csv", { table = one.title })
    items[i] = h.li { h.a { href = path, one.title }, (" (%s)"):format(parts.count(#one.rows, "row")) }
  end
  return h.ul { items }
end

local function to_keep(told)
  return h.section { h.h2 { "To keep" },
    h.p { h.a { href = parts.path "report.html", "The report as one file" },
      " for a mail or for paper: without the names of who is interested or who asked." },
    usher.parts().xlsx and h.p { h.a { href = parts.path "report.xlsx", "All tables in one file for Excel" },
      ", with names." } or nil,
    h.p { "Tables as CSV, with names:" }, table_links(told) }
end

local function page(request)
  local told = data.collect(request.seen)
  return { title = "Report", heading = false, live = false, style = "/static/report.css",
    body = h.div { class = "report", view.node(told), to_keep(told) } }
end

local function as_file(file, type, body)
  return { type = type, body = body,
    headers = { ["content-disposition"] = ('attachment; filename="%s-%s"'):format(facts.event.id, file) } }
end

local function page_file(request)
  return as_file("report.html", "text/html; charset=utf-8", view.file(data.collect(request.seen)))
end

local function csv_file(request)
  local t = tables.one(data.collect(request.seen), (request.query or {}).table)
  return t and csv_out.of(t) or { redirect = parts.path "report" }
end

local function xlsx_file(request)
  return table_out.xlsx_response(facts.event.id .. "-report", tables.all(data.collect(request.seen)))
end

function report.register()
  office.page("report", { text = "Report", look = data.look }, page)
  office.file("report.html", "see", page_file, data.look)
  office.file("report.csv", "see", csv_file, data.look)
  if usher.parts().xlsx then office.file("report.xlsx", "see", xlsx_file, data.look) end
end

return report
