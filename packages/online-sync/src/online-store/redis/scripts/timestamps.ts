/** Lua functions over timestamps as Feast writes them (`google.protobuf.Timestamp`), and over a row's two of them. */
export const timestampFunctions = `
-- Seconds and nanoseconds. The upper half of a varint carries its sign.
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

-- The created timestamp of a stored row: behind a copy of its event timestamp. Where that differs from the row's own,
-- Feast has replaced the row, and nobody knows when it was created: that counts as 1970, which is no bytes.
local function created_of(event, kept)
  if not kept or kept:sub(1, #event) ~= event then return '' end
  return kept:sub(#event + 1)
end
`;
