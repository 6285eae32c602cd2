import type { FileScanTask } from "../../scan/file-scan-task.ts";
import { groupBy } from "../../spec/group-by.ts";
import type { SpecId } from "../../spec/ids.ts";
import { partitionKey } from "../../spec/partition-key.ts";

/** Which files are worth rewriting. */
export interface CompactionPolicy {
  /** Files that are much smaller or larger than this are rewritten. */
  readonly targetFileSizeBytes: number;
  /** A partition with fewer files than this to rewrite is left alone, unless deletes or an old spec ask for it. Default: 5. */
  readonly minInputFiles?: number | undefined;
  /** A file that this many delete files apply to is rewritten, however large. Default: 5. */
  readonly minDeleteFiles?: number | undefined;
  /** Rewrites every file. */
  readonly rewriteAll?: boolean | undefined;
  /** Groups are split beyond this. Default: 10 GiB. */
  readonly maxGroupBytes?: number | undefined;
}

/** Files that are rewritten together: of one partition, or of older specs. */
export interface FileGroup {
  readonly tasks: readonly FileScanTask[];
  readonly bytes: number;
}

const gibibyte = 1024 ** 3;

/** Decides which files to rewrite together. Pure: the same files give the same groups. */
export function planCompaction(
  tasks: readonly FileScanTask[],
  specId: SpecId,
  { minInputFiles = 5, maxGroupBytes = 10 * gibibyte, ...policy }: CompactionPolicy,
): readonly FileGroup[] {
  const candidates = tasks.filter((task) => isCandidate(task, specId, policy));
  // Rows of an older spec may go to any partition of this one.
  const partitions = groupBy(candidates, ({ dataFile }) =>
    dataFile.specId === specId ? partitionKey(specId, dataFile.partition) : "",
  );
  return [...partitions.values()]
    .flatMap((files) => split(files, maxGroupBytes))
    .filter((group) => isWorthwhile(group, specId, minInputFiles, policy));
}

type FilePolicy = Omit<CompactionPolicy, "minInputFiles" | "maxGroupBytes">;

function isCandidate(task: FileScanTask, specId: SpecId, policy: FilePolicy): boolean {
  const size = Number(task.dataFile.fileSizeInBytes);
  const { targetFileSizeBytes: target, rewriteAll = false } = policy;
  return (
    rewriteAll ||
    size < 0.75 * target ||
    size > 1.8 * target ||
    task.dataFile.specId !== specId ||
    hasManyDeletes(task, policy)
  );
}

const hasManyDeletes = ({ deletes }: FileScanTask, { minDeleteFiles = 5 }: FilePolicy): boolean =>
  deletes.length >= minDeleteFiles;

/** A single file that is only small would become a file that is only small. */
function isWorthwhile({ tasks, bytes }: FileGroup, specId: SpecId, minInputFiles: number, policy: FilePolicy): boolean {
  return (
    policy.rewriteAll === true ||
    (tasks.length > 1 && (tasks.length >= minInputFiles || bytes > policy.targetFileSizeBytes)) ||
    (tasks.length === 1 && bytes > 1.8 * policy.targetFileSizeBytes) ||
    tasks.some((task) => task.dataFile.specId !== specId || hasManyDeletes(task, policy))
  );
}

/** In the order they come, each group as large as it may be. */
function split(tasks: readonly FileScanTask[], maxBytes: number): readonly FileGroup[] {
  const groups: FileGroup[] = [];
  for (const task of tasks) {
    const size = Number(task.dataFile.fileSizeInBytes);
    const last = groups.at(-1);
    if (last === undefined || last.bytes + size > maxBytes) groups.push({ tasks: [task], bytes: size });
    else groups[groups.length - 1] = { tasks: [...last.tasks, task], bytes: last.bytes + size };
  }
  return groups;
}
