/*
 * The platform reads and prints JSON several times as fast as what is written in JavaScript, but not integers that a double
 * does not hold. So it is given integers as strings that no others look like.
 */

const mark = "\u0001";
/** As it is written in JSON, where it may not stand as it is. */
const writtenMark = String.raw`\u0001`;
const markedInteger = /"\\u0001(-?\d+)"/g;
const [quote, backslash, minus, zero, nine, colon] = [0x22, 0x5c, 0x2d, 0x30, 0x39, 0x3a];

/** The same JSON with a mark before each integer, which is a string; undefined where nobody could tell what is marked. */
export function markIntegers(text: string): string | undefined {
  let marked = "";
  let copied = 0;
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = tokenEnd(text, at);
    if (end < 0) return undefined;
    if (!isInteger(text, at, end)) continue;
    if (isBeforeColon(text, end)) return undefined;
    marked += `${text.slice(copied, at)}"${writtenMark}${text.slice(at, end)}"`;
    copied = end;
  }
  return marked + text.slice(copied);
}

/** Prints a value with marked integers where bigints are, and takes the marks off; undefined where nobody could tell which those are. */
export function printIntegers(value: unknown, indent: number | undefined): string | undefined {
  let isClear = true;
  const marked = (name: string, member: unknown): unknown => {
    if (name.includes(mark) || (typeof member === "string" && member.includes(mark))) isClear = false;
    return typeof member === "bigint" ? `${mark}${member}` : member;
  };
  const text = JSON.stringify(value, marked, indent) as string | undefined;
  return isClear ? text?.replace(markedInteger, "$1") : undefined;
}

/** Puts bigints where marked integers are, in what was parsed. */
export function unmarkIntegers(value: unknown): unknown {
  if (typeof value === "string") return value.startsWith(mark) ? BigInt(value.slice(1)) : value;
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) unmarkMember(value, i);
  else if (typeof value === "object" && value !== null) for (const key in value) unmarkMember(value, key);
  return value;
}

function unmarkMember(parent: object, key: string | number): void {
  const member = (parent as Record<string | number, unknown>)[key];
  const unmarked = unmarkIntegers(member);
  if (unmarked !== member) (parent as Record<string | number, unknown>)[key] = unmarked;
}

/** Where a string or a number ends that begins here, or else this character; -1 for a string that is not as usual. */
function tokenEnd(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === quote) return text.startsWith(writtenMark, start + 1) ? -1 : stringEnd(text, start);
  return code === minus || isDigit(code) ? numberEnd(text, start) : start + 1;
}

function stringEnd(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at > 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at < 0 ? -1 : at + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - backslashes - 1) === backslash) backslashes++;
  return backslashes % 2 === 1;
}

/** Where whatever begins as a number ends. */
function numberEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && isInNumber(text.charCodeAt(at))) at++;
  return at;
}

/** Digits, and what else is in numbers: `.`, `+`, `-`, `e`, `E`. */
function isInNumber(code: number): boolean {
  return isDigit(code) || code === 0x2e || code === 0x2b || code === minus || code === 0x65 || code === 0x45;
}

function isInteger(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start) === minus ? start + 1 : start;
  if (first === end || (text.charCodeAt(first) === zero && end > first + 1)) return false;
  for (let at = first; at < end; at++) if (!isDigit(text.charCodeAt(at))) return false;
  return true;
}

/** A number is no name of a member. */
function isBeforeColon(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text.charCodeAt(at) === colon;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}
