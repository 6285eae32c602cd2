import type { FeatureStore } from "@icecore/api";

/** Rows of two months per batch, with nulls, numbers that no double holds, and negative and tiny doubles. */
export function originDelays(batch: number, rows: number): string {
  return `
    SELECT 'A' || lpad((i % 40)::VARCHAR, 2, '0') AS airport,
      TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_months(${2 * batch}) + to_microseconds(i * 59 * 86400 * 1000000 // ${rows} + i) AS event_timestamp,
      CASE WHEN i % 7 = 0 THEN NULL ELSE 9007199254740993 + i * 1000003 END AS departures_3h,
      CASE WHEN i % 5 = 0 THEN NULL ELSE (i - 500) / 7.0::DOUBLE END AS departure_delay_3h,
      CASE WHEN i % 3 = 0 THEN NULL ELSE pow(2.0, -(i % 1000))::DOUBLE END AS departure_late_share_24h
    FROM range(${rows}) r(i)`;
}

function destinationDelays(batch: number, rows: number): string {
  return `SELECT airport, event_timestamp, departures_3h AS arrivals_3h, departure_delay_3h AS arrival_delay_3h,
    departure_late_share_24h AS arrival_late_share_24h FROM (${originDelays(batch, rows)})`;
}

function routeHistory(batch: number, rows: number): string {
  return `SELECT airport AS origin, 'Ünï ' || airport AS destination, event_timestamp,
    CASE WHEN departures_3h IS NULL THEN NULL ELSE (departures_3h % 5000)::INTEGER - 2500 END AS distance_miles,
    departures_3h AS flights_30d, departure_delay_3h AS route_delay_30d, departure_late_share_24h AS route_late_share_30d
    FROM (${originDelays(batch, rows)})`;
}

const batches = 3;
const rowsPerBatch = 1000;

/** Fills every view in several snapshots; `origin_delays` gets a feature before the last of them. */
export async function ingestFlights(store: FeatureStore): Promise<void> {
  for (let batch = 0; batch < batches; batch++) {
    const isLast = batch === batches - 1;
    if (isLast) {
      await store.addFeature("origin_delays", {
        name: "cancelled_24h",
        type: "int",
        description: "Flights cancelled.",
      });
    }
    const origins = originDelays(batch, rowsPerBatch);
    await store.ingest("origin_delays", {
      sql: isLast ? `SELECT *, (departures_3h % 9)::INTEGER AS cancelled_24h FROM (${origins})` : origins,
    });
    await store.ingest("destination_delays", { sql: destinationDelays(batch, rowsPerBatch) });
    await store.ingest("route_history", { sql: routeHistory(batch, rowsPerBatch) });
  }
}
