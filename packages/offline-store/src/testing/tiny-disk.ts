import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** A folder that is a disk of its own, of a few kilobytes. */
export interface TinyDisk extends Disposable {
  /** Gives it room. */
  grow(): void;
}

/** Mounts a tiny disk on a folder; says why where the machine does not let it. */
export function mountTinyDisk(path: string): TinyDisk | string {
  mkdirSync(path, { recursive: true });
  const mount = (...options: readonly string[]) =>
    execFileSync("mount", ["-t", "tmpfs", "-o", options.join(","), "tmpfs", path], { stdio: "pipe" });
  try {
    mount("size=256k");
  } catch (error) {
    return `a tiny disk needs the right to mount: ${String(error).split("\n")[0]}`;
  }
  return {
    grow: () => mount("remount", "size=64m"),
    [Symbol.dispose]: () => execFileSync("umount", [path]),
  };
}
