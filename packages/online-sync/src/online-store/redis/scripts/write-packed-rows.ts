import { checkLease } from "./lease.ts";

/**
 * Writes packed rows of one view that may replace what is stored, and removes those that are gone, in one atomic step;
 * returns how many of each.
 *
 * KEYS: the view's mark. ARGV: the token of the run, or nothing, and its lease in milliseconds; the keys of the entities
 * that are gone, each behind its length; the two halves of the time up to which a correction replaces, the lower first, or
 * 'none'; the view's ttl in seconds (0: none); for how many seconds a row is kept after it is written, if that is set for
 * all (0: it is not); and the rows, each behind its key.
 *
 * A first load costs one command for all rows of a call, where they are of different entities and new. Elsewhere whether a
 * key is new, and what it holds otherwise, is one command a row.
 */
export const writePackedRowsScript = (partitioned: boolean): string => `
${checkLease}
local lost = check_lease(KEYS[1], ARGV[1], ARGV[2])
if lost then return lost end
local call, decode = redis.call, struct.unpack
local gone, corrected_low, corrected_high = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local ttl, key_ttl, first = tonumber(ARGV[6]), tonumber(ARGV[7]), 8
local seconds = tonumber(call('TIME')[1])

-- The event and the created timestamp, in halves.
local function times(row)
  return decode('<I4i4I4i4', row, 2)
end

local function corrects(stored)
  if not corrected_low then return false end
  local _, _, low, high = times(stored)
  return high < corrected_high or (high == corrected_high and low <= corrected_low)
end

local function supersedes(row, stored)
  local event_low, event_high, low, high = times(row)
  local stored_event_low, stored_event_high, stored_low, stored_high = times(stored)
  if event_high ~= stored_event_high then return event_high > stored_event_high end
  if event_low ~= stored_event_low then return event_low > stored_event_low end
  if high ~= stored_high then return high > stored_high end
  return low >= stored_low
end

local function expiry(row)
  if key_ttl > 0 then return 'EX', key_ttl end
  if ttl == 0 then return end
  local low, high = times(row)
  return 'EXAT', math.max(seconds, math.floor((high * 2 ^ 32 + low) / 1000000)) + ttl + 1
end

-- In a cluster a single command cannot set keys of several slots.
local seen, distinct = {}, ${!partitioned}
for i = first, #ARGV, 2 do
  local key = ARGV[i]
  distinct = distinct and not seen[key]
  seen[key] = true
end
local all_new = distinct and #ARGV >= first and call('MSETNX', unpack(ARGV, first)) == 1

local written, removed = all_new and (#ARGV - first + 1) / 2 or 0, 0
if all_new and (ttl > 0 or key_ttl > 0) then
  for i = first, #ARGV, 2 do
    local kind, time = expiry(ARGV[i + 1])
    call(kind == 'EX' and 'EXPIRE' or 'EXPIREAT', ARGV[i], time)
  end
end

for i = first, all_new and 0 or #ARGV, 2 do
  local key, row = ARGV[i], ARGV[i + 1]
  local stored = call('SET', key, row, 'NX', 'GET', expiry(row))
  if not stored then
    written = written + 1
  elseif stored:byte(1) ~= 1 then
    return redis.error_reply('ROWVERSION ' .. tostring(stored:byte(1)))
  elseif supersedes(row, stored) or corrects(stored) then
    call('SET', key, row, expiry(row))
    written = written + 1
  end
end

local at = 1
while at <= #gone do
  local key
  key, at = decode('<I4c0', gone, at)
  local stored = call('GET', key)
  if stored and corrects(stored) then
    call('DEL', key)
    removed = removed + 1
  end
end
return { written, removed }
`;
