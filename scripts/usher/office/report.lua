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

local function table_links()
  local items = {}
  for i, name in ipairs(tables.names()) do
    items[i] = h.li { h.a { href = parts.query(parts.path "report.csv", { table = name }), name } }
  end
  return h.ul { items }
end

local function to_keep()
  return h.section { h.h2 { "To keep" },
    h.p { h.a { href = parts.path "report.html", "The report as one file" },
      " for a mail or for paper: without the names of who is interested or who asked." },
    usher.parts().xlsx and h.p { h.a { href = parts.path "report.xlsx", "All tables in one file for Excel" },
      ", with names." } or nil,
    h.p { "Tables as CSV, with names:" }, table_links() }
end

local function page(request)
  return { title = "Report", heading = false, live = false, style = "/static/report.css",
    body = h.div { class = "report", view.node(data.collect(request.seen)), to_keep() } }
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
  local walk = { look = data.look, walk = true }
  office.page("report", { text = "Report", look = data.look, walk = true }, page)
  office.file("report.html", "see", page_file, walk)
  office.file("report.csv", "see", csv_file, walk)
  if usher.parts().xlsx then office.file("report.xlsx", "see", xlsx_file, walk) end
end

return report
