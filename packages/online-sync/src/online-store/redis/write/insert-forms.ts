import { ByteWriter } from "../../../codec/byte-writer.ts";
import type { Inserts } from "../layout/redis-layout.ts";
import { beginCommand, writeArgument, writeCommand } from "../wire/command-writer.ts";
import type { Replies } from "./guarded-transactions.ts";

/** How the commands of a transaction are made of what was written for its rows, and how their replies are read. */
export interface InsertForm {
  /** How many commands there are for so many rows. */
  readonly commandCount: (rowCount: number) => number;
  /** The commands, in pieces; `rows` is what was written for the rows. */
  readonly commands: (rowCount: number, rows: ByteWriter) => readonly ByteWriter[];
  /** Which of the rows were refused, by their numbers. */
  readonly refused: (rowCount: number, replies: Replies) => readonly number[];
}

const countKeys = new ByteWriter();
writeCommand(countKeys, ["DBSIZE"]);

export const insertForms: Readonly<Record<Inserts["as"], InsertForm>> = {
  commands: {
    commandCount: (rowCount) => rowCount,
    commands: (_, rows) => [rows],
    refused: (rowCount, replies) => {
      const refused: number[] = [];
      for (let number = 0; number < rowCount; number++) if (!replies.isStatus(number)) refused.push(number);
      return refused;
    },
  },
  /*
   * One MSETNX for all. It takes the last of several rows that have the same key, whatever their age: then there are fewer keys
   * more than there are rows, and all of them are to be merged.
   */
  arguments: {
    commandCount: () => 3,
    commands: (rowCount, rows) => {
      const head = new ByteWriter();
      beginCommand(head, rowCount * 2 + 1);
      writeArgument(head, "MSETNX");
      return [countKeys, head, rows, countKeys];
    },
    refused: (rowCount, replies) => {
      const [before = 0, set, after = 0] = [replies.number(0), replies.number(1), replies.number(2)];
      return set === 1 && after - before === rowCount ? [] : numbers(rowCount);
    },
  },
};

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number);
