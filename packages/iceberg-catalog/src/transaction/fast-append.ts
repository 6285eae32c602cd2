import { IcebergError } from "../errors.ts";
import type { UncommittedManifest } from "../manifest/write-manifest.ts";
import type { DataFile } from "../spec/manifest.ts";
import { findSnapshot } from "../spec/table-metadata-lookups.ts";
import type { TransactionAction } from "./action.ts";
import {
  newSnapshotIdentity,
  parentManifests,
  type SnapshotIdentity,
  writeAddedFiles,
  writeSnapshot,
} from "./snapshot-producer.ts";
import { changeSummary } from "./snapshot-summary.ts";

export interface AppendOptions {
  /** Goes into the snapshot's summary, for example an idempotency key. */
  readonly summary?: Readonly<Record<string, string>>;
}

/**
 * Adds data files in a new snapshot on `main`, in manifests of their own. No existing manifest is rewritten, and after a
 * conflict only the manifest list is.
 */
export function fastAppend(files: readonly DataFile[], { summary = {} }: AppendOptions = {}): TransactionAction {
  let prepared: { readonly identity: SnapshotIdentity; readonly written: readonly UncommittedManifest[] } | undefined;
  let refusedManifestList: string | undefined;
  return {
    apply: async (base, attempt) => {
      if (refusedManifestList !== undefined) await attempt.files.discard(refusedManifestList);
      if (prepared === undefined) {
        refuseDeletes(files);
        const identity = newSnapshotIdentity(base, attempt);
        prepared = { identity, written: await writeAddedFiles(files, identity, base, attempt) };
      }
      const inherited = await parentManifests(base, attempt);
      const parent = findSnapshot(base, base.currentSnapshotId);
      const content = {
        written: prepared.written,
        inherited,
        summary: changeSummary("append", { added: files, removed: [] }, parent, summary),
      };
      const { manifestList, updates } = await writeSnapshot(content, prepared.identity, base, attempt);
      refusedManifestList = manifestList;
      return updates;
    },
  };
}

function refuseDeletes(files: readonly DataFile[]): void {
  const file = files.find(({ content }) => content !== "data");
  if (file === undefined) return;
  throw new IcebergError(
    "INVALID_ARGUMENT",
    `cannot append ${file.filePath}: it holds ${file.content}, which an append cannot add`,
  );
}
