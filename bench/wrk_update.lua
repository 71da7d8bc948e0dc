-- The update of bench/population.h for wrk: random contacts of so many, and at the end one line of JSON.
--   wrk --script wrk_update.lua http://127.0.0.1:8080 -- CONTACTS SEED
local contacts
local write = 0
local names = { "Mina", "Omar", "Lena", "Ivan", "Nora", "Hugo", "Ines", "Juan" }
local plans = { "free", "blue", "gold", "team", "plus", "jade", "onyx", "ruby" }
local body = '{"phone":"1555%07d","first":"%s","last":"Okonkwo-Harrington",'
  .. '"email":"okonkwo.555%07d@mail.example.com","custom":{"101":"2026-09-30","102":"plan %s, renews every year on the '
  .. 'day above, agreed with the customer by text message on the phone and again in June","103":"write %016d"}}'
local headers = {
  ["Authorization"] = "Bearer cardfile-bench-key",
  ["Content-Type"] = "application/json",
  ["Accept"] = "application/json",
}

function init(args)
  contacts = tonumber(args[1])
  -- Below the numbers of cardfile-load's writes.
  write = tonumber(args[2]) * 1e9
  math.randomseed(tonumber(args[2]))
end

function request()
  local id = math.random(contacts)
  local line = id * 7368787 % 10000000
  write = write + 1
  local first = names[write % 8 + 1]
  local plan = plans[math.floor(write / 8) % 8 + 1]
  return wrk.format("PUT", "/v1/contact/" .. id, headers, body:format(line, first, line, plan, write))
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  if failed > 0 then
    io.stderr:write("wrk: " .. failed .. " requests failed\n")
    os.exit(1)
  end
  print(string.format('{"requests_per_second":%.1f,"p50_us":%.1f,"p99_us":%.1f}',
    summary.requests / (summary.duration / 1e6), latency:percentile(50), latency:percentile(99)))
end
