import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { S3Credentials, S3Options } from "../io/s3/options.ts";
import { answerOf, refusal, type S3Answer, type S3Request } from "./s3-answers.ts";
import { S3Objects } from "./s3-objects.ts";
import { isSigned } from "./sigv4.ts";

/** What happens to one request: an answer in place of the right one, or the right one, badly delivered. */
export type S3Fault = S3Answer | "lose the answer" | "truncate the body" | "stall in the body";

export interface S3Server extends AsyncDisposable {
  readonly options: S3Options & { readonly credentials: S3Credentials };
  readonly store: S3Objects;
  /** `GET /bucket/key` of each request that was signed. */
  readonly requests: string[];
  /** The session tokens that came with them. */
  readonly sessionTokens: (string | undefined)[];
  /** Says what is wrong with a request, if anything. */
  fault: (request: S3Request) => S3Fault | undefined;
}

/** An S3 server over real HTTP that checks signatures and insists on conditional writes. */
export async function serveS3(): Promise<S3Server> {
  const credentials = { accessKeyId: "test-key", secretAccessKey: "test-secret-key" };
  const server = createServer((incoming, outgoing) => {
    respond(s3, incoming, outgoing).catch((error: unknown) => {
      send(outgoing, refusal(400, "TestFailed", `<Detail>${String(error)}</Detail>`));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const s3: S3Server = {
    options: { endpoint: `http://127.0.0.1:${port}`, region: "test-1", credentials },
    store: new S3Objects(),
    requests: [],
    sessionTokens: [],
    fault: () => undefined,
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return s3;
}

async function respond(s3: S3Server, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await buffer(incoming);
  const { method = "", url = "", headers } = incoming;
  if (!isSigned(incoming, body, s3.options.credentials.secretAccessKey)) {
    const token = `<CanonicalRequest>x-amz-security-token:${headers["x-amz-security-token"]}</CanonicalRequest>`;
    send(outgoing, refusal(403, "SignatureDoesNotMatch", token));
    return;
  }
  const [path = "", query = ""] = url.split("?");
  const request = { method, path: decodeURIComponent(path), query: new URLSearchParams(query), headers, body };
  s3.requests.push(`${method} ${request.path}`);
  s3.sessionTokens.push(headers["x-amz-security-token"]?.toString());
  const fault = s3.fault(request);
  if (typeof fault === "object") send(outgoing, fault);
  else deliver(outgoing, answerOf(s3.store, request), fault);
}

function deliver(outgoing: ServerResponse, answer: S3Answer, fault: Exclude<S3Fault, S3Answer> | undefined): void {
  switch (fault) {
    case "lose the answer":
      outgoing.destroy();
      return;
    case "truncate the body":
      writeHalf(outgoing, answer, () => outgoing.destroy());
      return;
    case "stall in the body":
      writeHalf(outgoing, answer, () => {});
      return;
    default:
      send(outgoing, answer);
  }
}

function send(outgoing: ServerResponse, { status, headers = {}, body = new Uint8Array() }: S3Answer): void {
  outgoing.writeHead(status, status === 204 ? headers : { ...headers, "content-length": body.length });
  outgoing.end(body);
}

function writeHalf(outgoing: ServerResponse, { status, headers, body = new Uint8Array() }: S3Answer, then: () => void) {
  outgoing.writeHead(status, { ...headers, "content-length": body.length });
  outgoing.write(body.subarray(0, body.length / 2), then);
}
