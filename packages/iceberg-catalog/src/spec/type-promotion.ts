import type { IcebergType } from "./types.ts";

/** Whether every value written as `from` can be read as `to` (spec, "Schema Evolution"). */
export function canPromote(from: IcebergType, to: IcebergType): boolean {
  switch (from.kind) {
    case "int":
      return to.kind === "long";
    case "float":
      return to.kind === "double";
    case "decimal":
      return to.kind === "decimal" && to.scale === from.scale && to.precision > from.precision;
    default:
      return false;
  }
}
