/**
 * What has changed in a built API since a build of the pages: by the log that builds of the API keep of the files that they
 * wrote, where that goes on from what was read of it last time. It is about what builds did: what somebody else wrote into the
 * folder is not in it, which stamps of all files tell, and so `--verify`.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import type { PluginName } from '@ar-registry/schemas';

/** How far the log had come. */
export interface LogEnd {
  /** Of the build of everything that it goes on from: another one for each. */
  readonly build: string;
  readonly bytes: number;
  /** Of its file, which only grows: one that came out of a backup is another one. 0 for none. */
  readonly inode: number;
  readonly digest: string;
}

export interface ApiLog {
  readonly end: LogEnd;
  readonly bytes: Buffer;
}

/** What builds have written that pages are made of. */
export interface Touched {
  readonly plugins: ReadonlySet<PluginName>;
  /** Of the list. */
  readonly pages: ReadonlySet<number>;
  /** Whether that is all, but for what is read by each build of the pages. */
  readonly isAll: boolean;
}

/** What a build of everything leaves. */
export const BUILD_MANIFEST = '.ar-build.json';
/** What has been written since then, and taken away. */
export const FILES_LOG = '.ar-files.log';
/** There as long as not everything that the log speaks of is in its place. */
const JOURNAL = '.ar-next/journal.json';
const SAYS_UNFINISHED = '"complete":false';
const BEGINNING_BYTES = 64;

/** To be asked before anything of the API is read. @returns undefined where no build of ours wrote it, or one is at it */
export function readLog(api: string): ApiLog | undefined {
  const manifest = path.join(api, BUILD_MANIFEST);
  const info = statSync(manifest, { bigint: true, throwIfNoEntry: false });
  if (!info || readBeginning(manifest).includes(SAYS_UNFINISHED)) return undefined;
  const file = path.join(api, FILES_LOG);
  const inode = statSync(file, { throwIfNoEntry: false })?.ino ?? 0;
  const bytes = inode === 0 ? Buffer.alloc(0) : readFileSync(file);
  // After the log was read: until all of it is in its place, the journal is there.
  if (existsSync(path.join(api, JOURNAL))) return undefined;
  const build = `${info.ino}-${info.mtimeNs}-${info.size}`;
  return { end: { build, bytes: bytes.length, inode, digest: digestOf(bytes) }, bytes };
}

/** @returns undefined where the log does not go on from there */
export function touchedSince(before: LogEnd | undefined, now: ApiLog | undefined): Touched | undefined {
  if (!before || !now) return undefined;
  const { build, bytes, inode, digest } = before;
  // What is written again after a backup may have the same paths, and other files.
  if (build !== now.end.build || bytes > now.end.bytes || (bytes > 0 && inode !== now.end.inode)) return undefined;
  if (digestOf(now.bytes.subarray(0, bytes)) !== digest) return undefined;
  // Each line is a path after a plus or a minus: what is true is in the folder.
  const lines = now.bytes.toString('utf8', bytes).split('\n');
  return touchedBy(new Set(lines.map((line) => line.slice(1))));
}

const PLUGIN = /^plugins\/(?<name>@[^/]+\/[^/]+?)(?:\.json$|\/)/;
const REVIEWS = /^stats\/reviews\/(?<name>@[^/]+\/[^/]+)\.json$/;
const PAGE = /^plugins\/page\/(?<page>[1-9]\d*)\.json$/;
/** Pages are not made of them, or those are that every build makes anew. */
const LIVE =
  /^(?:(?:log|search|trust)\/|changes(?:\.json$|\/)|plugins\/(?:featured|popular)\.json$|stats\/registry\.(?:csv|json)$|(?:categories|config|openapi|queue|status|tags)\.json$)/;
const ROOT = 'api/v1/';

function touchedBy(paths: ReadonlySet<string>): Touched {
  const routes = [...paths].filter((file) => file.startsWith(ROOT)).map((file) => file.slice(ROOT.length));
  const pages = new Set<number>();
  const plugins = new Set<PluginName>();
  let isAll = true;
  for (const route of routes) {
    const page = PAGE.exec(route)?.groups?.['page'];
    const name = pluginIn(route);
    if (page !== undefined) pages.add(Number(page));
    else if (name !== undefined) plugins.add(name);
    else isAll &&= LIVE.test(route);
  }
  return { plugins, pages, isAll };
}

function pluginIn(route: string): PluginName | undefined {
  return (PLUGIN.exec(route) ?? REVIEWS.exec(route))?.groups?.['name'];
}

/** What it says of itself stands before its list of files, which may be long. */
function readBeginning(file: string): Buffer {
  const opened = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(BEGINNING_BYTES);
    return bytes.subarray(0, readSync(opened, bytes, 0, BEGINNING_BYTES, 0));
  } finally {
    closeSync(opened);
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url');
}
