import { featureType } from "@icecore/feature-registry";
import { OnlineStoreError } from "../errors.ts";

/** The Iceberg types that the online stores hold. */
export type ValueKind = Exclude<NonNullable<ReturnType<typeof featureType>>["kind"], "fixed">;

export interface ValueType {
  readonly kind: ValueKind;
  /** Digits behind a decimal's point; 0 for all other types. */
  readonly scale: number;
}

/** The type of a feature. @throws OnlineStoreError `TYPE_UNSUPPORTED` */
export function valueType(feature: { readonly name: string; readonly type: string }): ValueType {
  const type = featureType(feature.type);
  if (type !== undefined && type.kind !== "fixed") {
    return { kind: type.kind, scale: type.kind === "decimal" ? type.scale : 0 };
  }
  throw new OnlineStoreError(
    "TYPE_UNSUPPORTED",
    `feature "${feature.name}": the online store has no type ${feature.type}; set the view's online to false, or give it features of other types`,
  );
}
