import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { encodeHolder, isGone } from "./run-holder.ts";

const holder = encodeHolder(new Date());

it("a holder is gone when its process is, and nothing is known of other machines", async () => {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  const dead = { ...JSON.parse(holder), pid: child.pid };
  expect(isGone(holder)).toBe(false);
  expect(isGone(JSON.stringify(dead))).toBe(true);
  expect(isGone(JSON.stringify({ ...dead, machine: "elsewhere 1" }))).toBe(false);
  expect(isGone("not ours")).toBe(false);
});
