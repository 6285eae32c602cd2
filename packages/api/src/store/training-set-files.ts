import { readdir, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { type LockedSpineInput, readLock, type TrainingSetLock } from "@icecore/offline-store";
import { IcecoreError } from "../errors.ts";

const lockSuffix = ".lock.json";

/** The lock file of a training set, by name in the repository or by its own path. */
export function lockPathOf(repo: string, nameOrPath: string): string {
  return nameOrPath.endsWith(".json") ? resolve(nameOrPath) : join(repo, `${nameOrPath}${lockSuffix}`);
}

/** Where the lock of a new training set goes. @throws IcecoreError `ARGUMENT_INVALID`, `TRAINING_SET_EXISTS` */
export async function freeLockPath(repo: string, name: string): Promise<string> {
  // What ends in .json is taken for the path of a lock file.
  if (!/^[A-Za-z0-9_.-]+$/.test(name) || name.endsWith(".json")) {
    throw new IcecoreError(
      "ARGUMENT_INVALID",
      `"${name}" is no name for a training set: use letters, digits, _, . and -, and no .json at its end`,
    );
  }
  const path = lockPathOf(repo, name);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return path;
  throw new IcecoreError(
    "TRAINING_SET_EXISTS",
    `${path} is there already; choose another name, or reproduce it with icecore training-set reproduce ${name}`,
  );
}

/** The file beside a lock that keeps the rows of a spine that could not be had again. */
export const spinePathOf = (repo: string, name: string, extension: string): string =>
  join(repo, `${name}.spine.${extension}`);

/**
 * Makes that file, empty, before its rows are written: whoever asks for the same name meanwhile is refused.
 * @throws IcecoreError `ARGUMENT_INVALID`, `TRAINING_SET_EXISTS`
 */
export async function claimSpinePath(repo: string, name: string, extension: string): Promise<string> {
  await freeLockPath(repo, name);
  const path = spinePathOf(repo, name, extension);
  await writeFile(path, "", { flag: "wx" }).catch((cause) => {
    if (cause?.code !== "EEXIST") throw cause;
    throw new IcecoreError(
      "TRAINING_SET_EXISTS",
      `${path} is there already, where the rows of the spine are to be kept; remove it, or choose another name`,
      { cause },
    );
  });
  return path;
}

/** The locks in the repository, by name. */
export async function readLocks(repo: string): Promise<readonly TrainingSetLock[]> {
  const names = (await readdir(repo)).filter((name) => name.endsWith(lockSuffix)).sort();
  return Promise.all(names.map((name) => readLock(join(repo, name))));
}

/** A spine as a lock file in `directory` keeps it: file names relative to it. */
export function relativeInput(directory: string, input: LockedSpineInput): LockedSpineInput {
  return "files" in input ? { ...input, files: input.files.map((file) => relative(directory, resolve(file))) } : input;
}

/** Files of a spine that a lock file names; they are looked for beside it. */
export function absoluteFiles(lockPath: string, files: readonly string[]): readonly string[] {
  return files.map((file) => resolve(dirname(lockPath), file));
}
