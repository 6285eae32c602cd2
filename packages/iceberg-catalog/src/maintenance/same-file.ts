import { localPath } from "../io/local.ts";
import { canonicalS3Location } from "../io/s3/location.ts";

/**
 * A key that two locations share when they name the same file: the schemes of S3 are one, and so are the ways to write a
 * path on this machine, where double slashes count as one. Everything else is taken as it is.
 */
export function fileKey(location: string): string {
  const path = localPath(location);
  return path === undefined ? canonicalS3Location(location) : `file:${path.replace(/\/{2,}/g, "/")}`;
}

/** The location without scheme and authority: two files that share it may be one, reached in two ways. */
export function pathWithoutAuthority(location: string): string {
  return fileKey(location).replace(/^[a-z][a-z0-9+.-]*:(\/\/[^/]*)?/i, "");
}
