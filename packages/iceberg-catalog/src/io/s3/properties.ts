import { IcebergError } from "../../errors.ts";
import type { S3Credentials, S3Options } from "./options.ts";

export type StorageProperties = Readonly<Record<string, string>>;

const credentialKeys = new Set([
  "s3.access-key-id",
  "s3.secret-access-key",
  "s3.session-token",
  "s3.session-token-expires-at-ms",
]);

/** Properties over others. Credentials are one thing: a key of one is never completed by a token of the other. */
export function overlaid(lower: StorageProperties, upper: StorageProperties): StorageProperties {
  if (upper["s3.access-key-id"] === undefined) return { ...lower, ...upper };
  const kept = Object.entries(lower).filter(([key]) => !credentialKeys.has(key));
  return { ...Object.fromEntries(kept), ...upper };
}

/**
 * How to reach S3 by the properties that all Iceberg clients share (`s3.endpoint`, `client.region`, ...).
 *
 * @throws IcebergError `INVALID_ARGUMENT`, which never repeats a value
 */
export function s3OptionsOf(properties: StorageProperties): S3Options {
  const endpoint = properties["s3.endpoint"];
  const region = properties["s3.region"] ?? properties["client.region"];
  const pathStyle = properties["s3.path-style-access"];
  const credentials = s3CredentialsOf(properties);
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(pathStyle !== undefined && { pathStyle: pathStyle.toLowerCase() === "true" }),
    ...(credentials !== undefined && { credentials }),
  };
}

/** Undefined where the properties hold none. @throws IcebergError `INVALID_ARGUMENT` for half of a pair */
export function s3CredentialsOf(properties: StorageProperties): S3Credentials | undefined {
  const accessKeyId = properties["s3.access-key-id"];
  const secretAccessKey = properties["s3.secret-access-key"];
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new IcebergError("INVALID_ARGUMENT", "s3.access-key-id and s3.secret-access-key are given together or not");
  }
  const sessionToken = properties["s3.session-token"];
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

/** When the credentials expire, in milliseconds since 1970; undefined when they do not say. */
export function s3ExpiryMs(properties: StorageProperties): number | undefined {
  const text = properties["s3.session-token-expires-at-ms"];
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new IcebergError("INVALID_ARGUMENT", "s3.session-token-expires-at-ms is not a time in milliseconds");
}
