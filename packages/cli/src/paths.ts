/** Addresses of the API's things. */

export const clusterPath = (name: string): string => `/api/v1/clusters/${encodeURIComponent(name)}`;
export const servicePath = (name: string): string => `/api/v1/services/${encodeURIComponent(name)}`;
export const runPath = (id: string): string => `/api/v1/runs/${encodeURIComponent(id)}`;
export const pointPath = (id: string): string => `/api/v1/points/${encodeURIComponent(id)}`;
