import type { FeatureValue, KnownNames, TypeNameOf, ViewShape, ViewsOf } from "@icecore/feature-registry";

/** The columns of a feature view's table, as a query gives them. */
type RowOf<View extends ViewShape> = {
  [Key in keyof View["keyTypes"] as KnownNames<Key>]: FeatureValue<View["keyTypes"][Key]>;
} & { [Time in View["timestampField"]]: Date } & { [Created in View["createdTimestampColumn"]]: Date | null } & {
  [Feature in keyof View["featureTypes"] as KnownNames<Feature>]: FeatureValue<
    TypeNameOf<View["featureTypes"][Feature]> & string
  > | null;
};

type Flat<T> = { [Key in keyof T]: T[Key] };

/**
 * The tables of a feature repository by name, from its definitions: those of a module (`typeof import("./features.ts")`)
 * or any object or tuple of them.
 */
export type TablesOf<Repository> = {
  [View in ViewsOf<Repository> as View["name"]]: Flat<RowOf<View>>;
};
