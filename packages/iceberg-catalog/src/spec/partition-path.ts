import { humanPartitionValue } from "./human-value.ts";
import type { PartitionTuple } from "./manifest.ts";
import { murmur3 } from "./murmur3.ts";
import type { PartitionSpec } from "./partition-spec.ts";
import { partitionTypes } from "./partition-type.ts";
import type { Schema } from "./schema.ts";
import { encodeUtf8 } from "./utf8.ts";

/**
 * The directory of a partition, `day=2017-11-16/carrier=AA`, URL-encoded as other engines do; "" when unpartitioned. It is
 * a hint for people, since manifests alone say what is in a partition: names too long for a file system or an object's
 * key are cut.
 */
export function partitionPath(spec: PartitionSpec, schema: Schema, partition: PartitionTuple): string {
  const types = partitionTypes(spec, schema);
  const limit = Math.max(32, Math.min(200, Math.floor(512 / spec.fields.length)));
  return spec.fields
    .map((field, i) => {
      const text = humanPartitionValue(field.transform, types[i] ?? { kind: "string" }, partition[i] ?? null);
      return shortened(`${encode(field.name)}=${encode(text)}`, limit);
    })
    .join("/");
}

/** The encoding of HTML forms: a space is `+`, and only letters, digits and `.-*_` stay. */
function encode(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice("=".length);
}

/** The beginning and a hash of the whole, so that partitions keep to folders of their own; an escape is not cut in two. */
function shortened(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const hash = (murmur3(encodeUtf8(name)) >>> 0).toString(16).padStart(8, "0");
  return `${name.slice(0, limit - hash.length - 1).replace(/%.?$/, "")}-${hash}`;
}
