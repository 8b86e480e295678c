import { type RawEntry, rawGzip, rawTar } from './raw-tar.ts';

/** An archive that has to be refused, and by which error. */
export interface Attack {
  readonly name: string;
  readonly expect: 'ARCHIVE_INVALID' | 'ARCHIVE_TOO_LARGE';
  readonly build: () => Uint8Array;
}

/** A manifest that is beyond reproach. */
export const MANIFEST_TEXT = `name: "@evil/plugin"
version: 1.0.0
type: hook
description: Does no harm
author:
  name: Mallory
repository:
  type: git
  url: https://example.com/evil/plugin.git
license: MIT
main: ./index.js
hooks:
  onMessage: true
`;

/** What makes the rest of a hostile archive look like a plugin. */
export const PLUGIN_ENTRIES: readonly RawEntry[] = [
  { path: 'package/ar-plugin.yaml', body: MANIFEST_TEXT },
  { path: 'package/package.json', body: '{"name":"@evil/plugin","version":"1.0.0","type":"module"}\n' },
  { path: 'package/index.js', body: 'export default {};\n' },
];

/** A gzipped tar of a plugin with `entries` added at its end. */
export function pluginWith(...entries: readonly (RawEntry | Uint8Array)[]): Uint8Array {
  return rawGzip(rawTar([...PLUGIN_ENTRIES, ...entries]));
}

/** A plugin whose archive is refused as invalid for the entries that are added to it. */
export function invalidWith(name: string, ...entries: readonly (RawEntry | Uint8Array)[]): Attack {
  return { name, expect: 'ARCHIVE_INVALID', build: () => pluginWith(...entries) };
}
