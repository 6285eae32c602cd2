import type { NestedTypeName } from "./nested-type.ts";

/**
 * What a value of each type is in TypeScript: 64-bit integers are bigint, timestamps are Date, lists are arrays, maps are
 * Map, structs are objects. What is inside a nested value may be null.
 */
export type FeatureValue<T extends string> =
  T extends NestedTypeName<infer Value>
    ? Value
    : T extends `list<${infer Element}>`
      ? readonly FeatureValueOrNull<Element>[]
      : T extends `map<${infer Entry}>`
        ? MapOf<TakeType<Entry>>
        : T extends `struct<${infer Fields}>`
          ? StructOf<Fields>
          : PrimitiveValue<T>;

/** A value inside a nested one. */
export type FeatureValueOrNull<T extends string> = FeatureValue<T> | null;

type PrimitiveValue<T extends string> = T extends "boolean"
  ? boolean
  : T extends "int" | "float" | "double"
    ? number
    : T extends "long" | "time"
      ? bigint
      : T extends "timestamp" | "timestamptz" | "date"
        ? Date
        : T extends "binary"
          ? Uint8Array
          : string;

type MapOf<Parts> = Parts extends readonly [infer Key extends string, infer Value extends string]
  ? ReadonlyMap<FeatureValue<Key>, FeatureValueOrNull<Value>>
  : never;

type StructOf<Fields extends string> = {
  readonly [Field in FieldsOf<Fields> as Field[0]]: FeatureValueOrNull<Field[1]>;
};

/** The fields of a struct's text, as a union of names and types. */
type FieldsOf<Text extends string> = Text extends `${infer Name}: ${infer Rest}`
  ? TakeType<Rest> extends readonly [infer Type extends string, infer More extends string]
    ? [Name, Type] | FieldsOf<More>
    : never
  : never;

/** The type that a text begins with, and what is behind the comma after it. */
type TakeType<Text extends string, Head extends string = ""> = Text extends `${infer Part}, ${infer More}`
  ? IsWhole<`${Head}${Part}`> extends true
    ? [`${Head}${Part}`, More]
    : TakeType<More, `${Head}${Part}, `>
  : [`${Head}${Text}`, ""];

/** Whether what is opened in a text is closed in it, too. */
type IsWhole<Text extends string> = [Count<Text, "<">, Count<Text, "(">] extends [Count<Text, ">">, Count<Text, ")">]
  ? true
  : false;

type Count<
  Text extends string,
  Character extends string,
  Found extends readonly unknown[] = [],
> = Text extends `${string}${Character}${infer Rest}` ? Count<Rest, Character, [...Found, unknown]> : Found["length"];
