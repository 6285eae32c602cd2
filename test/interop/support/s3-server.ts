import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";

const script = fileURLToPath(new URL("../python/s3.py", import.meta.url));

/** An S3 server that we have not written, with one bucket. */
export interface ForeignS3 extends AsyncDisposable {
  /** The properties under which Iceberg clients find it. */
  readonly properties: Readonly<Record<string, string>>;
  readonly bucket: string;
}

/** Starts moto, which lives as long as its input is open. */
export async function startForeignS3(bucket: string): Promise<ForeignS3> {
  const child = spawn(inject("python"), [script, JSON.stringify({ bucket })], { stdio: ["pipe", "pipe", "ignore"] });
  const exited = once(child, "exit");
  const lines = createInterface(child.stdout);
  const first = await Promise.race([once(lines, "line"), exited.then(() => undefined)]);
  if (first === undefined) throw new Error(`${script} ended before it served anything`);
  const { endpoint } = JSON.parse(String(first[0])) as { endpoint: string };
  const properties = {
    "s3.endpoint": endpoint,
    "s3.region": "us-east-1",
    "s3.access-key-id": "test",
    "s3.secret-access-key": "test",
    "s3.path-style-access": "true",
  };
  return {
    properties,
    bucket,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
