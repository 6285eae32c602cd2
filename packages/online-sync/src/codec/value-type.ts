import { featureType } from "@icecore/feature-registry";
import type { IcebergType } from "@icecore/iceberg-catalog";
import { OnlineStoreError } from "../errors.ts";

/** The Iceberg types that the online stores hold, alone and in lists. */
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
  /** A value is a list of such values, none of them null. */
  readonly isList?: boolean;
}

/** As definitions spell it, but for the digits of a decimal. */
export function typeName({ kind, isList }: ValueType): string {
  return isList ? `list<${kind}>` : kind;
}

/** The type of a feature. @throws OnlineStoreError `TYPE_UNSUPPORTED` */
export function valueType(feature: { readonly name: string; readonly type: string }): ValueType {
  const type = featureType(feature.type);
  const isList = type?.kind === "list";
  const held = isList ? elementType(type.element) : type && elementType(type);
  if (held !== undefined) return { ...held, isList };
  throw new OnlineStoreError(
    "TYPE_UNSUPPORTED",
    `feature "${feature.name}": the online store has no type ${feature.type}; set online: false on its view, or put it in a view of its own that has that`,
  );
}

function elementType(type: IcebergType): Omit<ValueType, "isList"> | undefined {
  const kind = valueKinds.find((candidate) => candidate === type.kind);
  return kind && { kind, scale: type.kind === "decimal" ? type.scale : 0 };
}
