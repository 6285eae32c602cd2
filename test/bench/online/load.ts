import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Until compilers have done with the server. */
const warmUpMs = 5000;
const measuredMs = 4000;

export interface LoadRequest {
  readonly path: string;
  /** Makes the body of a request. */
  readonly body: () => string;
  readonly connections: number;
}

/**
 * Sends requests over so many connections at once, each as soon as it has its answer. It writes HTTP itself: a client
 * of Node's takes as long as the faster of the servers.
 */
export async function load(url: string, { path, body, connections }: LoadRequest): Promise<Load> {
  const requests = Array.from({ length: 200 }, () => httpRequest(url, path, body()));
  const times: number[] = [];
  const started = performance.now();
  const ask = async () => {
    await using connection = await Connection.open(url);
    for (let i = 0; performance.now() - started < warmUpMs + measuredMs; i++) {
      const asked = performance.now();
      await connection.ask(requests[i % requests.length] as Buffer);
      if (asked - started > warmUpMs) times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: connections }, ask));
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
  return { perSecond: (times.length / measuredMs) * 1000, p50: at(0.5), p99: at(0.99) };
}

export const shownLoad = ({ perSecond, p50, p99 }: Load): string =>
  `${perSecond.toFixed(0)}/s, ${p50.toFixed(2)} / ${p99.toFixed(2)} ms`;

/** Both, how many times the requests of theirs ours are, and how large a part of their p99 our p99 is. */
export function compareLoads(ours: Load, theirs: Load): string[] {
  const [more, less] = [ours.perSecond / theirs.perSecond, ours.p99 / theirs.p99];
  return [shownLoad(ours), shownLoad(theirs), `${more.toFixed(1)}x`, `${less.toFixed(2)}x`];
}

function httpRequest(url: string, path: string, body: string): Buffer {
  const { host } = new URL(url);
  const head = [`POST ${path} HTTP/1.1`, `Host: ${host}`, "Content-Type: application/json"];
  return Buffer.from([...head, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n"));
}

const headEnd = Buffer.from("\r\n\r\n");

/** One connection that is kept alive. */
class Connection implements AsyncDisposable {
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
  #answered: () => void = () => {};
  #failed: (error: Error) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("close", () => this.#failed(new Error("the server closed the connection")));
    socket.on("error", (error) => this.#failed(error));
  }

  static async open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    await once(socket, "connect");
    return new Connection(socket);
  }

  /** Sends a request, and resolves when its whole answer has come, which has to say how long it is. */
  ask(request: Buffer): Promise<void> {
    this.#length = 0;
    this.#socket.write(request);
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#bytes = this.#length > 0 ? Buffer.concat([this.#bytes, chunk]) : chunk;
    this.#length = this.#bytes.length;
    const end = this.#bytes.indexOf(headEnd);
    if (end < 0) return;
    const head = this.#bytes.toString("latin1", 0, end);
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
    if (!head.startsWith("HTTP/1.1 200") || length === undefined)
      this.#failed(new Error(`the server answered ${head}`));
    else if (this.#length >= end + headEnd.length + Number(length)) this.#answered();
  }
}
