import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { S3Client } from "@aws-sdk/client-s3";
import type { S3Credentials, S3Options } from "./options.ts";

/** Clients come and go with tables and their credentials; connections stay. */
const httpAgent = new HttpAgent({ keepAlive: true, maxSockets: 64 });
const httpsAgent = new HttpsAgent({ keepAlive: true, maxSockets: 64 });

/** The SDK's client. Checksums only where S3 wants them: many other servers do not know the newer ones. */
export function openS3Client(options: S3Options): S3Client {
  const { endpoint, credentials, timeoutMs = 60_000 } = options;
  const region = options.region ?? (endpoint === undefined ? undefined : "us-east-1");
  return new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials: identityProvider(credentials) }),
    forcePathStyle: options.pathStyle ?? endpoint !== undefined,
    maxAttempts: options.maxAttempts ?? 5,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    expectContinueHeader: false,
    requestHandler: { httpAgent, httpsAgent, connectionTimeout: Math.min(timeoutMs, 5_000), socketTimeout: timeoutMs },
  });
}

/** "memoized" tells the SDK to ask each time: it would keep credentials by its own clock. */
function identityProvider(credentials: S3Credentials | (() => Promise<S3Credentials>)) {
  if (typeof credentials !== "function") return credentials;
  return Object.assign(() => credentials(), { memoized: true });
}
