import { IcebergError } from "../errors.ts";

/** One of a few words, whoever wrote it: not everybody who calls compiles with types. @throws IcebergError `INVALID_ARGUMENT` */
export function oneOf<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw invalid(`${name} is ${shown(value)}; it must be ${choices.join(" or ")}`);
}

/** A whole number from `min` on that JavaScript counts exactly. @throws IcebergError `INVALID_ARGUMENT` */
export function wholeNumber(name: string, value: unknown, min: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= min) return value;
  throw invalid(`${name} is ${shown(value)}; it must be a whole number from ${min} on`);
}

const shown = (value: unknown): string => (typeof value === "string" ? `"${value}"` : String(value));

export const invalid = (message: string): IcebergError => new IcebergError("INVALID_ARGUMENT", message);
