import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const data = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "..", "data");

/** 3 million US flights, January to June 2001 (US Bureau of Transportation Statistics, public domain). */
const flightsFile = join(data, "flights-3m.parquet");
const airportsFile = join(data, "airports.csv");

/** A flight is late from this many minutes on, as the Bureau counts. */
const lateMinutes = 15;

/**
 * Raw flights with true times. The file has departures in local time; a flight's delay is known when it lands, which is
 * estimated as 480 mph, 30 minutes of taxiing, and its delay. Zones go by state, and by longitude where a state has two.
 */
export const createFlights = `
CREATE TEMP TABLE airports AS
SELECT iata AS airport, CASE
    WHEN state IN ('HI') THEN 'Pacific/Honolulu'
    WHEN state IN ('AK') THEN 'America/Anchorage'
    WHEN state IN ('PR', 'VI') THEN 'America/Puerto_Rico'
    WHEN state IN ('GU', 'CQ') THEN 'Pacific/Guam'
    WHEN state IN ('AZ') THEN 'America/Phoenix'
    WHEN state IN ('CA', 'WA', 'NV') OR (state = 'OR' AND longitude < -118) OR (state = 'ID' AND latitude > 45.5) THEN 'America/Los_Angeles'
    WHEN state IN ('UT', 'CO', 'NM', 'WY', 'MT', 'ID', 'OR') OR (state = 'TX' AND longitude < -104.9)
      OR (state IN ('ND', 'SD', 'NE', 'KS') AND longitude < -101) THEN 'America/Denver'
    WHEN state IN ('IL', 'WI', 'MN', 'IA', 'MO', 'AR', 'LA', 'MS', 'AL', 'OK', 'TX', 'ND', 'SD', 'NE', 'KS')
      OR (state = 'TN' AND longitude < -85.5) OR (state = 'KY' AND longitude < -86.5) OR (state = 'FL' AND longitude < -85)
      OR (state = 'MI' AND longitude < -87.6) THEN 'America/Chicago'
    ELSE 'America/New_York' END AS zone
FROM read_csv('${airportsFile}');

CREATE TEMP TABLE flights AS
SELECT *, departed_at + to_minutes(CAST(30 + distance / 8 + greatest(delay, 0) AS BIGINT)) AS known_at
FROM (
  SELECT timezone(o.zone, f.date) AS departed_at, f.origin, f.destination, f.delay, f.distance, f.delay >= ${lateMinutes} AS late
  FROM read_parquet('${flightsFile}') f JOIN airports o ON o.airport = f.origin
);
`;

/** The features of each view, one query each: rows say only what was known by their event timestamp. */
export const featureQueries: Readonly<Record<string, string>> = {
  origin_delays: airportDelays("origin", "departures_3h", "departure_delay_3h", "departure_late_share_24h"),
  destination_delays: airportDelays("destination", "arrivals_3h", "arrival_delay_3h", "arrival_late_share_24h"),
  route_history: `
WITH days AS (
  SELECT origin, destination, date_trunc('day', known_at - INTERVAL 1 MICROSECOND) + INTERVAL 1 DAY AS event_timestamp,
    min(distance) AS distance, count(*) AS flights, sum(delay) AS delay, count(*) FILTER (WHERE late) AS late
  FROM flights GROUP BY ALL
)
SELECT origin, destination, event_timestamp, CAST(distance AS INTEGER) AS distance_miles,
  CAST(sum(flights) OVER month AS BIGINT) AS flights_30d,
  CAST(sum(delay) OVER month AS DOUBLE) / sum(flights) OVER month AS route_delay_30d,
  CAST(sum(late) OVER month AS DOUBLE) / sum(flights) OVER month AS route_late_share_30d
FROM days
WINDOW month AS (PARTITION BY origin, destination ORDER BY event_timestamp RANGE BETWEEN INTERVAL 29 DAYS PRECEDING AND CURRENT ROW)`,
};

function airportDelays(airport: string, flights: string, delay: string, lateShare: string): string {
  return `
WITH hours AS (
  SELECT ${airport} AS airport, date_trunc('hour', known_at - INTERVAL 1 MICROSECOND) + INTERVAL 1 HOUR AS event_timestamp,
    count(*) AS flights, sum(delay) AS delay, count(*) FILTER (WHERE late) AS late
  FROM flights GROUP BY ALL
)
SELECT airport, event_timestamp,
  CAST(sum(flights) OVER recent AS BIGINT) AS ${flights},
  CAST(sum(delay) OVER recent AS DOUBLE) / sum(flights) OVER recent AS ${delay},
  CAST(sum(late) OVER day AS DOUBLE) / sum(flights) OVER day AS ${lateShare}
FROM hours
WINDOW recent AS (PARTITION BY airport ORDER BY event_timestamp RANGE BETWEEN INTERVAL 2 HOURS PRECEDING AND CURRENT ROW),
  day AS (PARTITION BY airport ORDER BY event_timestamp RANGE BETWEEN INTERVAL 23 HOURS PRECEDING AND CURRENT ROW)`;
}
