import { IcebergError } from "../errors.ts";

/** Which metrics of a column a writer keeps: `bounds` are cut to so many code points or bytes; undefined: not at all. */
export type MetricsMode =
  | { readonly kind: "none" }
  | { readonly kind: "counts" }
  | { readonly kind: "bounds"; readonly length: number | undefined };

const defaultProperty = "write.metadata.metrics.default";
const columnProperty = "write.metadata.metrics.column.";
const inferredProperty = "write.metadata.metrics.max-inferred-column-defaults";
const inferredColumns = 100;

/**
 * The mode of a column by its dotted path; `position` is its place among the columns, from 0: beyond the first hundred a
 * column has no metrics unless the table asks for them.
 *
 * @throws IcebergError `INVALID_ARGUMENT` for a mode that does not parse
 */
export function metricsMode(properties: Readonly<Record<string, string>>, path: string, position: number): MetricsMode {
  const own = properties[`${columnProperty}${path}`];
  if (own !== undefined) return parseMode(`${columnProperty}${path}`, own);
  const standard = properties[defaultProperty];
  if (standard !== undefined) return parseMode(defaultProperty, standard);
  const inferred = Number(properties[inferredProperty] ?? inferredColumns);
  return position < inferred ? { kind: "bounds", length: 16 } : { kind: "none" };
}

function parseMode(property: string, text: string): MetricsMode {
  const mode = text.trim().toLowerCase();
  const length = /^truncate\((\d+)\)$/.exec(mode)?.[1];
  if (length !== undefined && Number(length) > 0) return { kind: "bounds", length: Number(length) };
  if (mode === "full") return { kind: "bounds", length: undefined };
  if (mode === "none" || mode === "counts") return { kind: mode };
  throw new IcebergError(
    "INVALID_ARGUMENT",
    `table property ${property} is "${text}"; it must be none, counts, truncate(n) or full`,
  );
}
