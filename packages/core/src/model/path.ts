/** HDFS paths as users enter them: absolute, normal, bounded; everything else is refused by name. */
import { CoevalError } from "../errors.ts";

/** Bytes of one path as HDFS bounds it (`dfs.namenode.fs-limits.max-component-length` bounds a name besides). */
export const MAX_PATH_BYTES = 8000;
/** Bytes of one name; HDFS's own default bound. */
export const MAX_NAME_BYTES = 255;

/**
 * Checks an absolute path and returns it without a trailing slash.
 * @param place how the error names the field, e.g. `spec.dataSets[2].hdfs`.
 * @throws CoevalError `bad-path` for relative, `..`, `.`, `//`, `.snapshot`, `/.reserved`, NUL and control characters, `/` itself, and lengths beyond the bounds.
 */
export function checkPath(path: string, place: string): string {
  const fail = (why: string): never => {
    throw new CoevalError("bad-path", `${place}: '${shown(path)}' ${why}`, { pointer: place });
  };
  if (!path.startsWith("/")) fail("is not absolute");
  if (utf8Length(path) >= MAX_PATH_BYTES) fail(`is as long as or longer than ${MAX_PATH_BYTES} bytes`);
  const normal = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  if (normal === "/") fail("is the root of the file system; name a directory below it");
  const names = normal.slice(1).split("/");
  for (const name of names) {
    if (name === "") fail("contains '//'");
    if (name === "." || name === "..") fail(`contains '${name}'`);
    if (name === ".snapshot") fail("contains '.snapshot', which HDFS reserves");
    if (hasControl(name)) fail("contains a control character");
    if (name.includes(":")) fail("contains ':', which HDFS does not allow in a name");
    if (/\p{Surrogate}/u.test(name)) fail("is not well-formed Unicode");
    if (utf8Length(name) > MAX_NAME_BYTES) fail(`has a name longer than ${MAX_NAME_BYTES} bytes`);
  }
  if (names[0] === ".reserved") fail("lies in '/.reserved', which HDFS reserves");
  return normal;
}

/** True when `path` is `prefix` or lies below it. Both normal. */
export function isWithin(path: string, prefix: string): boolean {
  return prefix === "/" || path === prefix || path.startsWith(`${prefix}/`);
}

/** `path` relative to `prefix`: `""` for the prefix itself. Requires isWithin. */
export function relativeTo(path: string, prefix: string): string {
  return prefix === "/" ? path.slice(1) : path.slice(prefix.length + 1);
}

/** `base` and `relative` joined; `relative` may be empty. */
export function joinPath(base: string, relative: string): string {
  if (relative === "") return base;
  return base === "/" ? `/${relative}` : `${base}/${relative}`;
}

/** The nearest directory that contains `path`; `/` at the top. */
export function parentPath(path: string): string {
  const cut = path.lastIndexOf("/");
  return cut <= 0 ? "/" : path.slice(0, cut);
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

function shown(path: string): string {
  const clean = Array.from(path.slice(0, 80), (char) => (hasControl(char) ? "\uFFFD" : char)).join("");
  return path.length > 80 ? `${clean}…` : clean;
}
