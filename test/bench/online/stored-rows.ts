import type { Layout } from "./bench-repo.ts";
import { command, type RawRedis } from "./raw-redis.ts";

/** The keys of all rows. */
export async function storedKeys(raw: RawRedis, layout: Layout): Promise<Buffer[]> {
  const pattern = layout === "packed" ? "ic:*" : "*driver_id*";
  const [reply] = (await raw.send(command("SCAN", "0", "MATCH", pattern, "COUNT", "1000000"), 1)) as [
    [Buffer, Buffer[]],
  ];
  return reply[1];
}

/** The fields of a row in Feast's layout that a read asks for: the event timestamp, and the ten features. */
export async function hashFields(raw: RawRedis, key: Buffer): Promise<Buffer[]> {
  const [flat] = (await raw.send(command("HGETALL", key), 1)) as [Buffer[]];
  return flat.filter((_, i) => i % 2 === 0).filter((field) => !field.toString().startsWith("_created:"));
}
