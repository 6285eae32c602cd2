import type { FileIO } from "./file-io.ts";
import { routedFileIO } from "./routed.ts";
import type { S3Options } from "./s3/options.ts";

/**
 * Files in S3, or in a server that speaks as it does and knows conditional writes. Locations are `s3://bucket/key`
 * (or `s3a:`, `s3n:`), where the key is everything after the bucket, as it is. The AWS SDK is loaded with the first
 * file: projects that keep nothing in S3 do not pay for it.
 *
 * @throws IcebergError besides what every FileIO throws: `FORBIDDEN`, `AUTHENTICATION_FAILED` without credentials,
 * `INVALID_ARGUMENT` for a wrong region, `SERVICE_UNAVAILABLE` after all attempts
 */
export function s3FileIO(options: S3Options = {}): FileIO {
  let opened: Promise<FileIO> | undefined;
  return routedFileIO(() => {
    opened ??= import("./s3/files.ts").then(({ openS3Files }) => openS3Files(options));
    return opened;
  });
}
