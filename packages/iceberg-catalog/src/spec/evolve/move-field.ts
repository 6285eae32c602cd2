import { IcebergError } from "../../errors.ts";
import type { FieldId } from "../ids.ts";
import type { NestedField } from "../types.ts";

/** Where a column goes among those of its struct. */
export type Place = { readonly at: "first" } | { readonly at: "before" | "after"; readonly other: FieldId };

/** The fields of a struct with one of them elsewhere. @throws IcebergError `INVALID_ARGUMENT` for a place next to itself */
export function moveField(fields: readonly NestedField[], id: FieldId, place: Place): readonly NestedField[] {
  const moved = fields.filter((field) => field.id === id);
  const others = fields.filter((field) => field.id !== id);
  if (place.at === "first") return [...moved, ...others];
  const index = others.findIndex((field) => field.id === place.other);
  if (index < 0) throw new IcebergError("INVALID_ARGUMENT", `column "${moved[0]?.name}" cannot move next to itself`);
  const at = place.at === "before" ? index : index + 1;
  return [...others.slice(0, at), ...moved, ...others.slice(at)];
}
