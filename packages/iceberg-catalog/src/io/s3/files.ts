import { DeleteObjectCommand, HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ByteRange, FileIO, FileStat } from "../file-io.ts";
import { openS3Client } from "./client.ts";
import { fromS3Error } from "./error.ts";
import { listObjects } from "./list.ts";
import { parseS3Location } from "./location.ts";
import type { S3Options } from "./options.ts";
import { readObject } from "./read.ts";
import { writeObject } from "./write.ts";

const defaultPartBytes = 16 * 1024 * 1024;

/** The FileIO behind `s3FileIO`. */
export function openS3Files(options: S3Options): FileIO {
  const client = openS3Client(options);
  const { partBytes = defaultPartBytes } = options;
  return {
    exists: (location) => classified(location, () => exists(client, location)),
    stat: (location) => classified(location, () => stat(client, location)),
    read: (location, range) => classified(location, () => read(client, location, range)),
    write: (location, content) => writeObject(client, location, content, partBytes),
    delete: (location) => classified(location, () => remove(client, location)),
    localPath: () => undefined,
    list: (folder) => listObjects(client, folder),
  };
}

async function classified<T>(location: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fromS3Error(error, location);
  }
}

async function exists(client: S3Client, location: string): Promise<boolean> {
  try {
    await stat(client, location);
    return true;
  } catch (error) {
    const failure = fromS3Error(error, location);
    if (failure.code === "FILE_NOT_FOUND") return false;
    throw failure;
  }
}

async function stat(client: S3Client, location: string): Promise<FileStat> {
  const { bucket, key } = parseS3Location(location);
  const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  return { size: ContentLength ?? 0 };
}

/** S3 has no empty ranges. */
async function read(client: S3Client, location: string, range: ByteRange | undefined): Promise<Uint8Array> {
  if (range?.length !== 0) return readObject(client, location, range);
  await stat(client, location);
  return new Uint8Array();
}

async function remove(client: S3Client, location: string): Promise<void> {
  const { bucket, key } = parseS3Location(location);
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}
