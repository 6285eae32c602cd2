import { type FieldId, fieldId } from "./ids.ts";

/** The columns of position delete files (spec, "Reserved Field IDs"). */
export const filePathId: FieldId = fieldId(2147483546);
export const positionId: FieldId = fieldId(2147483545);
