/**
 * Writes the rows of one view that are not older than what is stored, in one atomic step; returns how many.
 *
 * KEYS: the entities' hashes. ARGV: the fields of the event and the created timestamp, the number of features, the
 * view's ttl in seconds (0: none), and the rows in the layout of `codec/row.ts`.
 *
 * The created timestamp, which Feast does not have, is kept in a field of ours behind a copy of its event timestamp:
 * when Feast replaces the row, the copy differs from the row's event timestamp, and the created timestamp is void.
 *
 * The hash is shared by the views of an entity, so it may only expire when the longest-lived row in it has. A view
 * without ttl makes it persistent; one with a ttl only ever moves the expiry further (GT: a persistent hash stays).
 */
export const writeRowsScript = `
local event_field, created_field, features, ttl, rows = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local layout = '<' .. ('c4I4c0'):rep(features)
local now = tonumber(redis.call('TIME')[1])

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

local function supersedes(event, created, stored_event, stored_created)
  if not stored_event then return true end
  local order = compare(event, stored_event)
  if order ~= 0 then return order > 0 end
  if not stored_created or stored_created:sub(1, #event) ~= event then return true end
  return compare(created, stored_created:sub(#event + 1)) >= 0
end

local function write(key, event, created, fields)
  local fresh = ttl > 0 and redis.call('EXISTS', key) == 0
  redis.call('HSET', key, event_field, event, created_field, event .. created, unpack(fields))
  if ttl == 0 then
    redis.call('PERSIST', key)
  else
    local expiry = math.max(now, (parse(event))) + ttl + 1
    if fresh then redis.call('EXPIREAT', key, expiry) else redis.call('EXPIREAT', key, expiry, 'GT') end
  end
end

local written, at = 0, 1
for _, key in ipairs(KEYS) do
  local event, created
  event, created, at = struct.unpack('<I4c0I4c0', rows, at)
  local fields = { struct.unpack(layout, rows, at) }
  at = table.remove(fields)
  local stored = redis.call('HMGET', key, event_field, created_field)
  if supersedes(event, created, stored[1], stored[2]) then
    write(key, event, created, fields)
    written = written + 1
  end
end
return written
`;
