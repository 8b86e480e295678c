/** Whether there is room for the registries that a run makes, before it makes them. */
import fs from 'node:fs';
import { wholeRounds } from './sizes.ts';

export interface Room {
  readonly bytes: number;
  readonly files: number;
}

/** Of one plugin: its records and archives, and what a build makes of it. Measured at 10,000 and 100,000 plugins, on blocks of 4 KiB. */
const OF_INDEX: Room = { bytes: 34_000, files: 7.7 };
const OF_BUILD: Room = { bytes: 98_000, files: 24 };
/** What is signed has the log of all decisions, and what it is deployed to as well. */
const OF_LOG: Room = { bytes: 8500, files: 1.5 };
/** With pages and whatever else lies there. */
const SPARE = 1.1;

export function roomFor(sizes: readonly number[], rounds: number): Room {
  const sum = (of: (room: Room) => number): number =>
    SPARE *
    sizes.reduce((total, plugins) => {
      // Each build and its copy: to take them away at once would make the next ones slow.
      const trees = 2 * wholeRounds(plugins, rounds);
      return total + plugins * (of(OF_INDEX) + trees * of(OF_BUILD) + 2 * of(OF_LOG));
    }, 0);
  return { bytes: sum(({ bytes }) => bytes), files: sum(({ files }) => files) };
}

/** @returns what is wrong, and what to do */
export function problemWithRoom(folder: string, sizes: readonly number[], rounds: number): string | undefined {
  const needed = roomFor(sizes, rounds);
  const { bavail, bsize, ffree } = fs.statfsSync(folder);
  // File systems without a fixed number of files say that there are none.
  const isEnough = bavail * bsize >= needed.bytes && (ffree === 0 || ffree >= needed.files);
  if (isEnough) return undefined;
  const [gigabytes, free] = [needed.bytes, bavail * bsize].map((bytes) => (bytes / 1e9).toFixed(1));
  const [millions, left] = [needed.files, ffree].map((files) => (files / 1e6).toFixed(1));
  return (
    `Registries of ${sizes.join(', ')} plugins take ${gigabytes} GB and ${millions} million files; ${folder} has room for ` +
    `${free} GB and ${left} million. Name another folder with TMPDIR, or smaller registries: --plugins 1000,10000.`
  );
}
