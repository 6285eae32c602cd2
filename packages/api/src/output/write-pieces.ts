import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Writes pieces of text or bytes to a file as they come. */
export async function writePieces(pieces: AsyncIterable<Uint8Array | string>, path: string): Promise<void> {
  await pipeline(Readable.from(pieces), createWriteStream(path));
}
