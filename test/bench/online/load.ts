import { Agent, request as httpRequest } from "node:http";

export interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const warmUpMs = 1500;
const measuredMs = 5000;

/** Asks for features over so many connections at once, each as soon as it has its answer. */
export async function load(
  url: string,
  { body, connections }: { readonly body: () => string; readonly connections: number },
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  const started = performance.now();
  const ask = async () => {
    while (performance.now() - started < warmUpMs + measuredMs) {
      const asked = performance.now();
      await post(agent, `${url}/get-online-features`, body());
      if (asked - started > warmUpMs) times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: connections }, ask));
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
  return { perSecond: (times.length / measuredMs) * 1000, p50: at(0.5), p99: at(0.99) };
}

function post(agent: Agent, url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const asked = httpRequest(url, { method: "POST", agent, headers }, (answer) => {
      answer.resume();
      answer.on("end", () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${answer.statusCode}`)),
      );
      answer.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}
