import type { FeatureView } from "@icecore/feature-registry";
import type { EntityKey, KeyForm } from "../../codec/entity-key.ts";
import { entityKeyOf } from "../../codec/store-key.ts";
import type { RedisLayout } from "./layout/redis-layout.ts";
import type { RedisNode } from "./servers/redis-node.ts";
import type { RedisServers } from "./servers/redis-servers.ts";
import type { Reply } from "./wire/reply.ts";

/** How many keys Redis looks at in one step. */
const keysPerStep = 1000;

/** A key in Redis that holds a row of a view. */
export interface StoredRow {
  readonly node: RedisNode;
  readonly key: Buffer;
  readonly entityKey: EntityKey;
}

/** The rows of a view, some at a time; one may come twice. Keys of other views and projects are left out. */
export async function* scanRows(
  servers: RedisServers,
  layout: RedisLayout,
  view: FeatureView,
): AsyncGenerator<readonly StoredRow[]> {
  const form = layout.keyForm(view);
  const toEntityKey = entityKeyOf(form);
  for (const node of servers.nodes()) {
    for await (const keys of scanKeys(node, form)) {
      const rows = keys.flatMap((key) => {
        const entityKey = toEntityKey(key);
        return entityKey === undefined ? [] : [{ node, key, entityKey }];
      });
      const held = await keepHeld(layout, view, rows);
      if (held.length > 0) yield held;
    }
  }
}

async function* scanKeys(node: RedisNode, { prefix, suffix }: KeyForm): AsyncGenerator<readonly Buffer[]> {
  const pattern = Buffer.concat([escapeGlob(prefix), Buffer.from("*"), escapeGlob(suffix)]);
  let cursor = "0";
  do {
    const reply = await node.command("SCAN", cursor, "MATCH", pattern, "COUNT", keysPerStep);
    const [next, keys] = reply as [Reply, Buffer[]];
    yield keys;
    cursor = String(next);
  } while (cursor !== "0");
}

async function keepHeld(
  layout: RedisLayout,
  view: FeatureView,
  rows: readonly StoredRow[],
): Promise<readonly StoredRow[]> {
  const probes = rows.flatMap(({ key }) => {
    const probe = layout.probe(view, key);
    return probe === undefined ? [] : [probe];
  });
  if (probes.length === 0) return rows;
  const replies = await (rows[0] as StoredRow).node.commands(probes);
  return rows.filter((_, i) => replies[i] === 1);
}

/** A pattern that matches exactly these bytes. */
function escapeGlob(bytes: Buffer): Buffer {
  return Buffer.from(
    [...bytes].flatMap((byte) => ("*?[]^-\\".includes(String.fromCharCode(byte)) ? [0x5c, byte] : [byte])),
  );
}
