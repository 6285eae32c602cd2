import { parseDuration } from "@icecore/feature-registry";
import { z } from "zod";

const embeddedCatalog = z.strictObject({
  type: z.literal("embedded").describe("The catalog is inside the process, on this machine."),
  path: z.string().default(".icecore").describe("Where the catalog's database is, relative to the file."),
  warehouse: z
    .string()
    .optional()
    .describe("Where the tables' files are, relative to the file; `warehouse` in `path` when left out."),
});

/** What is in an address is printed; and `fetch` refuses it. */
const catalogUri = z
  .url({ error: ({ input }) => (input === undefined ? undefined : "is no address; write it as https://host/path") })
  .refine((text) => !URL.canParse(text) || new URL(text).username === "", "has a user in it; set credential instead");

const restCatalog = z.strictObject({
  type: z.literal("rest").describe("Any Iceberg REST catalog: Polaris, Lakekeeper, Nessie, another Icecore."),
  uri: catalogUri.describe("Its address, without `/v1`."),
  warehouse: z.string().optional().describe("What the catalog calls the warehouse to use; in Polaris, the catalog."),
  credential: z.string().optional().describe("`client_id:client_secret`, for OAuth2's client credentials."),
  token: z.string().optional().describe("A bearer token, instead of `credential`."),
  scope: z.string().optional().describe("What the token is asked for, such as `PRINCIPAL_ROLE:ALL` in Polaris."),
  oauth2_server_uri: z.url().optional().describe("Who gives tokens; the catalog itself when left out."),
  access_delegation: z
    .literal("vended-credentials")
    .optional()
    .describe("Ask the catalog for credentials of each table's storage."),
  properties: z
    .record(z.string(), z.string())
    .optional()
    .describe("What Iceberg's clients call catalog properties: `s3.endpoint`, `s3.region`, `header.X`."),
});

const duration = z.string().refine((text) => (parseDuration(text) ?? 0) > 0, "write 90s, 15m or 2h");

const queryLimits = z.strictObject({
  memory_limit: z.string().optional().describe("What DuckDB may use, as `2GB`; the offline store's when left out."),
  timeout: duration.optional().describe("How long planning and running may take, as `90s` or `5m`; no limit."),
  max_rows: z.int().positive().optional().describe("The most rows of a result; no limit."),
  max_spill: z.string().optional().describe("What may be spilt to disk, as `10GB`."),
});

const fileCache = z.strictObject({
  path: z.string().optional().describe("Where they are; a directory of the system's when left out."),
  max_bytes: z.int().positive().optional().describe("How many bytes of them stay when nobody uses them."),
});

const offlineStore = z.strictObject({
  type: z.literal("iceberg").default("iceberg").describe("There is one type."),
  catalog: z
    .discriminatedUnion("type", [embeddedCatalog, restCatalog])
    .default({ type: "embedded", path: ".icecore" })
    .describe("The catalog that has the tables, and the registry."),
  memory_limit: z.string().optional().describe("What DuckDB may use, as `2GB`; its own default when left out."),
  threads: z.int().positive().optional().describe("How many threads DuckDB uses; one a core when left out."),
  temp_directory: z.string().optional().describe("Where DuckDB spills."),
  file_cache: fileCache.optional().describe("Copies of data files that are not on this machine."),
  query: queryLimits.optional().describe("What one query may take."),
});

const onlineStore = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("embedded").describe("A file on this machine."),
    path: z.string().optional().describe("The file, relative to this one; in `.icecore` when left out."),
  }),
  z.strictObject({
    type: z
      .literal("redis")
      .describe("Redis 7 or later, or Valkey 8 or later, alone, in a cluster or behind sentinels."),
    connection_string: z
      .string()
      .default("localhost:6379")
      .describe("As in Feast: `host:port,db=0,ssl=true,password=...`; several `host:port` for a cluster or sentinels."),
    redis_type: z
      .enum(["redis", "redis_cluster", "redis_sentinel"])
      .default("redis")
      .describe("What answers at `connection_string`."),
    sentinel_master: z.string().default("mymaster").describe("What the sentinels call the master."),
    key_ttl_seconds: z
      .int()
      .positive()
      .optional()
      .describe("For how long a key is kept after each write; left out: rows are kept for their view's ttl."),
    layout: z
      .enum(["feast", "packed"])
      .default("feast")
      .describe("`feast`: Feast's own bytes. `packed`: Icecore's, faster and smaller."),
  }),
]);

const serverToken = z
  .strictObject({
    name: z.string().min(1).describe("For logs and messages."),
    token: z.string().min(1).optional().describe("What the client sends as its bearer token."),
    token_sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, "has to be 64 hexadecimal digits")
      .optional()
      .describe("Instead of `token`, its SHA-256 in hexadecimal: then the file holds no secret."),
    role: z
      .enum(["reader", "writer", "admin"])
      .describe("A reader reads; a writer also ingests, pushes and materializes; an admin may do everything."),
    views: z
      .array(z.string())
      .optional()
      .describe("Feature views it is kept to; left out: all, and every other table."),
  })
  .refine(
    ({ token, token_sha256: hash }) => (token === undefined) !== (hash === undefined),
    "give token or token_sha256",
  )
  .refine(({ role, views }) => role !== "admin" || views === undefined, "an admin is kept to no views");

const featureServer = z.strictObject({
  tokens: z
    .array(serverToken)
    .refine(
      (tokens) => new Set(tokens.map(({ name }) => name)).size === tokens.length,
      "two tokens have the same name; logs could not tell them apart",
    )
    .optional()
    .describe("Who may do what over HTTP; needed beyond this machine."),
  concurrency: z
    .int()
    .positive()
    .optional()
    .describe("How many queries, training sets, ingests and materializations run at a time; 4."),
  timeout: duration.optional().describe("How long each of them may take, as `10m`; as long as its caller waits."),
  upload_limit: z.int().positive().optional().describe("The largest body of rows that is taken, in bytes; 4 GiB."),
});

/** `feature_store.yaml`, with Feast's keys where they exist. */
export const configSchema = z.strictObject({
  project: z
    .string()
    .regex(/^[A-Za-z0-9_]+$/, "has to be letters, digits and _")
    .describe("The project's name: of its namespace in the catalog, and in the keys of the online store."),
  registry: z
    .strictObject({
      namespace: z
        .string()
        .regex(/^[^.\s]+(\.[^.\s]+)*$/, "has to be one or more names with dots between")
        .describe("The catalog's namespace that has the registry and the tables."),
    })
    .optional()
    .describe("Where the registry is; a namespace called like the project when left out."),
  offline_store: offlineStore.prefault({}).describe("The history."),
  online_store: onlineStore.default({ type: "embedded" }).describe("The newest rows."),
  feature_server: featureServer.optional().describe("What `icecore serve` goes by."),
});

/** What a `feature_store.yaml` says, with its defaults. */
export type FeatureStoreConfig = z.output<typeof configSchema>;

/** `online_store` of type `redis`. */
export type RedisSettings = Extract<FeatureStoreConfig["online_store"], { type: "redis" }>;
