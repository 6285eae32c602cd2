import { randomUUID } from "node:crypto";
import { HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { allBytes, byteSource } from "../byte-source.ts";
import type { WriteContent } from "../file-io.ts";
import { fromS3Error, isNotFound, isUndecidedRace } from "./error.ts";
import { parseS3Location } from "./location.ts";
import { uploadInParts } from "./multipart.ts";
import type { ObjectWrite } from "./object-write.ts";

const markName = "icecore-write";
const raceAttempts = 3;

/**
 * Writes an object that is not there yet. A request that is sent again because its answer was lost can meet the object
 * that it wrote itself: that is told by the object's mark, and is success.
 */
export async function writeObject(
  client: S3Client,
  location: string,
  content: WriteContent,
  partBytes: number,
): Promise<void> {
  const { bucket, key } = parseS3Location(location);
  const source = byteSource(content);
  const mark = randomUUID();
  const target = { Bucket: bucket, Key: key, Metadata: { [markName]: mark } };
  try {
    await decided(() =>
      source.size > partBytes
        ? uploadInParts(client, target, source, partBytes)
        : allBytes(content).then((Body) => client.send(new PutObjectCommand({ ...target, Body, IfNoneMatch: "*" }))),
    );
  } catch (error) {
    const failure = fromS3Error(error, location);
    const mayBeOurs = failure.code === "FILE_EXISTS" || isNotFound(error);
    if (mayBeOurs && (await markOf(client, target)) === mark) return;
    throw failure;
  }
}

/** S3 answers 409 to writers that met in the same moment, and asks them to begin again. */
async function decided(write: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await write();
      return;
    } catch (error) {
      if (attempt === raceAttempts || !isUndecidedRace(error)) throw error;
    }
  }
}

async function markOf(client: S3Client, { Bucket, Key }: ObjectWrite): Promise<string | undefined> {
  try {
    return (await client.send(new HeadObjectCommand({ Bucket, Key }))).Metadata?.[markName];
  } catch (error) {
    const failure = fromS3Error(error, `s3://${Bucket}/${Key}`);
    if (failure.code === "FILE_NOT_FOUND") return undefined;
    throw failure;
  }
}
