import { IcebergError } from "../../../errors.ts";

/** A field of a Thrift struct in the compact protocol, whose value is not decoded. */
export interface CompactField {
  readonly id: number;
  /** The protocol's number for the type. */
  readonly type: number;
  readonly value: Uint8Array;
}

/** Goes through bytes of Thrift's compact protocol, in which Parquet footers are written. */
export class CompactCursor {
  readonly #bytes: Uint8Array;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The bytes from there to here. */
  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.position);
  }

  /** The fields of a struct, to its end. */
  *fields(): Generator<CompactField> {
    let id = 0;
    for (let header = this.fieldHeader(id); header !== undefined; header = this.fieldHeader(id)) {
      id = header.id;
      const start = this.position;
      this.skip(header.type);
      yield { ...header, value: this.since(start) };
    }
  }

  /** The next field's id and type; undefined at the end of the struct. */
  fieldHeader(lastId: number): Omit<CompactField, "value"> | undefined {
    const byte = this.byte();
    if (byte === 0) return undefined;
    const delta = byte >> 4;
    return { type: byte & 15, id: delta === 0 ? unzigzag(this.varint()) : lastId + delta };
  }

  listHeader(): { readonly size: number; readonly type: number } {
    const byte = this.byte();
    const short = byte >> 4;
    return { type: byte & 15, size: short === 15 ? this.varint() : short };
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  /** Passes over a value that stands in a struct. */
  skip(type: number): void {
    switch (type) {
      case 1:
      case 2:
        return;
      case 3:
        this.position += 1;
        return;
      case 4:
      case 5:
      case 6:
        this.varint();
        return;
      case 7:
        this.position += 8;
        return;
      case 8: {
        const length = this.varint();
        this.position += length;
        return;
      }
      case 9:
      case 10: {
        const { size, type: element } = this.listHeader();
        for (let i = 0; i < size; i++) this.#skipElement(element);
        return;
      }
      case 12:
        for (const _ of this.fields());
        return;
      default:
        throw new IcebergError("DATA_INVALID", `a Parquet footer has a value of Thrift type ${type}, which none has`);
    }
  }

  /** In a list a boolean takes a byte; in a struct its type says it. */
  #skipElement(type: number): void {
    if (type === 1 || type === 2) this.position += 1;
    else this.skip(type);
  }

  byte(): number {
    const byte = this.#bytes[this.position++];
    if (byte === undefined) throw new IcebergError("DATA_INVALID", "a Parquet footer ends early");
    return byte;
  }
}

export const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
