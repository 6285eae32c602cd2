/** Partition transforms (spec, "Partition Transforms"). `unknown` keeps a transform that is not ours, unread. */
export type Transform =
  | { readonly kind: "identity" }
  | { readonly kind: "bucket"; readonly buckets: number }
  | { readonly kind: "truncate"; readonly width: number }
  | { readonly kind: "year" | "month" | "day" | "hour" }
  | { readonly kind: "void" }
  | { readonly kind: "unknown"; readonly text: string };

const parameterised = /^(bucket|truncate)\[(\d+)\]$/;

/** Parses a transform's name: `bucket[16]`, `day`. What is not known is kept as it came. */
export function parseTransform(text: string): Transform {
  switch (text) {
    case "identity":
    case "year":
    case "month":
    case "day":
    case "hour":
    case "void":
      return { kind: text };
    default: {
      const match = parameterised.exec(text);
      const parameter = Number(match?.[2] ?? 0);
      if (match === null || parameter === 0) return { kind: "unknown", text };
      return match[1] === "bucket" ? { kind: "bucket", buckets: parameter } : { kind: "truncate", width: parameter };
    }
  }
}

/** The transform's name in the spec's own form. */
export function transformToString(transform: Transform): string {
  switch (transform.kind) {
    case "bucket":
      return `bucket[${transform.buckets}]`;
    case "truncate":
      return `truncate[${transform.width}]`;
    case "unknown":
      return transform.text;
    default:
      return transform.kind;
  }
}
