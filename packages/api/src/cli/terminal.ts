import Table from "cli-table3";
import { createColors } from "picocolors";

/** What the command line talks through; a real process is one. */
export interface Terminal {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  exitCode?: number | string | null | undefined;
}

export interface OutputStream {
  write(text: string | Uint8Array): unknown;
  on?(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
  once?(event: "drain" | "close", listener: () => void): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Where a command's output goes: people read text on stdout, machines one JSON document; everything else is stderr. */
export class Output {
  readonly json: boolean;
  readonly colors: ReturnType<typeof createColors>;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal, json: boolean) {
    this.json = json;
    this.#terminal = terminal;
    this.colors = createColors(!json && terminal.stdout.isTTY === true && terminal.env["NO_COLOR"] === undefined);
  }

  /** The command's result: `document` for machines, `text` for people. */
  result(document: unknown, text: () => string): void {
    this.#terminal.stdout.write(`${this.json ? toJson(document) : text()}\n`);
  }

  /** One of many results: a line of JSON for machines. */
  line(document: unknown, text: () => string): void {
    this.#terminal.stdout.write(`${this.json ? toJson(document, 0) : text()}\n`);
  }

  /** Writes part of a result that is too long to hold. */
  write(text: string): void {
    this.#terminal.stdout.write(text);
  }

  /** Writes a result piece by piece, as fast as it is read, until nobody reads on. */
  async writeAll(pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
    const { stdout } = this.#terminal;
    let isClosed = false;
    let goOn = () => {};
    // A process never loses its stdout: that it is closed is told by the event alone.
    stdout.once?.("close", () => {
      isClosed = true;
      goOn();
    });
    for await (const piece of pieces) {
      if (isClosed) return;
      if (stdout.write(piece) !== false || stdout.once === undefined) continue;
      await new Promise<void>((resolve) => {
        goOn = resolve;
        stdout.once?.("drain", resolve);
      });
    }
  }

  get isTerminal(): boolean {
    return this.#terminal.stdout.isTTY === true;
  }

  /** Says something beside the result. */
  note(text: string): void {
    this.#terminal.stderr.write(`${text}\n`);
  }

  /** A table that fits the terminal: the last columns wrap. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const table = new Table({
      head: [...head],
      style: { head: [], border: [], compact: true },
      chars: lines,
      ...this.#widths(head, rows),
    });
    for (const row of rows) table.push([...row]);
    const text = table.toString();
    return text.replaceAll(/[ \t]+$/gm, "");
  }

  get progressStream(): OutputStream {
    return this.#terminal.stderr;
  }

  #widths(
    head: readonly string[],
    rows: readonly (readonly string[])[],
  ): { readonly colWidths?: number[]; readonly wordWrap?: boolean } {
    const available = this.#terminal.stdout.columns;
    const natural = head.map(
      (title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)) + 2,
    );
    const total = natural.reduce((sum, width) => sum + width + 1, 1);
    if (available === undefined || total <= available) return {};
    const widths = [...natural];
    // The widest gives first, so that narrow ones stay whole.
    for (let excess = total - available; excess > 0; excess--) {
      const widest = Math.max(...widths);
      if (widest <= narrowest) break;
      widths[widths.indexOf(widest)] = widest - 1;
    }
    return { colWidths: widths, wordWrap: true };
  }
}

/** Columns do not get narrower than this to fit the terminal. */
const narrowest = 12;

/** Rules between head and rows only: easy on the eyes, and to cut apart. */
const lines = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ",
};

/** JSON with bigints as numbers where they are safe integers and strings where they are not. */
export function toJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? jsonInteger(item) : item), indent);
}

function jsonInteger(value: bigint): number | string {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : String(value);
}
