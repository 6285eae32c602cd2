import type { FeatureInput, FeatureInputs } from "./define.ts";

/** What the types of a view's rows, references and vectors are made from; a definition is one. */
export interface ViewShape {
  readonly kind: "feature_view";
  readonly name: string;
  readonly timestampField: string;
  readonly createdTimestampColumn: string;
  readonly keyTypes: Readonly<Record<string, string>>;
  readonly featureTypes: FeatureInputs;
}

/** The views among a repository's definitions: those of a module, or any object or tuple of them. */
export type ViewsOf<Repository> = Extract<Repository[keyof Repository], ViewShape>;

/** The name of a feature's type, however the definition gives it. */
export type TypeNameOf<Input extends FeatureInput> = Input extends { readonly type: infer Type extends string }
  ? Type
  : Input;
