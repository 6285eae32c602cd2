import type { FeatureView } from "@icecore/feature-registry";
import { rowSchema } from "../../../codec/packed/row-schema.ts";
import { packedRowWriter } from "../../../codec/packed/row-writer.ts";
import { remembered } from "../../../codec/remembered.ts";
import { writePackedRowsScript } from "../scripts/write-packed-rows.ts";
import { packedInserts } from "./insert-packed-rows.ts";
import { PackedReader } from "./read-packed-rows.ts";
import type { RedisLayout, WriteTerms } from "./redis-layout.ts";

/** Our own layout: the whole row of an entity in one value, which is read with one MGET for all views. */
export function packedLayout(project: string, partitioned: boolean): RedisLayout {
  const keyForm = remembered(({ name, joinKeys }: FeatureView) => ({
    joinKeys,
    prefix: Buffer.from(`ic:${project}:${name}:`),
    suffix: Buffer.alloc(0),
  }));
  const reader = new PackedReader(`icecore:schemas:${project}`, keyForm);
  return {
    space: `packed:${project}`,
    writeScript: writePackedRowsScript(partitioned),
    rowsAs: "arguments",
    keyForm,
    rowWriter: (view, batch) => packedRowWriter(rowSchema(view.features), batch, batch.features),
    inserts: (view, batch, expiry) => packedInserts(keyForm(view), view, batch, expiry),
    writeArguments: (view, { correction, keyTtlSeconds }: WriteTerms) => [
      ...(correction === undefined ? ["none", "none"] : halves(correction.createdUpTo)),
      view.ttlSeconds ?? 0,
      keyTtlSeconds ?? 0,
    ],
    announce: (servers, view) => reader.announce(servers, rowSchema(view.features)),
    read: (servers, requests) => reader.read(servers, requests),
    probe: () => undefined,
    remove: (_view, key) => ["UNLINK", key],
  };
}

function halves(micros: bigint): number[] {
  return [Number(BigInt.asUintN(32, micros)), Number(BigInt.asIntN(32, micros >> 32n))];
}
