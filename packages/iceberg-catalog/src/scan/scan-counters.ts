import type { FileFacts } from "../spec/file-facts.ts";
import type { ScanReport } from "./file-scan-task.ts";

/** Counts while a scan is planned: each row of each manifest passes here, so that it is done with as little as can be. */
export class ScanCounters {
  #manifests = 0;
  #skippedManifests = 0;
  #keptFiles = 0;
  #prunedFiles = 0;
  #keptBytes = 0n;
  #prunedBytes = 0n;

  manifest(isKept: boolean): void {
    this.#manifests++;
    if (!isKept) this.#skippedManifests++;
  }

  file(file: FileFacts, isKept: boolean): void {
    if (isKept) {
      this.#keptFiles++;
      this.#keptBytes += file.fileSizeInBytes;
    } else {
      this.#prunedFiles++;
      this.#prunedBytes += file.fileSizeInBytes;
    }
  }

  report(): ScanReport {
    return {
      manifests: { total: this.#manifests, skipped: this.#skippedManifests },
      files: { kept: this.#keptFiles, pruned: this.#prunedFiles },
      bytes: { kept: this.#keptBytes, pruned: this.#prunedBytes },
    };
  }
}
