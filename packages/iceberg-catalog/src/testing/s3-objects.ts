import { createHash } from "node:crypto";

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Upload {
  readonly metadata: StoredObject["metadata"];
  readonly parts: Map<number, Uint8Array>;
}

/** The buckets of a test's S3 server: objects by `/bucket/key` and the uploads that are under way. */
export class S3Objects {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Upload>();
  #uploadCount = 0;

  begin(metadata: StoredObject["metadata"]): string {
    const id = `upload-${++this.#uploadCount}`;
    this.uploads.set(id, { metadata, parts: new Map() });
    return id;
  }

  /** Puts the parts together. */
  complete(path: string, id: string, upload: Upload): void {
    const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
    this.objects.set(path, { bytes: Buffer.concat(parts), metadata: upload.metadata });
    this.uploads.delete(id);
  }
}

export function etagOf(bytes: Uint8Array): string {
  return `"${createHash("md5").update(bytes).digest("hex")}"`;
}
