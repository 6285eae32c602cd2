import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { command, RawRedis } from "./raw-redis.ts";
import { hashFields, storedKeys } from "./stored-rows.ts";

/**
 * Serves until it is killed, and prints where: for whatever it is asked, it reads the hash of one entity, and answers with
 * text that is ready. What a server in Node takes at least.
 */
export interface BareRequest {
  readonly redisPort: number;
  /** How long the answer is. */
  readonly answerBytes: number;
}

const { redisPort, answerBytes } = JSON.parse(process.argv[2] ?? "") as BareRequest;
const answer = Buffer.alloc(answerBytes, " ");
const commands = await readCommands();
/** A connection to Redis for each that is made here. */
const connections = new WeakMap<Socket, Promise<RawRedis>>();

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const asked: unknown = JSON.parse(Buffer.concat(parts).toString());
  if (typeof asked !== "object") throw new Error("no object was asked with");
  const redis = connections.get(request.socket) ?? RawRedis.connect(redisPort);
  connections.set(request.socket, redis);
  await (await redis).send(commands[Math.floor(Math.random() * commands.length)] as Buffer, 1);
  response.writeHead(200, { "content-type": "application/json", "content-length": answer.length });
  response.end(answer);
}

const server = createServer((request, response) => void serve(request, response));
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));

async function readCommands(): Promise<readonly Buffer[]> {
  await using redis = await RawRedis.connect(redisPort);
  const keys = await storedKeys(redis, "feast");
  const fields = await hashFields(redis, keys[0] as Buffer);
  return keys.slice(0, 10_000).map((key) => command("HMGET", key, ...fields));
}
