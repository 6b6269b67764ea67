/** Bounded concurrency over streams: so many at a time, the first failure stops all, nothing is left running behind. */

/** Runs `work` over the items, at most `width` at once, begun in the order they come; rejects with the first failure after all have ended. */
export async function inParallel<T>(
  items: AsyncIterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const source = items[Symbol.asyncIterator]();
  let failed: { readonly cause: unknown } | null = null;
  // Workers that fetch their own next item: waiting for whichever of many comes first would, for as long as one of them
  // lasts, hold something for every other that has ended meanwhile.
  const worker = async (): Promise<void> => {
    try {
      while (!failed) {
        const next = await source.next();
        if (next.done || failed) return;
        await work(next.value);
      }
    } catch (cause) {
      failed ??= { cause };
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  await source.return?.(undefined);
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
