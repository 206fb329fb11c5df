-- SPDX-License-Identifier: MIT
-- report: what is told of the event, as it stands now; and the same to keep: one file, and the tables.
local csv_out = require "usher.csv_out"
local data = require "usher.report_data"
local facts = require "usher.facts"
local h = require "usher.html"
local office = require "usher.office"
local parts = require "usher.office.parts"
local tables = require "usher.report_tables"
local view = require "usher.report_view"

local report = {}

local function table_links(told)
  local items = {}
  for i, one in ipairs(tables.all(told)) do
    local path = parts.query(parts.path "report.csv", { table = one.name })
    items[i] = h.li { h.a { href = path, one.name }, (" (%s)"):format(parts.count(#one.rows, "row")) }
  end
  return h.ul { items }
end

local function to_keep(told)
  return h.section { h.h2 { "To keep" },
    h.p { h.a { href = parts.path "report.html", "The report as one file" },
      " for a mail or for paper: without the names of who is interested or who asked." },
    h.p { "Tables for spreadsheets, with names:" }, table_links(told) }
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

local function table_file(request)
  local name = (request.query or {}).table
  local columns, rows = tables.one(data.collect(request.seen), name)
  if not columns then return { redirect = parts.path "report" } end
  return csv_out.response(tables.file(name) .. ".csv", columns, rows)
end

function report.register()
  office.page("report", { text = "Report", look = data.look }, page)
  office.file("report.html", "see", page_file, data.look)
  office.file("report.csv", "see", table_file, data.look)
end

return report
