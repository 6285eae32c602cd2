import { IcebergError } from "../../errors.ts";

/** An object of a bucket. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

const pattern = /^s3[an]?:\/\/([^/]+)\/(.+)$/s;

/** Whether the location is in S3; the schemes of Hadoop name the same buckets. */
export function isS3Location(location: string): boolean {
  return /^s3[an]?:/.test(location);
}

/** Splits at the first slash; the key is what follows, as it is. @throws IcebergError `UNSUPPORTED`, `INVALID_ARGUMENT` */
export function parseS3Location(location: string): S3Location {
  const [, bucket, key] = pattern.exec(location) ?? [];
  if (bucket !== undefined && key !== undefined) return { bucket, key };
  if (isS3Location(location)) {
    throw new IcebergError("INVALID_ARGUMENT", `${location} names no file: write s3://bucket/key`, {
      context: { location },
    });
  }
  throw new IcebergError("UNSUPPORTED", `${location} is not in S3: only s3:, s3a: and s3n: locations are`, {
    context: { location },
  });
}

/** The location with the scheme that S3 itself uses, to compare locations by. */
export function canonicalS3Location(location: string): string {
  return location.replace(/^s3[an]:/, "s3:");
}
