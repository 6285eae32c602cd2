import type { FileFacts } from "../spec/file-facts.ts";
import type { ScanReport } from "./file-scan-task.ts";

/** Counts while a scan is planned. */
export class ScanCounters {
  readonly #manifests = { total: 0, skipped: 0 };
  readonly #files = { kept: 0, pruned: 0 };
  readonly #bytes = { kept: 0n, pruned: 0n };

  manifest(isKept: boolean): void {
    this.#manifests.total++;
    if (!isKept) this.#manifests.skipped++;
  }

  file(file: FileFacts, isKept: boolean): void {
    const outcome = isKept ? "kept" : "pruned";
    this.#files[outcome]++;
    this.#bytes[outcome] += file.fileSizeInBytes;
  }

  report(): ScanReport {
    return { manifests: { ...this.#manifests }, files: { ...this.#files }, bytes: { ...this.#bytes } };
  }
}
