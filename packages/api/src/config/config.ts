import { parseDuration } from "@icecore/feature-registry";
import { z } from "zod";

const embeddedCatalog = z.strictObject({
  type: z.literal("embedded"),
  /** Where the catalog's database is, relative to the file. */
  path: z.string().default(".icecore"),
  /** Where the tables' files are, relative to the file; `warehouse` in the path when left out. */
  warehouse: z.string().optional(),
});

/** What is in an address is printed; and `fetch` refuses it. */
const catalogUri = z
  .url({ error: ({ input }) => (input === undefined ? undefined : "is no address; write it as https://host/path") })
  .refine((text) => !URL.canParse(text) || new URL(text).username === "", "has a user in it; set credential instead");

const restCatalog = z.strictObject({
  type: z.literal("rest"),
  uri: catalogUri,
  warehouse: z.string().optional(),
  credential: z.string().optional(),
  token: z.string().optional(),
  scope: z.string().optional(),
  oauth2_server_uri: z.url().optional(),
  /** Ask the catalog for credentials of each table's storage. */
  access_delegation: z.literal("vended-credentials").optional(),
  /** What Iceberg's clients call catalog properties: `s3.endpoint`, `s3.region`, `header.X`, ... */
  properties: z.record(z.string(), z.string()).optional(),
});

const duration = z.string().refine((text) => (parseDuration(text) ?? 0) > 0, "write 90s, 15m or 2h");

/** What one query may take. Default: no limit of time and rows, and the offline store's memory. */
const queryLimits = z.strictObject({
  memory_limit: z.string().optional(),
  /** As `90s` or `5m`. */
  timeout: duration.optional(),
  max_rows: z.int().positive().optional(),
  /** What may be spilt to disk, as `10GB`. */
  max_spill: z.string().optional(),
});

const offlineStore = z.strictObject({
  type: z.literal("iceberg").default("iceberg"),
  catalog: z.discriminatedUnion("type", [embeddedCatalog, restCatalog]).default({ type: "embedded", path: ".icecore" }),
  /** DuckDB's limits: memory as `2GB`, threads, and where it spills. */
  memory_limit: z.string().optional(),
  threads: z.int().positive().optional(),
  temp_directory: z.string().optional(),
  /** Copies of data files that are not on this machine: where, and how many bytes of them stay when nobody uses them. */
  file_cache: z.strictObject({ path: z.string().optional(), max_bytes: z.int().positive().optional() }).optional(),
  query: queryLimits.optional(),
});

const onlineStore = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("embedded"), path: z.string().optional() }),
  z.strictObject({
    type: z.literal("redis"),
    /** Several nodes for a cluster, or for the sentinels. */
    connection_string: z.string().default("localhost:6379"),
    redis_type: z.enum(["redis", "redis_cluster", "redis_sentinel"]).default("redis"),
    sentinel_master: z.string().default("mymaster"),
    /** For how long a key is kept after each write; left out: rows are kept for their view's ttl. */
    key_ttl_seconds: z.int().positive().optional(),
    /** `feast`: Feast's own bytes. `packed`: ours, faster and smaller. */
    layout: z.enum(["feast", "packed"]).default("feast"),
  }),
]);

/** Who may do what over HTTP. */
const serverToken = z
  .strictObject({
    /** For logs and messages. */
    name: z.string().min(1),
    token: z.string().min(1).optional(),
    /** Instead of the token, its SHA-256 in hexadecimal: then the file holds no secret. */
    token_sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, "has to be 64 hexadecimal digits")
      .optional(),
    role: z.enum(["reader", "writer", "admin"]),
    /** Feature views it is kept to; left out: all, and every other table. */
    views: z.array(z.string()).optional(),
  })
  .refine(
    ({ token, token_sha256: hash }) => (token === undefined) !== (hash === undefined),
    "give token or token_sha256",
  )
  .refine(({ role, views }) => role !== "admin" || views === undefined, "an admin is kept to no views");

const tokenNames = (tokens: readonly { readonly name: string }[]) => new Set(tokens.map(({ name }) => name));

/** What `icecore serve` goes by. */
const featureServer = z.strictObject({
  tokens: z
    .array(serverToken)
    .refine(
      (tokens) => tokenNames(tokens).size === tokens.length,
      "two tokens have the same name; logs could not tell them apart",
    )
    .optional(),
  /** How many queries, training sets, ingests and materializations run at a time. */
  concurrency: z.int().positive().optional(),
  /** How long each of them may take, as `10m`. */
  timeout: duration.optional(),
  /** The largest body of rows that is taken, in bytes. */
  upload_limit: z.int().positive().optional(),
});

/** `feature_store.yaml`, with Feast's keys where they exist. */
export const configSchema = z.strictObject({
  project: z.string().regex(/^[A-Za-z0-9_]+$/, "has to be letters, digits and _"),
  registry: z
    .strictObject({
      namespace: z.string().regex(/^[^.\s]+(\.[^.\s]+)*$/, "has to be one or more names with dots between"),
    })
    .optional(),
  offline_store: offlineStore.prefault({}),
  online_store: onlineStore.default({ type: "embedded" }),
  feature_server: featureServer.optional(),
});

export type FeatureStoreConfig = z.output<typeof configSchema>;

/** `online_store` of type `redis`. */
export type RedisSettings = Extract<FeatureStoreConfig["online_store"], { type: "redis" }>;
