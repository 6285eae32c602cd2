import type { FileIO } from "./file-io.ts";
import { localPath } from "./local.ts";

/** A folder of this machine, and where it was before: what is recorded of its files still begins so. */
export interface MovedFolder {
  /** `file://` and a path, without a slash at its end, as are the others. */
  readonly present: string;
  readonly former: readonly string[];
}

/** The location as it is now: under the present folder, where it was under a former one. */
export function presentLocation({ present, former }: MovedFolder, location: string): string {
  for (const folder of former) {
    const inside = insideOf(folder, location);
    if (inside !== undefined) return `${present}/${inside}`;
  }
  return location;
}

/** Every location that may be recorded of the file: under the folder where it is, and where it was. */
export function recordedLocations({ present, former }: MovedFolder, location: string): readonly string[] {
  const folders = [present, ...former];
  const inside = folders.map((folder) => insideOf(folder, location)).find((found) => found !== undefined);
  return inside === undefined ? [location] : folders.map((folder) => `${folder}/${inside}`);
}

/** Two folders of which one is in the other: of a location in both nobody could tell which is meant. */
export function overlapping({ present, former }: MovedFolder): string | undefined {
  return former.find((folder) => insideOf(folder, present) !== undefined || insideOf(present, folder) !== undefined);
}

function insideOf(folder: string, location: string): string | undefined {
  const [root, path] = [localPath(folder), localPath(location)];
  return root !== undefined && path?.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined;
}

/** Files of a folder that has been moved, by the locations that are recorded of them; where it was, nothing is touched. */
export function movedFileIO(io: FileIO, folder: MovedFolder): FileIO {
  const now = (location: string) => presentLocation(folder, location);
  return {
    exists: (location) => io.exists(now(location)),
    stat: (location) => io.stat(now(location)),
    read: (location, range) => io.read(now(location), range),
    write: (location, content) => io.write(now(location), content),
    delete: (location) => io.delete(now(location)),
    localPath: (location) => io.localPath(now(location)),
    list: async function* (asked) {
      const found = now(asked);
      for await (const file of io.list(found)) yield { ...file, location: asked + file.location.slice(found.length) };
    },
  };
}
