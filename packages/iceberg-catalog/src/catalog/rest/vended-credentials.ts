import { canonicalS3Location } from "../../io/s3/location.ts";
import { s3ExpiryMs } from "../../io/s3/properties.ts";
import type { StagedTable, StorageCredential } from "../catalog.ts";
import { type Perishable, renewed } from "./renewed.ts";

export type RenewCredentials = () => Promise<readonly StorageCredential[]>;

/** The credentials that came with a table, and those that follow them before they expire. */
export function vendedCredentials(
  loaded: StagedTable,
  renew: RenewCredentials | undefined,
  now: () => number,
): RenewCredentials {
  const initial = initialCredentials(loaded);
  if (renew === undefined) return async () => initial;
  const perishable = (value: readonly StorageCredential[]): Perishable<readonly StorageCredential[]> => ({
    value,
    expiresAtMs: earliestExpiryMs(value),
  });
  const credentials = renewed(async () => perishable(await renew()), now, perishable(initial));
  return () => credentials.current();
}

/** Older catalogs put the one credential there is into the table's config. */
export function initialCredentials({ config, storageCredentials }: StagedTable): readonly StorageCredential[] {
  return storageCredentials.length > 0 ? storageCredentials : [{ prefix: "", config }];
}

/** The credential with the longest prefix of the location, whatever the scheme adds to its length. */
export function findCredential(
  credentials: readonly StorageCredential[],
  location: string,
): StorageCredential | undefined {
  const canonical = canonicalS3Location(location);
  const lengthOf = ({ prefix }: StorageCredential): number => canonicalS3Location(prefix).length;
  return credentials
    .filter(({ prefix }) => canonical.startsWith(canonicalS3Location(prefix)))
    .reduce<StorageCredential | undefined>(
      (best, next) => (best && lengthOf(best) >= lengthOf(next) ? best : next),
      undefined,
    );
}

/** When the first of them expires; undefined when none says. */
export function earliestExpiryMs(credentials: readonly StorageCredential[]): number | undefined {
  const expiries = credentials.map(({ config }) => s3ExpiryMs(config)).filter((expiry) => expiry !== undefined);
  return expiries.length === 0 ? undefined : Math.min(...expiries);
}
