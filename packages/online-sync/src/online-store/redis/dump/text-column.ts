import { ByteWriter } from "../../../codec/byte-writer.ts";
import type { RowWriter } from "../../../codec/value-payload.ts";
import { type HashColumn, type HashRows, mostElementBytes, shortText } from "./hash-rows.ts";

/** A field whose values are as long as what `write` writes. The field's name has at most {@link mostElementBytes} bytes. */
export function textColumn(field: Buffer, write: RowWriter): HashColumn {
  const name = new ByteWriter();
  name.u8(shortText | field.length);
  name.bytes(field);
  name.u8(field.length + 1);
  const value = new ByteWriter();
  return {
    mostBytes: name.length + mostElementBytes + 2,
    write({ out, first, count, ends, tooLong }: HashRows) {
      for (let i = 0; i < count; i++) {
        value.truncate(0);
        write(value, first + i);
        const { length } = value;
        if (length > mostElementBytes) {
          tooLong[i] = 1;
          continue;
        }
        out.truncate(ends[i] as number);
        out.append(name);
        out.u8(shortText | length);
        out.append(value);
        out.u8(length + 1);
        ends[i] = out.length;
      }
    },
  };
}
