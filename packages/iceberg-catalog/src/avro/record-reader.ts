import type { AvroCursor } from "./avro-cursor.ts";
import { optionalReader, type Reader, refuse } from "./avro-readers.ts";
import { type Skipper, skipperOf } from "./skip.ts";

/** A field a reader wants, by its Iceberg id: names differ between writers. */
export interface WantedField<T> {
  readonly id: number;
  readonly reader: Reader<T>;
}

export const field = <T>(id: number, reader: Reader<T>): WantedField<T> => ({ id, reader });

type Shape = Readonly<Record<string, WantedField<unknown>>>;

/** A record as it was read: a field that is null, or that the writer did not know, is undefined. */
export type ReadRecord<S extends Shape> = {
  readonly [Name in keyof S]: S[Name] extends WantedField<infer T> ? T | undefined : never;
};

/** Reads the wanted fields of a record and skips the others. */
export function recordReader<S extends Shape>(shape: S): Reader<ReadRecord<S>> {
  const wanted = Object.entries(shape);
  const absent = Object.fromEntries(wanted.map(([name]) => [name, undefined]));
  return (written) => {
    if (written.kind !== "record") return refuse("a record", written);
    const steps = written.fields.map(({ fieldId, type }) => {
      const match = wanted.find(([, { id }]) => id === fieldId);
      return match === undefined
        ? skipStep(skipperOf(type))
        : readStep(match[0], optionalReader(match[1].reader)(type));
    });
    return (cursor) => {
      const record = { ...absent };
      for (const step of steps) step(cursor, record);
      return record as ReadRecord<S>;
    };
  };
}

type Step = (cursor: AvroCursor, record: Record<string, unknown>) => void;

const skipStep =
  (skip: Skipper): Step =>
  (cursor) =>
    cursor.skipBy(skip);

const readStep =
  (name: string, decode: (cursor: AvroCursor) => unknown): Step =>
  (cursor, record) => {
    record[name] = decode(cursor);
  };
