import { AvroCursor } from "../avro/avro-cursor.ts";
import { openContainer } from "../avro/container.ts";
import { type EntryLayout, entryLayout } from "./entry-layout.ts";

/** A manifest whose rows can be looked into without being decoded. */
export interface OpenManifest {
  readonly layout: EntryLayout;
  /** Decompressed and indexed one by one. @throws IcebergError `DATA_INVALID` */
  readonly blocks: Iterable<EntryBlock>;
}

/** Rows of a manifest, and where in the bytes their values begin. */
export interface EntryBlock {
  readonly rows: number;
  readonly cursor: AvroCursor;
  readonly positions: Uint32Array;
  /** What it takes in memory. */
  readonly byteLength: number;
}

/** @throws IcebergError `DATA_INVALID`, `UNSUPPORTED` */
export function openManifest(bytes: Uint8Array): OpenManifest {
  const { type, blocks } = openContainer(bytes);
  const layout = entryLayout(type);
  function* indexed(): Generator<EntryBlock> {
    for (const block of blocks) {
      const positions = layout.index(block);
      const byteLength = block.byteLength + positions.byteLength;
      yield { rows: block.count, cursor: new AvroCursor(block.bytes), positions, byteLength };
    }
  }
  return { layout, blocks: { [Symbol.iterator]: indexed } };
}
