import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { IcebergError } from "../../errors.ts";
import { folderPrefix, type ListedFile } from "../file-io.ts";
import { fromS3Error } from "./error.ts";

/** The objects whose keys begin as the folder does, a page at a time. S3 has no folders: one that is not there is empty. */
export async function* listObjects(client: S3Client, folder: string): AsyncGenerator<ListedFile> {
  const [, root = "", bucket, prefix] = /^(s3[an]?:\/\/([^/]+)\/)(.*)$/s.exec(folderPrefix(folder)) ?? [];
  if (bucket === undefined) {
    throw new IcebergError("UNSUPPORTED", `${folder} is not in S3: only s3:, s3a: and s3n: locations are`, {
      context: { location: folder },
    });
  }
  let token: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await client
      .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }))
      .catch((error: unknown) => {
        throw fromS3Error(error, folder);
      });
    for (const { Key, Size = 0, LastModified } of page.Contents ?? []) {
      // An object that does not say its age is taken for new, so that nothing deletes it as old.
      const lastModifiedMs = LastModified?.getTime() ?? Number.MAX_SAFE_INTEGER;
      if (Key !== undefined) yield { location: `${root}${Key}`, size: Size, lastModifiedMs };
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}
