import type { FeatureView } from "@icecore/feature-registry";
import type { KeyForm } from "../../../codec/entity-key.ts";

/** The form of each view's keys, which is made once: every read needs it. */
export function keyForms(make: (view: FeatureView) => KeyForm): (view: FeatureView) => KeyForm {
  const known = new WeakMap<FeatureView, KeyForm>();
  return (view) => {
    const form = known.get(view) ?? make(view);
    known.set(view, form);
    return form;
  };
}
