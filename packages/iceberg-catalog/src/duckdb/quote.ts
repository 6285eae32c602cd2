import { invalid } from "./argument.ts";

/** An SQL identifier, whatever characters the name has. @throws IcebergError `INVALID_ARGUMENT` for one that has none */
export function quotedIdentifier(name: string): string {
  if (name === "") throw invalid("a column without a name cannot be read or written by DuckDB; rename it");
  return `"${name.replaceAll('"', '""')}"`;
}

/** An SQL string literal, or what stands for one that no literal can hold. */
export function quotedString(text: string): string {
  const parts = text.split("\0").map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts.join("") : `(${parts.join(" || chr(0) || ")})`;
}

/** `['a', 'b']` */
export function quotedStrings(texts: readonly string[]): string {
  return `[${texts.map(quotedString).join(", ")}]`;
}

/** A TIMESTAMPTZ literal of so many microseconds since 1970-01-01T00:00:00Z. */
export function timestampLiteral(micros: bigint): string {
  return `make_timestamptz(${micros})`;
}

/** A SELECT as a relation. On lines of its own, since it may end in a comment. */
export function subquery(select: string): string {
  return `(\n${select.replace(/;\s*$/, "")}\n)`;
}

/** A path that DuckDB must not take for a pattern. */
export function escapeGlob(path: string): string {
  return path.replaceAll(/[[*?]/g, "[$&]");
}
