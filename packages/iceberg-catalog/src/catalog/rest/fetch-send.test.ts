import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { fetchSend, mayHaveArrived } from "./fetch-send.ts";

const post = (url: string) => fetchSend(undefined, 100)({ method: "POST", url, headers: {}, body: "{}" });

async function failureOf(answer: (response: ServerResponse) => void) {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const error = await post(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).catch((caught) => caught);
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  return error;
}

test.each<[string, (response: ServerResponse) => void]>([
  [
    "the body is cut short",
    (response) => response.writeHead(200, { "content-length": 100 }).end("{") && response.destroy(),
  ],
  ["the connection ends within the body", (response) => response.writeHead(200).write("{", () => response.destroy())],
  ["the connection ends before any answer", (response) => response.destroy()],
  ["no answer comes in time", () => undefined],
  ["no end of the answer comes in time", (response) => response.writeHead(200).write("{")],
])("when %s the request may have arrived", async (_, answer) => {
  const error = await failureOf(answer);
  expect(error).toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  expect(mayHaveArrived(error)).toBe(true);
});

test("when nobody listens the request has not arrived", async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  const error = await post(`http://127.0.0.1:${port}`).catch((caught) => caught);
  expect(mayHaveArrived(error)).toBe(false);
});
