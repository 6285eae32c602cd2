import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { IcebergError } from "../../errors.ts";
import type { ByteRange } from "../file-io.ts";
import { rangeBeyondEnd } from "../io-error.ts";
import { fromS3Error } from "./error.ts";
import { parseS3Location } from "./location.ts";

/** The SDK repeats requests, but not bodies that break off: those are asked for again here. */
const bodyAttempts = 3;

/** The object, or a part of it that is not empty. */
export async function readObject(client: S3Client, location: string, range?: ByteRange): Promise<Uint8Array> {
  const { bucket, key } = parseS3Location(location);
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ...(range !== undefined && { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
  });
  for (let attempt = 1; ; attempt++) {
    const answer = await client.send(command);
    const bytes = await bodyOf(answer, location).catch((error: unknown) => {
      if (attempt === bodyAttempts) throw error;
      return undefined;
    });
    if (bytes !== undefined) return range === undefined ? bytes : exactly(range, bytes, answer, location);
  }
}

async function bodyOf(answer: GetObjectCommandOutput, location: string): Promise<Uint8Array> {
  const bytes = (await answer.Body?.transformToByteArray().catch(rethrow(location))) ?? new Uint8Array();
  const { ContentLength: promised = bytes.length } = answer;
  if (bytes.length === promised) return bytes;
  throw new IcebergError("SERVICE_UNAVAILABLE", `${location}: ${bytes.length} of ${promised} bytes came`, {
    context: { location, promised, received: bytes.length },
  });
}

function rethrow(location: string): (error: unknown) => never {
  return (error) => {
    throw fromS3Error(error, location);
  };
}

/** S3 answers with what there is of the range, and servers that do not know ranges with everything. */
function exactly(range: ByteRange, bytes: Uint8Array, answer: GetObjectCommandOutput, location: string): Uint8Array {
  if (bytes.length < range.length) throw rangeBeyondEnd(location, range.offset + bytes.length);
  if (bytes.length === range.length && answer.ContentRange !== undefined) return bytes;
  throw new IcebergError("UNSUPPORTED", `${location}: the S3 server does not give parts of files, which it must`, {
    context: { location },
  });
}
