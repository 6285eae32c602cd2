import { featureType } from "@icecore/feature-registry";
import { OnlineStoreError } from "../errors.ts";

/** The Iceberg types that the online stores hold. */
const valueKinds = [
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "string",
  "uuid",
  "binary",
  "decimal",
] as const;
export type ValueKind = (typeof valueKinds)[number];

export interface ValueType {
  readonly kind: ValueKind;
  /** Digits behind a decimal's point; 0 for all other types. */
  readonly scale: number;
}

/** The type of a feature. @throws OnlineStoreError `TYPE_UNSUPPORTED` */
export function valueType(feature: { readonly name: string; readonly type: string }): ValueType {
  const type = featureType(feature.type);
  const kind = valueKinds.find((candidate) => candidate === type?.kind);
  if (kind !== undefined) return { kind, scale: type?.kind === "decimal" ? type.scale : 0 };
  throw new OnlineStoreError(
    "TYPE_UNSUPPORTED",
    `feature "${feature.name}": the online store has no type ${feature.type}; set online: false on its view, or put it in a view of its own that has that`,
  );
}
