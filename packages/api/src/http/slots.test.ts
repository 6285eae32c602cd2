import { expect, it } from "vitest";
import { Slots } from "./slots.ts";

const patient = new AbortController().signal;

it("gives turns in the order they were asked for, and tells those beyond to come again", async () => {
  const slots = new Slots(1, 2);
  const began: string[] = [];
  const take = async (name: string, signal = patient) => {
    const end = await slots.take(signal);
    began.push(name);
    return end;
  };
  const first = await take("first");
  const [second, third] = [take("second"), take("third")];
  await expect(slots.take(patient)).rejects.toMatchObject({ code: "SERVER_BUSY" });
  expect(began).toEqual(["first"]);
  first();
  first();
  (await second)();
  (await third)();
  expect(began).toEqual(["first", "second", "third"]);
  (await take("fourth"))();
});

it("forgets those who leave while they wait", async () => {
  const slots = new Slots(1, 1);
  const end = await slots.take(patient);
  const leaving = new AbortController();
  const left = slots.take(leaving.signal);
  leaving.abort();
  await expect(left).rejects.toMatchObject({ code: "SERVER_BUSY" });
  const next = slots.take(patient);
  end();
  (await next)();
});

it("gives a turn back when the work fails", async () => {
  const slots = new Slots(1, 0);
  await expect(slots.run(patient, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await slots.run(patient, async () => 1)).toBe(1);
});
