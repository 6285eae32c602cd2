import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { ByteSource } from "../file-io.ts";
import { fromS3Error, isNotFound } from "./error.ts";
import type { ObjectWrite } from "./object-write.ts";

const concurrency = 4;

/** One upload under way; parts of uploads that are neither completed nor aborted stay, and are paid for. */
interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

/** Uploads a large object in parts; it appears when all are there, unless another has appeared meanwhile. */
export async function uploadInParts(
  client: S3Client,
  target: ObjectWrite,
  source: ByteSource,
  partBytes: number,
): Promise<void> {
  const { Bucket, Key } = target;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const upload = { Bucket, Key, UploadId };
  try {
    const Parts = await uploadParts(client, upload, source, partBytes);
    await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, IfNoneMatch: "*" }));
  } catch (error) {
    await abort(client, upload, error);
    throw error;
  }
}

/** Returns or fails only when no part is under way any more: one that arrived after an abort would stay. */
async function uploadParts(
  client: S3Client,
  upload: Upload,
  source: ByteSource,
  partBytes: number,
): Promise<CompletedPart[]> {
  const parts: CompletedPart[] = [];
  const count = Math.ceil(source.size / partBytes);
  let next = 0;
  const uploadPart = async (index: number) => {
    const offset = index * partBytes;
    const Body = await source.read({ offset, length: Math.min(partBytes, source.size - offset) });
    return client.send(new UploadPartCommand({ ...upload, PartNumber: index + 1, Body }));
  };
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const { ETag } = await uploadPart(index).catch((error: unknown) => {
        next = count;
        throw error;
      });
      parts[index] = { PartNumber: index + 1, ...(ETag !== undefined && { ETag }) };
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: concurrency }, lane));
  const failed = lanes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return parts;
}

/** An upload that is gone was completed after all, or aborted by a rule of the bucket. */
async function abort(client: S3Client, upload: Upload, reason: unknown): Promise<void> {
  try {
    await client.send(new AbortMultipartUploadCommand(upload));
  } catch (error) {
    if (isNotFound(error)) return;
    const location = `s3://${upload.Bucket}/${upload.Key}`;
    const failure = fromS3Error(reason, location);
    failure.message += `; and its uploaded parts could not be removed: ${fromS3Error(error, location).message}`;
    throw failure;
  }
}
