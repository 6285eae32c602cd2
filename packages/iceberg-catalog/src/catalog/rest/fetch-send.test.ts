import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { fetchSend, mayHaveArrived } from "./fetch-send.ts";
import { RestCatalog } from "./rest-catalog.ts";

const post = (url: string) => fetchSend(undefined, 100, 1000)({ method: "POST", url, headers: {}, body: "{}" });

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
  ["the answer is longer than any", (response) => response.writeHead(200).write(" ".repeat(1001))],
])("when %s the request may have arrived", async (_, answer) => {
  const error = await failureOf(answer);
  expect(error).toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  expect(mayHaveArrived(error)).toBe(true);
});

test("an answer may be compressed", async () => {
  const server = createServer((_, response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync('{"a":1}')),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { body } = await post(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(body).toBe('{"a":1}');
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

test("when nobody listens the request has not arrived", async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  const error = await post(`http://127.0.0.1:${port}`).catch((caught) => caught);
  expect(mayHaveArrived(error)).toBe(false);
});

test("an answer is not read beyond what it may be", async () => {
  const error = await failureOf((response) => response.writeHead(200).write(" ".repeat(1001)));
  expect(error.message).toContain("longer than 1000 bytes");
});

test.each([
  ["an address without a scheme", { uri: "localhost:8181" }, "begins with http://"],
  ["no address", { uri: "somewhere" }, "begins with http://"],
  ["a password in the address", { uri: "http://me:s3cret@localhost:1" }, "no user name and no password"],
  ["a token of two lines", { uri: "http://localhost:1", token: "s3cret\nx: y" }, "no single line"],
  ["a header that is none", { uri: "http://localhost:1", headers: { "a b": "s3cret" } }, "no single line"],
])("%s is refused at once, and not repeated to whoever reads the error", async (_, options, why) => {
  const error = await RestCatalog.connect(options).catch((caught) => caught);
  expect(error).toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining(why), cause: undefined });
  expect(inspect(error)).not.toContain("s3cret");
});
