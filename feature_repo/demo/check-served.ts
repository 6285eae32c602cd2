import type { FeatureStore } from "@icecore/api";

/** A row by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** What the HTTP API answered for some entities, as a row for each. */
export async function readServed(
  url: string,
  service: string,
  entities: readonly Row[],
  keys: readonly string[],
): Promise<readonly Row[]> {
  const columns = Object.fromEntries(keys.map((key) => [key, entities.map((entity) => entity[key])]));
  const response = await fetch(`${url}/get-online-features`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ feature_service: service, entities: columns }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const { metadata, results } = (await response.json()) as {
    readonly metadata: { readonly feature_names: readonly string[] };
    readonly results: readonly { readonly values: readonly unknown[] }[];
  };
  return entities.map((_, row) =>
    Object.fromEntries(metadata.feature_names.map((name, column) => [name, results[column]?.values[row] ?? null])),
  );
}

/** What the offline store says of the rows of a spine file, as a row for each. */
export function readOffline(store: FeatureStore, service: string, spineFile: string): Promise<readonly Row[]> {
  return store.getHistoricalFeatures({ spine: { files: [spineFile] }, selection: { service } }, async ({ batches }) => {
    const rows: Row[] = [];
    for await (const batch of batches()) {
      for (const row of batch.toArray()) rows.push(row.toJSON());
    }
    return rows;
  });
}

/** The features whose values differ, as `row: feature served offline`. */
export function differences(
  served: readonly Row[],
  offline: readonly Row[],
  features: readonly string[],
): readonly string[] {
  return served.flatMap((row, index) =>
    features
      .filter((name) => comparable(row[name]) !== comparable(offline[index]?.[name]))
      .map((name) => `${index}: ${name} ${comparable(row[name])} ${comparable(offline[index]?.[name])}`),
  );
}

function comparable(value: unknown): string {
  return value === null || value === undefined ? "null" : String(value);
}
