/** Where an agent keeps its files, relative to its data folder. */

/** Plan, changes and the like of one run; gone when the run is released. */
export function runFile(run: string, name: "plan" | "hashes" | "changes"): string {
  return `runs/${run}/${name}`;
}

export function runFolder(run: string): string {
  return `runs/${run}`;
}

/** Manifest and certificate of one point, by the run that made it. */
export function pointFile(service: string, run: string, name: "manifest" | "certificate.json"): string {
  return `points/${service}/${run}/${name}`;
}

export function servicePointsFolder(service: string): string {
  return `points/${service}`;
}

export function pointFolder(service: string, run: string): string {
  return `points/${service}/${run}`;
}

/** All points of a service. */
export function pointsFolder(service: string): string {
  return `points/${service}`;
}

/** What interrupted switches of a service may have asked for; each file begins with when it was written, in ms. */
export function doubtFolder(service: string): string {
  return `doubts/${service}`;
}

export function doubtFile(service: string, atMs: number, run: string): string {
  return `${doubtFolder(service)}/${atMs}-${run}`;
}
