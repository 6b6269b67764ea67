/** Request targets of WebHDFS, exact for every name HDFS can hold. */

/** Source: WebHDFS REST API, "FileSystem URIs vs HTTP URLs"; WebHdfsFileSystem.PATH_PREFIX. */
export const PREFIX = "/webhdfs/v1";

/** A parameter that is undefined is left out; "" is sent empty. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/webhdfs/v1/<path>?op=<op>&…`. The path must have passed `pathFault`. */
export function webHdfsTarget(path: string, op: string, query: Query): string {
  return `${PREFIX}${encodePath(path)}?${encodeQuery({ op, ...query })}`;
}

/** Every byte but letters, digits and `-_.~!'()*` percent-encoded, names apart. `;` must be: Jersey would cut it off
 * as a matrix parameter. So must `+`, which some decoders take for a space. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** `name=value&…`, both percent-encoded; a space as %20. */
export function encodeQuery(query: Query): string {
  return Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join("&");
}
