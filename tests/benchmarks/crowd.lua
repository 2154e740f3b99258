-- Each request is the next line of a file: a path, a cookie and, for a form, its body. Written by crowd.py.
-- Where a third argument names a status, answers with it are what is due, and all others failures.
local requests, place, crowd = {}, 0, nil
due = 0

function setup(thread)
  crowd = thread
end

function init(arguments)
  if arguments[3] then
    local expected = tonumber(arguments[3])
    expects = true
    response = function(status)
      if status == expected then due = due + 1 end
    end
  end
  for line in io.lines(arguments[1]) do
    local path, cookie, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)$")
    local headers = { ["Cookie"] = cookie, ["Accept"] = arguments[2] }
    if body == "" then
      requests[#requests + 1] = wrk.format("GET", path, headers)
    else
      headers["Content-Type"] = "application/x-www-form-urlencoded"
      headers["Sec-Fetch-Site"] = "same-origin"
      requests[#requests + 1] = wrk.format("POST", path, headers, body)
    end
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency, _)
  local failures = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  if crowd:get("expects") then
    failures = failures + summary.requests - crowd:get("due")
  else
    failures = failures + summary.errors.status
  end
  io.stderr:write(string.format(
    "crowd %d %d %d %.3f %.3f\n", summary.requests, failures, summary.duration,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
