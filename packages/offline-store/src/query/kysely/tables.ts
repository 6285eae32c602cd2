import type { FeatureInput, FeatureInputs, FeatureValue } from "@icecore/feature-registry";

/** What a row type is made from; a definition is one. */
interface ViewShape {
  readonly kind: "feature_view";
  readonly name: string;
  readonly timestampField: string;
  readonly createdTimestampColumn: string;
  readonly keyTypes: Readonly<Record<string, string>>;
  readonly featureTypes: FeatureInputs;
}

type TypeName<Input extends FeatureInput> = Input extends { readonly type: infer Type extends string } ? Type : Input;

/** The names that are known one by one: no `string` that stands for all. */
type Named<Key> = Key extends string ? (string extends Key ? never : Key) : never;

/** The columns of a feature view's table, as a query gives them. */
type RowOf<View extends ViewShape> = {
  [Key in keyof View["keyTypes"] as Named<Key>]: FeatureValue<View["keyTypes"][Key]>;
} & { [Time in View["timestampField"]]: Date } & { [Created in View["createdTimestampColumn"]]: Date | null } & {
  [Feature in keyof View["featureTypes"] as Named<Feature>]: FeatureValue<
    TypeName<View["featureTypes"][Feature]> & string
  > | null;
};

type Flat<T> = { [Key in keyof T]: T[Key] };

/**
 * The tables of a feature repository by name, from its definitions: those of a module (`typeof import("./features.ts")`)
 * or any object or tuple of them.
 */
export type TablesOf<Repository> = {
  [View in Extract<Repository[keyof Repository], ViewShape> as View["name"]]: Flat<RowOf<View>>;
};
