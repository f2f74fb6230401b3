-- Sends the requests of a file, a line for each: method, path and body, with tabs between. Ends with a line of JSON.
local requests, at = {}, 0

function init(args)
  wrk.headers["Content-Type"] = "application/json"
  for line in io.lines(args[1]) do
    local method, path, body = line:match("^(%S+)\t(%S+)\t(.*)$")
    requests[#requests + 1] = wrk.format(method, path, nil, body ~= "" and body or nil)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

-- Errors count as requests, not as responses; the bytes are those of a response with its headers.
function done(summary, latency)
  local failed = summary.errors
  local errors = failed.connect + failed.read + failed.write + failed.status + failed.timeout
  io.write(string.format(
    '\n{"requests": %d, "errors": %d, "per_second": %f, "bytes": %f, "p50_ms": %f, "p99_ms": %f}\n',
    summary.requests, errors, (summary.requests - errors) / summary.duration * 1e6,
    summary.bytes / math.max(summary.requests, 1), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
