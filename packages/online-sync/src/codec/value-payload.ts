import type { BatchColumn } from "../arrow/batch-column.ts";
import { decimalText } from "../arrow/decimal-text.ts";
import { uuidText } from "../arrow/uuid-text.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { SingleCell } from "./feature-cell.ts";
import { secondsOf } from "./timestamp.ts";
import { wireType } from "./value-members.ts";
import type { ValueKind, ValueType } from "./value-type.ts";
import { readVarint, readVarintNumber, skipVarint } from "./varint.ts";

/** Writes the value of a row. */
export type RowWriter = (out: ByteWriter, row: number) => void;

/** Writes values of a column that are not null, without saying what they are. */
export function payloadWriter({ kind, scale }: ValueType, column: BatchColumn): RowWriter {
  const { words, bytes, offsets, bitOffset } = column;
  switch (kind) {
    case "boolean":
      return (out, row) => {
        const bit = bitOffset + row;
        out.u8(((bytes[bit >> 3] as number) >> (bit & 7)) & 1);
      };
    case "int":
      return (out, row) => {
        const word = words[row] as number;
        out.varint64(word, word >> 31);
      };
    case "long":
    case "time":
      return (out, row) => {
        out.varint64(words[row * 2] as number, words[row * 2 + 1] as number);
      };
    case "float":
      return (out, row) => {
        out.i32(words[row] as number);
      };
    case "double":
      return (out, row) => {
        out.i32(words[row * 2] as number);
        out.i32(words[row * 2 + 1] as number);
      };
    case "date":
      return (out, row) => {
        out.varintNumber((words[row] as number) * 86_400);
      };
    case "timestamp":
    case "timestamptz":
      return (out, row) => {
        out.varintNumber(secondsOf(words[row * 2] as number, words[row * 2 + 1] as number));
      };
    case "string":
    case "binary":
      return (out, row) => {
        const start = offsets[row] as number;
        const end = offsets[row + 1] as number;
        out.uvarint(end - start);
        out.slice(bytes, start, end);
      };
    case "uuid":
      return (out, row) => text(out, uuidText(bytes.subarray(row * 16, row * 16 + 16)));
    case "decimal":
      return (out, row) => {
        const unscaled = bytes.slice(row * 16, row * 16 + 16);
        text(out, decimalText(new Uint32Array(unscaled.buffer), scale));
      };
  }
}

/** Reads the value of `bytes[at, end)`, which was written as one of `wire`: a double may have been a float. */
export function readPayload(bytes: Buffer, kind: ValueKind, wire: number, at: number, end: number): SingleCell {
  switch (kind) {
    case "boolean":
      return bytes[at] === 1;
    case "int":
      return readVarintNumber(bytes, at);
    case "long":
    case "time":
      return readVarint(bytes, at);
    case "float":
    case "double":
      return wire === wireType.fixed32 ? bytes.readFloatLE(at) : bytes.readDoubleLE(at);
    case "date":
    case "timestamp":
    case "timestamptz":
      return new Date(readVarintNumber(bytes, at) * 1000);
    case "string":
    case "uuid":
    case "decimal":
      return bytes.toString("utf8", skipVarint(bytes, at), end);
    case "binary":
      return new Uint8Array(bytes.subarray(skipVarint(bytes, at), end));
  }
}

function text(out: ByteWriter, value: string): void {
  out.uvarint(Buffer.byteLength(value));
  out.utf8(value);
}
