/**
 * A value that is no list: int, float and double as number, long and time (microseconds of the day) as bigint, timestamp,
 * timestamptz and date as Date, binary as bytes, string, uuid and decimal as text.
 */
export type SingleCell = boolean | number | bigint | string | Date | Uint8Array;

/** The value of a feature; a list is an array. */
export type FeatureCell = SingleCell | readonly SingleCell[];
