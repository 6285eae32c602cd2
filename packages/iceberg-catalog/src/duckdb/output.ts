import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { extname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { RecordBatchFileWriter } from "apache-arrow";
import { IcebergError } from "../errors.ts";
import { storeResult } from "./arrow-projection.ts";
import { toIcebergError } from "./errors.ts";
import { quotedString } from "./quote.ts";
import type { Session } from "./session.ts";

const copyOptions: Readonly<Record<string, string>> = {
  ".parquet": "FORMAT parquet, COMPRESSION zstd",
  ".csv": "FORMAT csv, HEADER true",
  ".ndjson": "FORMAT json",
  ".jsonl": "FORMAT json",
};

/** The formats that {@link writeOutput} knows, by file name. */
export const outputExtensions = [...Object.keys(copyOptions), ".arrow"];

/**
 * Writes a query's result to a file, in the format its name says. The file appears whole or not at all.
 * @throws IcebergError `UNSUPPORTED` for another extension, `STORAGE_FULL`
 */
export async function writeOutput(session: Session, sql: string, path: string): Promise<void> {
  const extension = extname(path).toLowerCase();
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    if (extension === ".arrow") await writeArrowFile(session, sql, temporary);
    else
      await session.run(
        `COPY (${sql}) TO ${quotedString(temporary)} (${requireOptions(path, extension)})`,
        `writing ${path}`,
      );
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw toIcebergError(error, `writing ${path}`);
  }
}

function requireOptions(path: string, extension: string): string {
  const options = copyOptions[extension];
  if (options !== undefined) return options;
  throw new IcebergError(
    "UNSUPPORTED",
    `${path}: cannot tell the format to write; name it with one of ${outputExtensions.join(", ")}`,
  );
}

async function writeArrowFile(session: Session, sql: string, path: string): Promise<void> {
  await using result = await storeResult(session, sql);
  const writer = new RecordBatchFileWriter();
  const written = pipeline(Readable.from(writer), createWriteStream(path));
  let hasFailed = false;
  written.catch(() => {
    hasFailed = true;
  });
  for await (const batch of result.batches()) {
    if (hasFailed) break;
    writer.write(batch);
  }
  writer.close();
  await written;
}
