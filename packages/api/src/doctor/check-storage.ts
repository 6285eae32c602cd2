import { randomUUID } from "node:crypto";
import { type FileIO, isIcebergError } from "@icecore/iceberg-catalog";
import { messageOf } from "../errors.ts";
import { type Finding, failed, ok } from "./finding.ts";

const part = "storage";

/** Writes, reads and deletes a file where tables are. */
export async function checkStorage(io: FileIO, folder: string): Promise<Finding> {
  const location = `${folder.replace(/\/+$/, "")}/icecore-doctor-${randomUUID()}`;
  const content = new TextEncoder().encode("icecore doctor was here");
  try {
    await io.write(location, content);
    const read = await io.read(location);
    await io.delete(location);
    return Buffer.compare(read, content) === 0
      ? ok(part, `files can be written, read and deleted under ${folder}`)
      : failed(part, `${location} reads otherwise than it was written`, "look at what is between here and the storage");
  } catch (error) {
    return failed(part, messageOf(error), mendOf(error));
  }
}

function mendOf(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : "";
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) {
    return 'the bucket stands in the host name, which is not known: set "s3.path-style-access": "true" in offline_store.catalog.properties, or mend s3.endpoint';
  }
  if (/ECONNREFUSED/.test(message))
    return 'nothing listens there: mend "s3.endpoint" in offline_store.catalog.properties';
  if (/RequestTimeTooSkewed/.test(message)) return "set this clock by NTP: S3 refuses signatures from another time";
  if (/SignatureDoesNotMatch/.test(message)) return "the secret key does not belong to the access key";
  if (/InvalidAccessKeyId/.test(message)) return "the access key is not known there: mend s3.access-key-id";
  if (isIcebergError(error, "STORAGE_FULL")) return "make room";
  if (/EACCES|EPERM|EROFS/.test(message)) return "let this user write there, or name another warehouse";
  return undefined;
}
