import { type FileHandle, open } from "node:fs/promises";

/** Behind the footer: its length, and the magic bytes. */
const tailLength = 8;

/** Changes the footer of a Parquet file on this machine to one that is not longer. @returns how long the file is then */
export async function rewriteFooter(path: string, change: (footer: Uint8Array) => Uint8Array): Promise<bigint> {
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    const tail = await read(file, size - tailLength, tailLength);
    const length = tail.readUInt32LE(0);
    const start = size - tailLength - length;
    const footer = change(await read(file, start, length));
    tail.writeUInt32LE(footer.length, 0);
    const end = Buffer.concat([footer, tail]);
    await file.write(end, 0, end.length, start);
    await file.truncate(start + end.length);
    return BigInt(start + end.length);
  } finally {
    await file.close();
  }
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await file.read(bytes, 0, length, position);
  return bytes;
}
