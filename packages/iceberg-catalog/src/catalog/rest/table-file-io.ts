import { IcebergError } from "../../errors.ts";
import type { FileIO } from "../../io/file-io.ts";
import { routedFileIO } from "../../io/routed.ts";
import type { S3Credentials } from "../../io/s3/options.ts";
import { overlaid, type StorageProperties, s3CredentialsOf, s3OptionsOf } from "../../io/s3/properties.ts";
import { s3FileIO } from "../../io/s3.ts";
import { fileIOByScheme } from "../../io/scheme-file-io.ts";
import type { StagedTable, StorageCredential } from "../catalog.ts";
import { findCredential, initialCredentials, type RenewCredentials, vendedCredentials } from "./vended-credentials.ts";

/** What a table's files are reached with, beside what the catalog says about them. */
export interface TableFileIOOptions {
  /** Iceberg's storage properties (`s3.endpoint`, ...); those of the table go before them. */
  readonly properties?: StorageProperties;
  /** For `file:` locations, where tables may have them. */
  readonly file?: FileIO;
  /** Fresh credentials, asked for before the vended ones expire, once for all who wait. */
  readonly renewCredentials?: RenewCredentials;
  readonly now?: () => number;
}

/**
 * The files of one table. What is in S3 is reached as the vended credential with the longest matching prefix says, then
 * the table's config, then the client's own properties.
 *
 * @throws IcebergError `INVALID_ARGUMENT` for credentials that make no sense, at the latest when a file is used
 */
export function tableFileIO(loaded: StagedTable, options: TableFileIOOptions = {}): FileIO {
  const { file, renewCredentials, now = Date.now } = options;
  const shared = overlaid(options.properties ?? {}, loaded.config);
  const initial = initialCredentials(loaded);
  const current = vendedCredentials(loaded, renewCredentials, now);
  const propertiesOf = (location: string, credentials: readonly StorageCredential[]): StorageProperties =>
    overlaid(shared, findCredential(credentials, location)?.config ?? {});

  const open = (location: string): FileIO => {
    const s3 = s3OptionsOf(propertiesOf(location, initial));
    if (s3.credentials === undefined) return s3FileIO(s3);
    const credentials = async () => requireCredentials(propertiesOf(location, await current()), location);
    return s3FileIO({ ...s3, credentials });
  };
  const ios = new Map<string | undefined, FileIO>();
  const s3 = routedFileIO((location) => {
    const prefix = findCredential(initial, location)?.prefix;
    const io = ios.get(prefix) ?? open(location);
    ios.set(prefix, io);
    return io;
  });
  return fileIOByScheme({ s3, ...(file !== undefined && { file }) });
}

function requireCredentials(properties: StorageProperties, location: string): S3Credentials {
  const credentials = s3CredentialsOf(properties);
  if (credentials !== undefined) return credentials;
  throw new IcebergError(
    "FORBIDDEN",
    `${location}: the catalog has not renewed the credentials that it vended for it`,
    {
      context: { location },
    },
  );
}
