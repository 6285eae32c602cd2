/** Where bytes live. Locations are opaque strings with a scheme: never decoded, normalised or re-encoded. */
export interface FileIO {
  exists(location: string): Promise<boolean>;
  /** Size in bytes. @throws IcebergError `FILE_NOT_FOUND` */
  stat(location: string): Promise<FileStat>;
  /** The whole file, or `length` bytes from `offset`. @throws IcebergError `FILE_NOT_FOUND` */
  read(location: string, range?: ByteRange): Promise<Uint8Array>;
  /**
   * Writes the whole file so that readers see all of it or none. Refuses to overwrite. Of a {@link ByteSource} it reads a
   * part at a time.
   * @throws IcebergError `FILE_EXISTS`, or `STORAGE_FULL` with nothing left behind
   */
  write(location: string, content: WriteContent): Promise<void>;
  /** Deletes the file; one that is not there is no error. */
  delete(location: string): Promise<void>;
  /** Where the file is on the disks of this machine, for programs that read it themselves; undefined for any that is not. */
  localPath(location: string): string | undefined;
  /** Every file under a folder, at any depth and in no order; none where the folder is not there. */
  list(folder: string): AsyncIterable<ListedFile>;
}

/** What a file is to hold. */
export type WriteContent = Uint8Array | ByteSource;

/** Bytes that are read as they are wanted, and more than once where a write is repeated. */
export interface ByteSource {
  readonly size: number;
  read(range: ByteRange): Promise<Uint8Array>;
}

/** A file as a listing tells of it; its location begins as the folder that was asked for. */
export interface ListedFile {
  readonly location: string;
  readonly size: number;
  readonly lastModifiedMs: number;
}

/** What the locations of the files in a folder begin with. */
export function folderPrefix(folder: string): string {
  return `${folder.replace(/\/+$/, "")}/`;
}

export interface FileStat {
  readonly size: number;
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}
