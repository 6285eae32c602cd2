import { humanPartitionValue } from "./human-value.ts";
import type { PartitionTuple } from "./manifest.ts";
import type { PartitionSpec } from "./partition-spec.ts";
import { partitionTypes } from "./partition-type.ts";
import type { Schema } from "./schema.ts";

/** The directory of a partition, `day=2017-11-16/carrier=AA`, URL-encoded as other engines do; "" when unpartitioned. */
export function partitionPath(spec: PartitionSpec, schema: Schema, partition: PartitionTuple): string {
  const types = partitionTypes(spec, schema);
  return spec.fields
    .map((field, i) => {
      const text = humanPartitionValue(field.transform, types[i] ?? { kind: "string" }, partition[i] ?? null);
      return `${encode(field.name)}=${encode(text)}`;
    })
    .join("/");
}

/** The encoding of HTML forms: a space is `+`, and only letters, digits and `.-*_` stay. */
function encode(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice("=".length);
}
