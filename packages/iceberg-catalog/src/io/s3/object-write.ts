/** What is written where. The mark in its metadata tells an object of ours from that of another writer. */
export interface ObjectWrite {
  readonly Bucket: string;
  readonly Key: string;
  readonly Metadata: Record<string, string>;
}
