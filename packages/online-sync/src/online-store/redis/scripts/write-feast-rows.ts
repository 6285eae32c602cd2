import { checkLease } from "./lease.ts";

/**
 * Writes rows of one view in Feast's layout that may replace what is stored, and removes those that are gone, in one
 * atomic step; returns how many of each.
 *
 * KEYS: the view's mark. ARGV: the token of the run, or nothing, and its lease in milliseconds; the rows: per row its
 * hash, event timestamp, the same followed by its created timestamp, and the values of its features, each behind its
 * length; how many there are; the hashes of the entities that are gone; the time up to which a correction replaces, or 'none'; the view's
 * ttl in seconds (0: none); for how many seconds a hash is kept after each write, if that is set for all (0: it is not);
 * the fields of the event and the created timestamp; the number of features, and their fields; and the fields of features
 * that the view has no longer.
 *
 * The hash is shared by the views of an entity, so it may only expire when the longest-lived row in it has. A view
 * without ttl makes it persistent; one with a ttl only ever moves the expiry further (GT: a persistent hash stays).
 *
 * The created timestamp, which Feast does not have, is kept in a field of ours behind a copy of its event timestamp.
 * Where the copy differs from the row's own, Feast has replaced the row, and nobody knows when it was created: that
 * counts as 1970, which is no bytes.
 */
export const writeFeastRowsScript = (partitioned: boolean): string => `
${checkLease}
local lost = check_lease(KEYS[1], ARGV[1], ARGV[2])
if lost then return lost end
local call, decode, unpack = redis.call, struct.unpack, unpack
local rows, count, gone, corrected_to = ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
local ttl, key_ttl = tonumber(ARGV[7]), tonumber(ARGV[8])
local event_field, created_field, features = ARGV[9], ARGV[10], tonumber(ARGV[11])
local layout = '<' .. ('I4c0'):rep(features + 3)
local former = 12 + features
local seconds = tonumber(call('TIME')[1])

-- google.protobuf.Timestamp: seconds and nanoseconds. The upper half of a varint carries its sign.
local function parse(timestamp)
  local parts, at = { [8] = 0, [16] = 0 }, 1
  while at <= #timestamp do
    local tag, low, high, i = timestamp:byte(at), 0, 0, 0
    repeat
      at = at + 1
      local byte = timestamp:byte(at)
      if i < 5 then low = low + byte % 128 * 128 ^ i else high = high + byte % 128 * 128 ^ (i - 5) end
      i = i + 1
    until byte < 128
    if high >= 2 ^ 28 then high = high - 2 ^ 29 end
    parts[tag] = low + high * 2 ^ 35
    at = at + 1
  end
  return parts[8], parts[16]
end

local function compare(a, b)
  if a == b then return 0 end
  local a_seconds, a_nanos = parse(a)
  local b_seconds, b_nanos = parse(b)
  if a_seconds ~= b_seconds then return a_seconds - b_seconds end
  return a_nanos - b_nanos
end

local function created_of(event, kept)
  if not kept or kept:sub(1, #event) ~= event then return '' end
  return kept:sub(#event + 1)
end

local function corrects(stored)
  return corrected_to ~= 'none' and compare(created_of(stored[1], stored[2]), corrected_to) <= 0
end

local function supersedes(event, created, stored)
  if not stored[1] or (event == stored[1] and created == stored[2]) or corrects(stored) then return true end
  local order = compare(event, stored[1])
  if order ~= 0 then return order > 0 end
  return compare(created:sub(#event + 1), created_of(stored[1], stored[2])) >= 0
end

local function expire(key, event, fresh)
  if key_ttl > 0 then
    call('EXPIRE', key, key_ttl)
  elseif ttl == 0 then
    if not fresh then call('PERSIST', key) end
  else
    local expiry = math.max(seconds, (parse(event))) + ttl + 1
    if fresh then call('EXPIREAT', key, expiry) else call('EXPIREAT', key, expiry, 'GT') end
  end
end

local fields = {}
for i = 1, features do fields[i * 2 - 1] = ARGV[11 + i] end

local function write(row, fresh)
  local key, event, created = row[1], row[2], row[3]
  for i = 1, features do fields[i * 2] = row[i + 3] end
  call('HSET', key, event_field, event, created_field, created, unpack(fields))
  if former <= #ARGV and not fresh then call('HDEL', key, unpack(ARGV, former)) end
  expire(key, event, fresh)
end

-- Where a first load finds none of its hashes, one command says so for all of them, unless it is refused. In a cluster it
-- would be, and is not tried: Valkey 9 refuses every script once it has refused a command that concerns several slots.
local decoded, keys, at = {}, {}, 1
for i = 1, count do
  local row = { decode(layout, rows, at) }
  at = row[features + 4]
  decoded[i] = row
  keys[i] = row[1]
end
local all_fresh = ${partitioned ? "false" : "count > 0 and redis.pcall('EXISTS', unpack(keys)) == 0"}

local written, removed, seen = 0, 0, {}
for _, row in ipairs(decoded) do
  local key = row[1]
  local fresh = all_fresh and not seen[key]
  seen[key] = true
  local stored = fresh and {} or call('HMGET', key, event_field, created_field)
  if fresh or supersedes(row[2], row[3], stored) then
    write(row, fresh or (ttl > 0 and not stored[1] and call('EXISTS', key) == 0))
    written = written + 1
  end
end

at = 1
while at <= #gone do
  local key
  key, at = decode('<I4c0', gone, at)
  local stored = call('HMGET', key, event_field, created_field)
  if stored[1] and corrects(stored) then
    call('HDEL', key, event_field, created_field)
    if #ARGV > 11 then call('HDEL', key, unpack(ARGV, 12)) end
    removed = removed + 1
  end
end
return { written, removed }
`;
