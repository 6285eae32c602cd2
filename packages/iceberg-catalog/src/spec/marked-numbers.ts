/*
 * The platform reads JSON several times as fast as what is written in JavaScript, but makes a double of each number, and
 * forgets whether it was written as an integer. So it is given as strings, which no others look like, all numbers but
 * integers that a double holds exactly.
 */

const mark = "\u0001";
/** As it is written in JSON, where it may not stand as it is. */
const writtenMark = String.raw`\u0001`;
/** A number as JSON has them. */
const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const integer = /^-?\d+$/;
/** Fewer digits than any integer has that a double does not hold; with a sign before them. */
const exactLength = 15;
const [quote, backslash, plus, minus, point, zero, nine, colon, upperE, lowerE] = [
  0x22, 0x5c, 0x2b, 0x2d, 0x2e, 0x30, 0x39, 0x3a, 0x45, 0x65,
];

/** The same JSON with marks; undefined where nobody could tell what is marked. */
export function markNumbers(text: string): string | undefined {
  let marked = "";
  let copied = 0;
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = tokenEnd(text, at);
    if (end < 0) return undefined;
    if (!beginsNumber(text.charCodeAt(at)) || isExactInteger(text, at, end)) continue;
    const written = text.slice(at, end);
    if (!number.test(written) || isBeforeColon(text, end)) return undefined;
    marked += `${text.slice(copied, at)}"${writtenMark}${written}"`;
    copied = end;
  }
  return marked + text.slice(copied);
}

/** Puts in what was parsed the numbers where they are marked, and bigints where they are not: those were integers. */
export function unmarkNumbers(value: unknown): unknown {
  if (typeof value === "number") return BigInt(value);
  if (typeof value === "string") return value.startsWith(mark) ? unmarked(value.slice(mark.length)) : value;
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) unmarkMember(value, i);
  else if (typeof value === "object" && value !== null) for (const key in value) unmarkMember(value, key);
  return value;
}

const unmarked = (written: string): bigint | number => (integer.test(written) ? BigInt(written) : Number(written));

function unmarkMember(parent: object, key: string | number): void {
  const member = (parent as Record<string | number, unknown>)[key];
  const found = unmarkNumbers(member);
  if (found !== member) (parent as Record<string | number, unknown>)[key] = found;
}

/** Where a string or a number ends that begins here, or else this character; -1 for a string that is not as usual. */
function tokenEnd(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === quote) return text.startsWith(writtenMark, start + 1) ? -1 : stringEnd(text, start);
  let end = start + 1;
  if (beginsNumber(code)) while (isInNumber(text.charCodeAt(end))) end++;
  return end;
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

function isExactInteger(text: string, start: number, end: number): boolean {
  if (end - start > exactLength) return false;
  for (let at = start; at < end; at++) if (!beginsNumber(text.charCodeAt(at))) return false;
  return true;
}

/** A number is no name of a member. */
function isBeforeColon(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text.charCodeAt(at) === colon;
}

const isDigit = (code: number): boolean => code >= zero && code <= nine;
const beginsNumber = (code: number): boolean => code === minus || isDigit(code);
const isInNumber = (code: number): boolean =>
  beginsNumber(code) || code === point || code === lowerE || code === upperE || code === plus;
