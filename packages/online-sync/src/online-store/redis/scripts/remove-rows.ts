import { checkLease } from "./lease.ts";
import { timestampFunctions } from "./timestamps.ts";

/**
 * Removes a view's rows that were created up to some time, in one atomic step; returns how many.
 *
 * KEYS: the view's mark, and the entities' hashes. ARGV: the token of the run, its lease in milliseconds, the time, and
 * the view's fields, those of the event and the created timestamp first.
 */
export const removeRowsScript = `
${checkLease}
${timestampFunctions}
local lost = check_lease(KEYS[1], ARGV[1], ARGV[2])
if lost then return lost end
local removed = 0
for i = 2, #KEYS do
  local stored = redis.call('HMGET', KEYS[i], ARGV[4], ARGV[5])
  if stored[1] and compare(created_of(stored[1], stored[2]), ARGV[3]) <= 0 then
    redis.call('HDEL', KEYS[i], unpack(ARGV, 4))
    removed = removed + 1
  end
end
return removed
`;
