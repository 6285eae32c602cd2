import { checkLease } from "./lease.ts";
import { timestampFunctions } from "./timestamps.ts";

/**
 * Writes the rows of one view that may replace what is stored, in one atomic step; returns how many.
 *
 * KEYS: the view's mark, and the entities' hashes. ARGV: the token of the run, or nothing, and its lease in milliseconds;
 * the time up to which a correction replaces, or 'none'; the fields of the event and the created timestamp; the number
 * of features; the view's ttl in seconds (0: none); the rows in the layout of `codec/row.ts`; and the fields of features
 * that the view no longer has.
 *
 * The hash is shared by the views of an entity, so it may only expire when the longest-lived row in it has. A view
 * without ttl makes it persistent; one with a ttl only ever moves the expiry further (GT: a persistent hash stays).
 */
export const writeRowsScript = `
${checkLease}
${timestampFunctions}
local lost = check_lease(KEYS[1], ARGV[1], ARGV[2])
if lost then return lost end
local corrected_to, event_field, created_field = unpack(ARGV, 3, 5)
local features, ttl, rows = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]
local layout = '<' .. ('c4I4c0'):rep(features)
local seconds = tonumber(redis.call('TIME')[1])

local function supersedes(event, created, stored_event, stored_created)
  if not stored_event then return true end
  stored_created = created_of(stored_event, stored_created)
  if corrected_to ~= 'none' and compare(stored_created, corrected_to) <= 0 then return true end
  local order = compare(event, stored_event)
  if order ~= 0 then return order > 0 end
  return compare(created, stored_created) >= 0
end

local function write(key, event, created, fields)
  local fresh = ttl > 0 and redis.call('EXISTS', key) == 0
  redis.call('HSET', key, event_field, event, created_field, event .. created, unpack(fields))
  if #ARGV > 8 then redis.call('HDEL', key, unpack(ARGV, 9)) end
  if ttl == 0 then
    redis.call('PERSIST', key)
  else
    local expiry = math.max(seconds, (parse(event))) + ttl + 1
    if fresh then redis.call('EXPIREAT', key, expiry) else redis.call('EXPIREAT', key, expiry, 'GT') end
  end
end

local written, at = 0, 1
for i = 2, #KEYS do
  local event, created
  event, created, at = struct.unpack('<I4c0I4c0', rows, at)
  local fields = { struct.unpack(layout, rows, at) }
  at = table.remove(fields)
  local stored = redis.call('HMGET', KEYS[i], event_field, created_field)
  if supersedes(event, created, stored[1], stored[2]) then
    write(KEYS[i], event, created, fields)
    written = written + 1
  end
end
return written
`;
