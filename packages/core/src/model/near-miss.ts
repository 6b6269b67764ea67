/** The word that was probably meant: for unknown keys, commands, codes, time zones. */

const DISTANCE_MAX = 2;

/** The candidate within two edits of `word` (a swap of neighbours counts one), or null. Ties go to the earlier candidate. */
export function nearMiss(word: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = DISTANCE_MAX + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > DISTANCE_MAX) continue;
    const distance = edits(word.toLowerCase(), candidate.toLowerCase());
    // A short word within two edits of another is another word.
    if (distance < bestDistance && distance < candidate.length / 2) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Damerau–Levenshtein distance (optimal string alignment). */
function edits(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
