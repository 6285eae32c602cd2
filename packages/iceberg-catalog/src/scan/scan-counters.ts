import type { DataFile } from "../spec/manifest.ts";
import type { ScanReport } from "./file-scan-task.ts";

/** Counts while a scan is planned. */
export class ScanCounters {
  #manifests = { total: 0, skipped: 0 };
  readonly #files = { kept: 0, pruned: 0 };
  readonly #bytes = { kept: 0n, pruned: 0n };

  manifests(total: number, kept: number): void {
    this.#manifests = { total, skipped: total - kept };
  }

  file(file: DataFile, isKept: boolean): void {
    const outcome = isKept ? "kept" : "pruned";
    this.#files[outcome]++;
    this.#bytes[outcome] += file.fileSizeInBytes;
  }

  report(): ScanReport {
    return { manifests: { ...this.#manifests }, files: { ...this.#files }, bytes: { ...this.#bytes } };
  }
}
