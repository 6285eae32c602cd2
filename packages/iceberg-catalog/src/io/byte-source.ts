import type { ByteSource, WriteContent } from "./file-io.ts";

/** Any content as one that is read in parts. */
export function byteSource(content: WriteContent): ByteSource {
  if (!(content instanceof Uint8Array)) return content;
  return { size: content.length, read: async ({ offset, length }) => content.subarray(offset, offset + length) };
}

/** All of a content at once. */
export async function allBytes(content: WriteContent): Promise<Uint8Array> {
  return content instanceof Uint8Array ? content : content.read({ offset: 0, length: content.size });
}
