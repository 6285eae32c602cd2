import type { RegistryErrorCode } from "@icecore/feature-registry";
import type { IcebergErrorCode } from "@icecore/iceberg-catalog";
import type { OfflineStoreErrorCode } from "@icecore/offline-store";
import type { OnlineStoreErrorCode } from "@icecore/online-sync";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { IcecoreErrorCode, KnownError } from "../errors.ts";

/**
 * HTTP's word for every code. 4xx: the request needs a change. 502: a service behind this one refused it, whatever the
 * request; 503: it may be tried again; 507: there is no room.
 */
const statuses = {
  IcecoreError: {
    ACCESS_DENIED: 403,
    ARGUMENT_INVALID: 400,
    CONFIG_INVALID: 500,
    CONFIG_NOT_FOUND: 500,
    DEFINITIONS_INVALID: 500,
    INTERRUPTED: 503,
    NOT_MATERIALIZED: 409,
    ONLINE_ROWS_LEFT: 503,
    PORT_IN_USE: 500,
    SERVER_BUSY: 503,
    TRAINING_SET_EXISTS: 409,
  },
  RegistryError: {
    CHANGE_REFUSED: 409,
    DEFINITION_INVALID: 500,
    FEATURE_NAME_COLLISION: 400,
    FEATURE_NOT_FOUND: 404,
    FEATURE_SERVICE_NOT_FOUND: 404,
    FEATURE_VIEW_NOT_FOUND: 404,
    NOTHING_APPLIED: 404,
    REFERENCE_INVALID: 400,
    REGISTRY_CONFLICT: 409,
    VERSION_NOT_FOUND: 404,
  },
  OfflineStoreError: {
    DATA_INVALID: 400,
    DIGEST_DIFFERS: 409,
    FILE_NOT_FOUND: 500,
    LOCK_INVALID: 400,
    OUTPUT_EXISTS: 409,
    QUERY_INVALID: 400,
    QUERY_REFUSED: 403,
    QUERY_TIMED_OUT: 422,
    QUERY_TOO_LARGE: 422,
    SPINE_INVALID: 400,
  },
  OnlineStoreError: {
    BATCH_INVALID: 500,
    CONFIG_INVALID: 500,
    ENTITY_INVALID: 400,
    MATERIALIZATION_RUNNING: 409,
    MIGRATION_BEHIND: 409,
    RUN_INTERRUPTED: 503,
    RUN_LOST: 503,
    STORE_FORBIDDEN: 502,
    STORE_FULL: 507,
    STORE_INVALID: 500,
    STORE_READ_ONLY: 503,
    STORE_UNAVAILABLE: 503,
    TYPE_UNSUPPORTED: 501,
    VALUE_INVALID: 400,
  },
  IcebergError: {
    ALREADY_EXISTS: 409,
    AUTHENTICATION_FAILED: 502,
    COMMIT_CONFLICT: 409,
    COMMIT_STATE_UNKNOWN: 500,
    DATA_INVALID: 500,
    FILE_EXISTS: 500,
    FILE_INVALID: 500,
    FILE_NOT_FOUND: 500,
    FORBIDDEN: 502,
    INVALID_ARGUMENT: 400,
    IO_FAILED: 500,
    METADATA_INVALID: 500,
    NAMESPACE_NOT_EMPTY: 409,
    NAMESPACE_NOT_FOUND: 404,
    OUT_OF_MEMORY: 507,
    QUERY_INVALID: 400,
    QUERY_REFUSED: 403,
    ROWS_INVALID: 400,
    SERVICE_UNAVAILABLE: 503,
    SNAPSHOT_NOT_FOUND: 404,
    STORAGE_FULL: 507,
    TABLE_NOT_FOUND: 404,
    UNSUPPORTED: 501,
    VALIDATION_FAILED: 409,
    WAREHOUSE_NOT_FOUND: 404,
  },
} satisfies {
  readonly IcecoreError: Statuses<IcecoreErrorCode>;
  readonly RegistryError: Statuses<RegistryErrorCode>;
  readonly OfflineStoreError: Statuses<OfflineStoreErrorCode>;
  readonly OnlineStoreError: Statuses<OnlineStoreErrorCode>;
  readonly IcebergError: Statuses<IcebergErrorCode>;
};

type Statuses<Code extends string> = Readonly<Record<Code, ContentfulStatusCode>>;

/** The HTTP status of a foreseen error. */
export function statusOf(error: KnownError): ContentfulStatusCode {
  const byPackage: Readonly<Record<string, Readonly<Record<string, ContentfulStatusCode>>>> = statuses;
  return byPackage[error.name]?.[error.code] ?? 500;
}
