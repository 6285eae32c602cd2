import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AvroBuffer } from "./avro-buffer.ts";
import { AvroCursor } from "./avro-cursor.ts";
import {
  arrayEncoding,
  intMapEncoding,
  longEncoding,
  optionalEncoding,
  recordEncoding,
  requiredField,
  stringEncoding,
} from "./avro-encodings.ts";
import { arrayReader, intMapReader, longReader, stringReader } from "./avro-readers.ts";
import { parseAvroType } from "./avro-type.ts";
import { readContainer } from "./read-container.ts";
import { field, recordReader } from "./record-reader.ts";
import { skipperOf, skipVarint } from "./skip.ts";
import { writeContainer } from "./write-container.ts";

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

function written(write: (buffer: AvroBuffer) => void): Uint8Array {
  const buffer = new AvroBuffer();
  write(buffer);
  return buffer.toBytes();
}

describe("Avro integers", () => {
  it("survive a round trip at every length", () => {
    const edges = Array.from({ length: 64 }, (_, bit) => [2n ** BigInt(bit) - 1n, -(2n ** BigInt(bit))]).flat();
    fc.assert(
      fc.property(fc.oneof(int64, fc.constantFrom(...edges)), (value) => {
        const bytes = written((buffer) => buffer.writeLong(value));
        expect(new AvroCursor(bytes).readLong()).toBe(value);
        const cursor = new AvroCursor(bytes);
        cursor.skipBy(skipVarint);
        expect(cursor.remaining).toBe(0);
      }),
    );
  });

  it.each([
    [0n, "00"],
    [-1n, "01"],
    [1n, "02"],
    [-64n, "7f"],
    [64n, "8001"],
  ])("%s is %s, as the specification has it", (value, hex) => {
    expect(Buffer.from(written((buffer) => buffer.writeLong(value))).toString("hex")).toBe(hex);
  });

  it("longer than 64 bits are refused", () => {
    expect(() => new AvroCursor(Uint8Array.of(...new Uint8Array(10).fill(0xff), 1)).readLong()).toThrow(
      "longer than 64 bits",
    );
  });
});

interface Row {
  readonly id: bigint;
  readonly name: string | undefined;
  readonly counts: ReadonlyMap<number, bigint>;
  readonly offsets: readonly bigint[];
}

const rowEncoding = recordEncoding<Row>("row", [
  requiredField(1, "id", longEncoding, (row) => row.id),
  requiredField(2, "name", optionalEncoding(stringEncoding), (row) => row.name),
  requiredField(3, "counts", intMapEncoding(4, 5, longEncoding), (row) => row.counts),
  requiredField(6, "offsets", arrayEncoding(7, longEncoding), (row) => row.offsets),
]);

const rowReader = recordReader({
  id: field(1, longReader),
  name: field(2, stringReader),
  counts: field(3, intMapReader(longReader)),
  offsets: field(6, arrayReader(longReader)),
});

const rows: fc.Arbitrary<readonly Row[]> = fc.array(
  fc.record({
    id: int64,
    name: fc.option(fc.string({ unit: "binary" }), { nil: undefined }),
    counts: fc.array(fc.tuple(fc.nat(), int64)).map((pairs) => new Map(pairs)),
    offsets: fc.array(int64),
  }),
);

describe("containers", () => {
  it("give back what went in, whole and in part", () => {
    fc.assert(
      fc.property(rows, (values) => {
        const bytes = writeContainer(rowEncoding, { purpose: "test" }, values);
        expect([...readContainer(bytes, rowReader)]).toEqual(values);
        const offsetsOnly = recordReader({ offsets: field(6, arrayReader(longReader)), later: field(99, longReader) });
        expect([...readContainer(bytes, offsetsOnly)]).toEqual(
          values.map(({ offsets }) => ({ offsets, later: undefined })),
        );
      }),
    );
  });

  it("of many blocks are read across them", () => {
    const row = { name: "x".repeat(1000), counts: new Map(), offsets: [] };
    const many = Array.from({ length: 500 }, (_, i) => ({ ...row, id: BigInt(i) }));
    expect([...readContainer(writeContainer(rowEncoding, {}, many), rowReader)]).toEqual(many);
  });

  it("never hang or crash on bytes that were tampered with", () => {
    const bytes = writeContainer(rowEncoding, {}, [{ id: 1n, name: "n", counts: new Map([[1, 2n]]), offsets: [3n] }]);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const tampered = Uint8Array.from(bytes);
        tampered[at] = (tampered[at] ?? 0) ^ flip;
        try {
          expect([...readContainer(tampered, rowReader)].length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toMatchObject({ name: "IcebergError" });
        }
      }),
      { numRuns: 500 },
    );
  });

  it("with another codec say so", () => {
    const header = written((buffer) => {
      buffer.writeFixed(Uint8Array.of(0x4f, 0x62, 0x6a, 1));
      buffer.writeInt(2);
      for (const text of ["avro.schema", '"long"', "avro.codec", "bzip2"]) buffer.writeString(text);
      buffer.writeInt(0);
      buffer.writeFixed(new Uint8Array(16));
    });
    expect(() => [...readContainer(header, longReader)]).toThrow('codec "bzip2" is not supported');
  });
});

describe("blocks with a byte size", () => {
  const type = parseAvroType({ type: "array", items: "long" });
  const bytes = written((buffer) => {
    buffer.writeInt(-2);
    buffer.writeInt(2);
    buffer.writeLong(5n);
    buffer.writeLong(6n);
    buffer.writeInt(0);
  });

  it("are how maps are written, which are then passed over unread", () => {
    const { schema, write } = intMapEncoding(1, 2, longEncoding);
    const map = written((buffer) => write(buffer, new Map([[7, 8n]])));
    expect([...map]).toEqual([1, 4, 14, 16, 0]);
    const withoutItems = Uint8Array.from(map).fill(0xff, 2, 4);
    const cursor = new AvroCursor(withoutItems);
    cursor.skipBy(skipperOf(parseAvroType(schema)));
    expect(cursor.remaining).toBe(0);
    expect([...written((buffer) => write(buffer, new Map()))]).toEqual([0]);
  });

  it("are read, and skipped at once", () => {
    expect(arrayReader(longReader)(type)(new AvroCursor(bytes))).toEqual([5n, 6n]);
    const cursor = new AvroCursor(bytes);
    cursor.skipBy(skipperOf(type));
    expect(cursor.remaining).toBe(0);
  });

  it("that claim more than there is are refused", () => {
    const lie = written((buffer) => buffer.writeLong(2n ** 40n));
    expect(() => arrayReader(longReader)(type)(new AvroCursor(lie))).toThrow("claims 1099511627776 items");
    expect(() => new AvroCursor(lie).skipBy(skipperOf(type))).toThrow("claims 1099511627776 items");
  });
});

it("a schema that makes a few bytes stand for endless work is refused", () => {
  const nothing = { type: "record", name: "r", fields: [{ name: "n", type: "null" }] };
  for (const items of ["null", nothing, { type: "fixed", name: "f", size: 0n }]) {
    expect(() => parseAvroType({ type: "array", items })).toThrow("an array of nothing");
  }
  const twice = ["a", "b"].map((name, i) => ({ name, type: i === 0 ? nothing : "r" }));
  expect(() => parseAvroType({ type: "record", name: "s", fields: twice })).toThrow("not an Avro schema");
});

it("a schema that refers to what it has not defined is refused", () => {
  expect(() => parseAvroType({ type: "record", name: "r", fields: [{ name: "self", type: "r" }] })).toThrow(
    "not an Avro schema",
  );
});
