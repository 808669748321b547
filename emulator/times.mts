/** The forms in which the service writes a moment. Its wall clock is China's, eight hours ahead of UTC. */

const CHINA_MS = 8 * 3600 * 1000;

export const unixSeconds = (ms: number) => Math.floor(ms / 1000);

const chinaTime = (ms: number) => new Date(ms + CHINA_MS).toISOString().slice(0, 19);

/** `2024-01-31 18:30:00`. */
export const localTime = (ms: number) => chinaTime(ms).replace('T', ' ');

/** `2024-01-31T18:30:00+08:00`. */
export const isoTime = (ms: number) => `${chinaTime(ms)}+08:00`;
