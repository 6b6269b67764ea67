/** Bounded concurrency over streams: so many at a time, the first failure stops all, nothing is left running behind. */

/** Runs `work` over the items, at most `width` at once, in the order they come; rejects with the first failure after all have ended. */
export async function inParallel<T>(
  items: AsyncIterable<T> | Iterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failed: { cause: unknown } | null = null;
  for await (const item of items) {
    if (failed) break;
    const task: Promise<void> = work(item)
      .catch((cause: unknown) => {
        failed ??= { cause };
      })
      .finally(() => running.delete(task));
    running.add(task);
    if (running.size >= width) await Promise.race(running);
  }
  await Promise.all(running);
  if (failed) throw (failed as { cause: unknown }).cause;
}

/** Maps a stream with at most `width` calls at once; results keep the order. */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const queue: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const task = work(item);
      // Its failure is met when its turn comes; until then it must not count as unhandled.
      task.catch(() => undefined);
      queue.push(task);
      if (queue.length >= width) yield await (queue.shift() as Promise<R>);
    }
    while (queue.length > 0) yield await (queue.shift() as Promise<R>);
  } finally {
    await Promise.allSettled(queue);
  }
}
