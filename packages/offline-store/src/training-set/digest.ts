import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Session } from "@icecore/iceberg-catalog/duckdb";
import { quotedString } from "@icecore/iceberg-catalog/duckdb";

/**
 * The digest of a query's rows in their order: the SHA-256 of their canonical CSV. That is the text of DuckDB's
 * `COPY ... (FORMAT csv, HEADER true)` with the time zone UTC: a header line, `,` between values, `"` only where needed,
 * null as nothing and the empty string as `""`, floating point numbers by their shortest exact form, timestamps as
 * `2001-02-03 04:05:06.789+00`. Whoever has the rows can recompute it with any DuckDB and `sha256sum`.
 */
export async function contentDigest(session: Session, sql: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "icecore-digest-"));
  try {
    const path = join(directory, "canonical.csv");
    await session.run(`COPY (${sql}) TO ${quotedString(path)} (FORMAT csv, HEADER true)`, "computing the digest");
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    return `sha256:${hash.digest("hex")}`;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The digest of a text. */
export function textDigest(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
