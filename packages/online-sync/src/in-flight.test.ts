import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { readAhead, sendAll } from "./in-flight.ts";

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 1; i <= count; i++) yield i;
}

/** Keeps a record of what is sent when. */
function recorder(takes: (item: number) => Promise<unknown>) {
  const [began, ended]: [number[], number[]] = [[], []];
  let most = 0;
  const send = async (item: number) => {
    began.push(item);
    most = Math.max(most, began.length - ended.length);
    try {
      await takes(item);
    } finally {
      ended.push(item);
    }
  };
  return { send, began, ended, most: () => most };
}

const failOn = (bad: number, afterMs: number) => async (item: number) => {
  if (item === bad) throw new Error(`${item} is refused`);
  await delay(afterMs);
};

it.each([1, 2, 3])("sends %d at a time, and each of them", async (limit) => {
  const record = recorder(() => delay(2));
  await sendAll(readAhead(numbers(7)), limit, record.send);
  expect(record.began).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(record.ended.length).toBe(7);
  expect(record.most()).toBe(limit);
});

it("reads one ahead of what is sent, and no more", async () => {
  let read = 0;
  async function* counted() {
    for await (const number of numbers(9)) {
      read++;
      yield number;
    }
  }
  const ahead: number[] = [];
  await sendAll(readAhead(counted()), 1, async (item) => {
    await delay(1);
    ahead.push(read - item);
  });
  expect(ahead).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0]);
});

it.each([
  [1, [1, 2]],
  [2, [1, 2]],
])(
  "%d at a time, throws the first failure once nothing is under way, and begins nothing after it",
  async (limit, began) => {
    const record = recorder(failOn(2, 5));
    await expect(sendAll(readAhead(numbers(9)), limit, record.send)).rejects.toThrow("2 is refused");
    expect(record.began).toEqual(began);
    expect([...record.ended].sort()).toEqual(began);
  },
);

it("begins nothing after a failure for which the source was slow", async () => {
  async function* slow() {
    yield* numbers(2);
    await delay(20);
    yield 3;
  }
  const record = recorder(failOn(2, 1));
  await expect(sendAll(slow(), 3, record.send)).rejects.toThrow("2 is refused");
  expect(record.began).toEqual([1, 2]);
});

it("throws what is wrong with the source, once nothing is under way", async () => {
  async function* broken() {
    yield* numbers(2);
    throw new Error("the file is gone");
  }
  for (const source of [broken(), readAhead(broken())]) {
    const record = recorder((item) => delay(item === 1 ? 20 : 5));
    await expect(sendAll(source, 2, record.send)).rejects.toThrow("the file is gone");
    expect(record.ended.length).toBe(2);
  }
});

it("closes a source that is not read to its end", async () => {
  let closed = false;
  async function* open() {
    try {
      yield* numbers(5);
    } finally {
      closed = true;
    }
  }
  await expect(sendAll(readAhead(open()), 1, failOn(1, 1))).rejects.toThrow("1 is refused");
  expect(closed).toBe(true);
});
