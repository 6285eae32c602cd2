import type { FileIO } from "./file-io.ts";

/** Leaves each file to the FileIO that `route` gives for its location; what `route` throws is the operation's failure. */
export function routedFileIO(
  route: (location: string) => FileIO | Promise<FileIO>,
  localPath: FileIO["localPath"] = () => undefined,
): FileIO {
  return {
    exists: async (location) => (await route(location)).exists(location),
    stat: async (location) => (await route(location)).stat(location),
    read: async (location, range) => (await route(location)).read(location, range),
    write: async (location, content) => (await route(location)).write(location, content),
    delete: async (location) => (await route(location)).delete(location),
    localPath,
    list: async function* (folder) {
      yield* (await route(folder)).list(folder);
    },
  };
}
