/** The files that `icecore init` writes, by path. */
export function templates(project: string): Readonly<Record<string, string>> {
  return {
    "feature_store.yaml": `project: ${project}
# Everything below is the default: a catalog, a warehouse and an online store on this machine, under .icecore.
#
# offline_store:
#   type: iceberg
#   catalog: { type: rest, uri: https://polaris.example.com/api/catalog, warehouse: features, credential: "\${POLARIS_CREDENTIAL}", scope: PRINCIPAL_ROLE:ALL }
# online_store: { type: redis, connection_string: "localhost:6379" }
`,
    "features.ts": definitions,
    "README.md": readme(project),
    ".gitignore": ".icecore/\n",
  };
}

const definitions = `import { defineEntity, defineFeatureService, defineFeatureView } from "@icecore/feature-registry";

export const driver = defineEntity({
  name: "driver",
  joinKeys: { driver_id: "long" },
  owner: "mobility",
  description: "A driver, by id.",
});

export const driverHourlyStats = defineFeatureView({
  name: "driver_hourly_stats",
  entities: [driver],
  features: {
    conv_rate: { type: "float", description: "Share of offered rides that were taken." },
    acc_rate: { type: "float", description: "Share of taken rides that were finished." },
    avg_daily_trips: { type: "long", description: "Trips a day, on average." },
  },
  ttl: "1d",
  owner: "mobility",
  description: "What drivers did lately, hour by hour.",
});

export const driverActivity = defineFeatureService({
  name: "driver_activity",
  features: [driverHourlyStats],
  owner: "mobility",
  description: "What the driver model reads.",
});
`;

const readme = (project: string) => `# ${project}

A feature repository. \`features.ts\` says what features there are; \`data/driver_stats.parquet\` has some rows for them, and
\`data/orders.parquet\` some events to train on. The next five commands:

\`\`\`sh
icecore apply
icecore ingest driver_hourly_stats data/driver_stats.parquet --key first
icecore training-set create orders --spine data/orders.parquet --service driver_activity --out orders.parquet
icecore materialize
icecore online get --service driver_activity --entity driver_id=1001
\`\`\`
`;
