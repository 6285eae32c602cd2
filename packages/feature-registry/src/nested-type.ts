import type { FeatureTypeName, PrimitiveTypeName } from "./feature-type.ts";
import type { FeatureValue, FeatureValueOrNull } from "./feature-value.ts";

declare const holds: unique symbol;

/** The text of a nested type, which knows what its values are in TypeScript. */
export type NestedTypeName<Value> = string & { readonly [holds]: Value };

/**
 * A list of values of one type; any of them may be null.
 *
 * @example
 * features: { embedding: list("float") }
 */
export function list<Element extends FeatureTypeName>(
  element: Element,
): NestedTypeName<readonly FeatureValueOrNull<Element>[]> {
  return nested(`list<${element}>`);
}

/** Values by keys, which are never null. */
export function map<Key extends PrimitiveTypeName, Value extends FeatureTypeName>(
  key: Key,
  value: Value,
): NestedTypeName<ReadonlyMap<FeatureValue<Key>, FeatureValueOrNull<Value>>> {
  return nested(`map<${key}, ${value}>`);
}

/**
 * Named values; any of them may be null.
 *
 * @example
 * features: { home: struct({ lat: "double", lon: "double", tags: list("string") }) }
 */
export function struct<const Fields extends Readonly<Record<string, FeatureTypeName>>>(
  fields: Fields,
): NestedTypeName<{ readonly [Name in keyof Fields]: FeatureValueOrNull<Fields[Name]> }> {
  const texts = Object.entries(fields).map(([name, type]) => `${name}: ${type}`);
  return nested(`struct<${texts.join(", ")}>`);
}

/** The one place where a text gets to know its values. */
const nested = <Value>(text: string): NestedTypeName<Value> => text as NestedTypeName<Value>;
