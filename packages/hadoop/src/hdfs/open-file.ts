/** A file somebody is writing. */
export interface OpenFile {
  readonly path: string;
  /** What the NameNode knows of its length: complete blocks and the first flush of the last one. */
  readonly lengthBytes: number;
  readonly blockCount: number;
}
