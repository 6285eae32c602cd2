import { countValues, type ValueColumns } from "../../store/value-columns.ts";

export interface PushSize {
  readonly rows: number;
  /** About as many as its values take as text. */
  readonly bytes: number;
}

/** @throws IcecoreError `ARGUMENT_INVALID` when columns differ in length, or there is none */
export function pushSize(columns: ValueColumns): PushSize {
  const rows = countValues(columns);
  return { rows, bytes: Object.values(columns).reduce((sum, values) => sum + textBytes(values), 0) };
}

function textBytes(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  return Object.entries(value).reduce((sum, [name, inner]) => sum + name.length + textBytes(inner), 8);
}
