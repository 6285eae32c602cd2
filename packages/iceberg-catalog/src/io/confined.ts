import { IcebergError } from "../errors.ts";
import type { FileIO } from "./file-io.ts";
import { localPath, realLocalPath } from "./local.ts";

/**
 * Files under a location and no others, whatever a caller names: neither `..` nor a symbolic link leads out of it.
 * Everything else fails with `FORBIDDEN` and touches nothing.
 */
export function confinedFileIO(io: FileIO, root: string): FileIO {
  const confined = async <T>(location: string, work: () => Promise<T>): Promise<T> => {
    if (await isUnder(root, location)) return work();
    throw new IcebergError(
      "FORBIDDEN",
      `${location} is outside the warehouse ${root}; to work with it, open the catalog with a warehouse that holds it`,
      { context: { location, root } },
    );
  };
  return {
    exists: (location) => confined(location, () => io.exists(location)),
    stat: (location) => confined(location, () => io.stat(location)),
    read: (location, range) => confined(location, () => io.read(location, range)),
    write: (location, content) => confined(location, () => io.write(location, content)),
    delete: (location) => confined(location, () => io.delete(location)),
    localPath: (location) => io.localPath(location),
    list: async function* (folder) {
      yield* await confined(folder, async () => io.list(folder));
    },
  };
}

async function isUnder(root: string, location: string): Promise<boolean> {
  if (location.split("/").includes("..")) return false;
  const [rootPath, path] = [localPath(root), localPath(location)];
  if (rootPath === undefined || path === undefined) return startsWithFolder(location, root);
  if (!startsWithFolder(path, rootPath)) return false;
  return startsWithFolder(await realLocalPath(path), await realLocalPath(rootPath));
}

function startsWithFolder(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
