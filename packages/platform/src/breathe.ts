/** A turn of the event loop: what has come in meanwhile is heard before its caller goes on. */

export function breathe(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
