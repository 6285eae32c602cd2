import type { FeatureValue, KnownNames, TypeNameOf, ViewShape, ViewsOf } from "@icecore/feature-registry";
import type { FeatureCell } from "@icecore/online-sync";

type ViewNamed<Repository, Name> = Extract<ViewsOf<Repository>, { readonly name: Name }>;

type ReferencesTo<View> = View extends ViewShape ? `${View["name"]}:${KnownNames<keyof View["featureTypes"]>}` : never;

/** `view:feature`: of a repository's definitions where they are known, any text otherwise. */
export type FeatureReference<Repository> = unknown extends Repository ? string : ReferencesTo<ViewsOf<Repository>>;

type ViewIn<Reference> = Reference extends `${infer View}:${string}` ? View : never;

type Intersected<U> = (U extends unknown ? (value: U) => void : never) extends (value: infer I) => void ? I : never;

/** What may be given for a join key; text for a 64-bit integer, a timestamp or bytes, too. */
type KeyInput<Type extends string> = Type extends "int" | "long"
  ? number | bigint | string
  : Type extends "timestamptz"
    ? Date | string
    : Type extends "binary"
      ? Uint8Array | string
      : string;

type KeysOf<View> = View extends ViewShape
  ? { readonly [Key in keyof View["keyTypes"] as KnownNames<Key>]: KeyInput<View["keyTypes"][Key]> | null }
  : never;

/** The join keys of an entity, in every view that is asked. */
export type EntityOf<Repository, Reference> = unknown extends Repository
  ? Readonly<Record<string, unknown>>
  : Intersected<KeysOf<ViewNamed<Repository, ViewIn<Reference>>>>;

type ValueOf<Repository, View, Feature extends string> =
  ViewNamed<Repository, View> extends infer Found extends ViewShape
    ? FeatureValue<TypeNameOf<Found["featureTypes"][Feature]> & string>
    : never;

/** The values of an entity, by output name. */
export type FeatureVector<Repository, Reference extends string, Full extends boolean> = unknown extends Repository
  ? Readonly<Record<string, FeatureCell | null>>
  : {
      readonly [Each in Reference as Each extends `${infer View}:${infer Feature}`
        ? Full extends true
          ? `${View}__${Feature}`
          : Feature
        : never]: Each extends `${infer View}:${infer Feature}` ? ValueOf<Repository, View, Feature> | null : never;
    };
