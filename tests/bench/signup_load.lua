-- SPDX-License-Identifier: MIT
-- signup_load: what wrk does for W3: each request signs up somebody else. Prints one JSON line at the end.
-- Usage: wrk -s signup_load.lua URL -- PREFIX FORM
-- FORM is the rest of the form, and ends with the name of the field that the address goes into.
-- luacheck: globals wrk init request done
local prefix, form, n = "", "", 0

function init(args)
  prefix, form = args[1], args[2]
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  n = n + 1
  local body = "name=Karma+Tshering+%d&%s=%s%d%%40guests.example"
  return wrk.format(nil, nil, nil, body:format(n, form, prefix, n))
end

function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  local line = '{"answered": %d, "refused": %d, "broken": %d, "secs": %.6f, "p50_ms": %.3f, "p99_ms": %.3f}\n'
  io.write(line:format(summary.requests, errors.status, broken, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
