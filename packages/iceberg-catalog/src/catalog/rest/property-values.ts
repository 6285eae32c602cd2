import { IcebergError } from "../../errors.ts";
import type { Properties } from "./config.ts";

/** A property that is a whole number. @throws IcebergError `INVALID_ARGUMENT` */
export function count(properties: Properties, name: string, fallback: number): number {
  const text = properties[name];
  if (text === undefined) return fallback;
  if (/^\d+$/.test(text)) return Number(text);
  throw new IcebergError("INVALID_ARGUMENT", `catalog property ${name} is "${text}"; it must be a whole number`);
}

/** A property that is true or false. @throws IcebergError `INVALID_ARGUMENT` */
export function flag(properties: Properties, name: string, fallback: boolean): boolean {
  const text = properties[name]?.toLowerCase();
  if (text === undefined) return fallback;
  if (text === "true" || text === "false") return text === "true";
  throw new IcebergError("INVALID_ARGUMENT", `catalog property ${name} is "${text}"; it must be true or false`);
}
