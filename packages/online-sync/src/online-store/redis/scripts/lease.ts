/*
 * What a store knows about a view besides its rows is a hash on each server that holds some of them, the view's mark:
 * `definition`, how rows looked when the last run began; `snapshot`, the snapshot whose rows are written, and `finished`,
 * the token of the run that wrote them; `begun:ID` for each snapshot of which runs that did not finish may have written
 * rows; `feature:NAME` for each feature that rows may hold; and while a run lives its
 * `token`, `holder`, `expires` (milliseconds by the clock of Redis) and `server`, the process of Redis that it began in.
 * A restarted or promoted server is another process: it may have lost writes that this one had answered, although it
 * still knows the token.
 */
const clock = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function server()
  return redis.call('INFO', 'server'):match('run_id:(%w+)')
end
`;

/** Renews the lease, or says that the view's mark is no longer held by `token`; an empty token asks for nothing. */
export const checkLease = `
${clock}
local function check_lease(mark, token, lease)
  if token == '' then return nil end
  if redis.call('HGET', mark, 'token') ~= token then return redis.error_reply('RUNLOST replaced') end
  redis.call('HSET', mark, 'expires', now() + tonumber(lease))
end
`;

/**
 * Begins a run. KEYS: the mark. ARGV: token, holder, lease in milliseconds, definition, the token of a run that is known
 * to be dead, the names of the features. Returns the fields of the mark as they were, or the token and holder of a run
 * that lives. A run that has begun already begins again: the reply to the first time may have been lost.
 */
export const beginRunScript = `
${clock}
local mark, token, holder, lease, definition, dead = KEYS[1], unpack(ARGV, 1, 5)
local other = redis.call('HMGET', mark, 'token', 'expires', 'holder')
if other[1] and other[1] ~= dead and other[1] ~= token and tonumber(other[2]) > now() then
  return { 'running', other[1], other[3] }
end
local before = redis.call('HGETALL', mark)
if redis.call('HGET', mark, 'definition') ~= definition then redis.call('HDEL', mark, 'snapshot') end
redis.call('HSET', mark, 'token', token, 'holder', holder, 'expires', now() + tonumber(lease),
  'definition', definition, 'server', server())
for i = 6, #ARGV do redis.call('HSET', mark, 'feature:' .. ARGV[i], '') end
return { 'begun', unpack(before) }
`;

/** Renews a run. KEYS: the mark. ARGV: token, lease in milliseconds; 'whole' as well: asks that the server lost nothing. */
export const renewRunScript = `
${checkLease}
if redis.call('HGET', KEYS[1], 'finished') == ARGV[1] then return nil end
local lost = check_lease(KEYS[1], ARGV[1], ARGV[2])
if lost then return lost end
if ARGV[3] and redis.call('HGET', KEYS[1], 'server') ~= server() then return redis.error_reply('RUNLOST restarted') end
`;

/** Says which snapshot a run writes. KEYS: the mark. ARGV: token, lease in milliseconds, the snapshot. */
export const aimRunScript = `
${checkLease}
local lost = check_lease(KEYS[1], ARGV[1], ARGV[2])
if lost then return lost end
redis.call('HSET', KEYS[1], 'begun:' .. ARGV[3], '')
`;

/**
 * Ends a run. KEYS: the mark. ARGV: token, and the snapshot; without a snapshot the watermark stays, with an empty
 * one there is none any more. A run that has
 * ended already ends again: the reply to the first time may have been lost. It is allowed
 * where memory has run out: the run that found none left must not leave its lease behind.
 */
export const endRunScript = `#!lua flags=allow-oom
${checkLease}
local mark, token, snapshot = KEYS[1], ARGV[1], ARGV[2]
if redis.call('HGET', mark, 'finished') == token then return nil end
local lost = check_lease(mark, token, 0)
if lost then return lost end
if snapshot then
  if redis.call('HGET', mark, 'server') ~= server() then return redis.error_reply('RUNLOST restarted') end
  redis.call('HSET', mark, 'snapshot', snapshot, 'finished', token)
  if snapshot == '' then redis.call('HDEL', mark, 'snapshot') end
  for _, field in ipairs(redis.call('HKEYS', mark)) do
    if field:sub(1, 6) == 'begun:' then redis.call('HDEL', mark, field) end
  end
end
redis.call('HDEL', mark, 'token', 'holder', 'expires', 'server')
`;

/**
 * Touches the mark, and leaves it as it is, when it is no longer held by a run. KEYS: the mark. ARGV: the token. A transaction
 * that is begun before, and watches the mark, is not carried out then. It is allowed where memory has run out: there may be
 * some again when the transaction comes.
 */
export const guardRunScript = `#!lua flags=allow-oom
local token = redis.call('HGET', KEYS[1], 'token')
if token == ARGV[1] then return nil end
redis.call('HSET', KEYS[1], 'token', token or '')
if not token then redis.call('HDEL', KEYS[1], 'token') end
`;
