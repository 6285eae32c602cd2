import type { BatchColumn } from "../arrow/batch-column.ts";
import { OnlineStoreError } from "../errors.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { FeatureCell, SingleCell } from "./feature-cell.ts";
import { memberOf, nullMember, readableMember, wireType } from "./value-members.ts";
import { payloadWriter, type RowWriter, readPayload } from "./value-payload.ts";
import { typeName, type ValueKind, type ValueType } from "./value-type.ts";
import { readVarintNumber, skipVarint } from "./varint.ts";

/** The elements of a list are its message's only member. */
const elementTag = (1 << 3) | wireType.lengthDelimited;

/**
 * Writes the values of a column as `feast.types.Value`; null is zero bytes, as in Feast. Timestamps lose what is below
 * the second, since Feast has whole seconds only; a date is its midnight in UTC. Feast has no time of day: it is int64.
 */
export function featureValueWriter(type: ValueType, column: BatchColumn): RowWriter {
  const write = type.isList ? listWriter(type, column) : singleWriter(type, column);
  const { valid } = column;
  return (out, row) => {
    if (valid(row)) write(out, row);
  };
}

function singleWriter(type: ValueType, column: BatchColumn): RowWriter {
  const { single, wire } = memberOf(type.kind);
  const write = payloadWriter(type, column);
  return (out, row) => {
    out.uvarint((single << 3) | wire);
    write(out, row);
  };
}

function listWriter(type: ValueType, { offsets, elements }: BatchColumn): RowWriter {
  const { list, wire } = memberOf(type.kind);
  const write = elementsWriter(payloadWriter(type, elements as BatchColumn), wire !== wireType.lengthDelimited);
  const message = new ByteWriter();
  return (out, row) => {
    message.truncate(0);
    write(message, offsets[row] as number, offsets[row + 1] as number);
    out.uvarint((list << 3) | wireType.lengthDelimited);
    out.uvarint(message.length);
    out.bytes(message.view());
  };
}

/** Numbers come together behind one length; text and bytes have one each. */
function elementsWriter(
  write: RowWriter,
  together: boolean,
): (message: ByteWriter, start: number, end: number) => void {
  const numbers = new ByteWriter();
  return (message, start, end) => {
    numbers.truncate(0);
    for (let element = start; element < end; element++) {
      if (!together) message.uvarint(elementTag);
      write(together ? numbers : message, element);
    }
    if (numbers.length === 0) return;
    message.uvarint(elementTag);
    message.uvarint(numbers.length);
    message.bytes(numbers.view());
  };
}

/**
 * Reads the `feast.types.Value` in `bytes[start, end)`; null when it is empty or says so. A value that was written
 * before its feature's type was widened is given in the wider type.
 * @throws OnlineStoreError `STORE_INVALID` when it holds another type
 */
export function readFeatureValue(bytes: Buffer, type: ValueType, start = 0, end = bytes.length): FeatureCell | null {
  if (start === end) return null;
  const number = readTag(bytes, start) >>> 3;
  if (number === nullMember) return null;
  const member = readableMember(type, number);
  const at = skipVarint(bytes, start);
  if (member !== undefined) {
    return type.isList
      ? readList(bytes, type.kind, member.wire, skipVarint(bytes, at), end)
      : readPayload(bytes, type.kind, member.wire, at, end);
  }
  throw new OnlineStoreError(
    "STORE_INVALID",
    `the online store holds member ${number} of feast.types.Value where a ${typeName(type)} should be; materialize the view in full`,
  );
}

/** Reads elements whether they come together or one by one, which protobuf leaves to whoever writes them. */
function readList(bytes: Buffer, kind: ValueKind, wire: number, start: number, end: number): readonly SingleCell[] {
  const cells: SingleCell[] = [];
  for (let at = start; at < end; ) {
    const together = wire !== wireType.lengthDelimited && (readTag(bytes, at) & 7) === wireType.lengthDelimited;
    at = skipVarint(bytes, at);
    const runEnd = together ? skipVarint(bytes, at) + readVarintNumber(bytes, at) : elementEnd(bytes, wire, at);
    if (together) at = skipVarint(bytes, at);
    while (at < runEnd) {
      const next = elementEnd(bytes, wire, at);
      cells.push(readPayload(bytes, kind, wire, at, next));
      at = next;
    }
  }
  return cells;
}

function elementEnd(bytes: Buffer, wire: number, at: number): number {
  if (wire === wireType.fixed32) return at + 4;
  if (wire === wireType.fixed64) return at + 8;
  const end = skipVarint(bytes, at);
  return wire === wireType.varint ? end : end + readVarintNumber(bytes, at);
}

/** The members of `Value` have numbers of one or two bytes. */
function readTag(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  return first < 0x80 ? first : (first & 0x7f) | ((bytes[at + 1] ?? 0) << 7);
}
