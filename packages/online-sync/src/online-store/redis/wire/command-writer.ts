import type { ByteWriter } from "../../../codec/byte-writer.ts";
import type { EntityKey, KeyForm } from "../../../codec/entity-key.ts";

export type Argument = Uint8Array | string | number | WrittenArguments;

/** Arguments that {@link writeArgument} has written already. */
export interface WrittenArguments {
  readonly count: number;
  readonly written: Uint8Array;
}

const [asterisk, dollar] = [0x2a, 0x24];

/** Writes a command in RESP: an array of bulk strings. */
export function writeCommand(out: ByteWriter, args: readonly Argument[]): void {
  beginCommand(
    out,
    args.reduce<number>((sum, argument) => sum + (isWritten(argument) ? argument.count : 1), 0),
  );
  for (const argument of args) {
    if (isWritten(argument)) out.bytes(argument.written);
    else writeArgument(out, argument);
  }
}

/** Begins a command of so many arguments, its name among them; {@link writeArgument} has to follow for each. */
export function beginCommand(out: ByteWriter, count: number): void {
  line(out, asterisk, count);
}

export function writeArgument(out: ByteWriter, argument: Exclude<Argument, WrittenArguments>): void {
  if (typeof argument === "number" && Number.isSafeInteger(argument) && argument >= 0) {
    const digits = digitsOf(argument);
    writeArgumentHead(out, digits);
    out.digits(argument, digits);
    writeArgumentEnd(out);
    return;
  }
  const bytes = typeof argument === "object" ? argument : Buffer.from(String(argument));
  writeArgumentHead(out, bytes.length);
  out.slice(bytes, 0, bytes.length);
  writeArgumentEnd(out);
}

/** Writes a store's key of an entity key as an argument, without a buffer of its own; `namesEnd` is where its values begin. */
export function writeKeyArgument(out: ByteWriter, { prefix, suffix }: KeyForm, key: EntityKey, namesEnd: number): void {
  writeArgumentHead(out, prefix.length + key.length - namesEnd + suffix.length);
  out.slice(prefix, 0, prefix.length);
  out.slice(key, namesEnd, key.length);
  out.slice(suffix, 0, suffix.length);
  writeArgumentEnd(out);
}

function isWritten(argument: Argument): argument is WrittenArguments {
  return typeof argument === "object" && "written" in argument;
}

/** Says how many bytes an argument has that follow; {@link writeArgumentEnd} has to come behind them. */
export function writeArgumentHead(out: ByteWriter, length: number): void {
  line(out, dollar, length);
}

function line(out: ByteWriter, type: number, count: number): void {
  out.u8(type);
  out.digits(count, digitsOf(count));
  writeArgumentEnd(out);
}

export function writeArgumentEnd(out: ByteWriter): void {
  out.u8(0x0d);
  out.u8(0x0a);
}

/** How many digits a whole number from 0 has. */
export function digitsOf(value: number): number {
  let digits = 1;
  for (let power = 10; value >= power; power *= 10) digits++;
  return digits;
}
