import { IcebergError } from "../errors.ts";
import { readManifest } from "../manifest/read-manifest.ts";
import { hasLiveFiles } from "../scan/file-pruner.ts";
import type { DataFile, ManifestFile } from "../spec/manifest.ts";
import { requirePartitionSpec } from "../spec/require-in-metadata.ts";
import { schemaOfSpec } from "../spec/schema-of-spec.ts";
import type { TableMetadata } from "../spec/table-metadata.ts";
import type { CommitAttempt } from "./action.ts";

/**
 * Refuses files that are in the table already: their rows would be there twice. Every manifest is looked at, but each
 * only once however often the commit has to be repeated.
 */
export class DuplicateCheck {
  readonly #paths: ReadonlySet<string>;
  readonly #seen = new Set<string>();

  constructor(files: readonly DataFile[]) {
    this.#paths = new Set(files.map(({ filePath }) => filePath));
  }

  /** @throws IcebergError `ALREADY_EXISTS` */
  async refuse(manifests: readonly ManifestFile[], base: TableMetadata, attempt: CommitAttempt): Promise<void> {
    for (const manifest of manifests) {
      if (this.#seen.has(manifest.manifestPath) || manifest.content !== "data" || !hasLiveFiles(manifest)) continue;
      await this.#look(manifest, base, attempt);
      this.#seen.add(manifest.manifestPath);
    }
  }

  async #look(manifest: ManifestFile, base: TableMetadata, { files }: CommitAttempt): Promise<void> {
    const spec = requirePartitionSpec(base, manifest.partitionSpecId);
    const options = { spec, schema: schemaOfSpec(base, spec), statsOf: new Set<never>() };
    for (const { status, dataFile } of readManifest(await files.read(manifest.manifestPath), manifest, options)) {
      if (status === "deleted" || !this.#paths.has(dataFile.filePath)) continue;
      throw new IcebergError("ALREADY_EXISTS", `${dataFile.filePath} is in the table already: it was added before`);
    }
  }
}
