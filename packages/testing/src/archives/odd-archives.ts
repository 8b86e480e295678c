import { PLUGIN_ENTRIES, pluginWith } from './attack.ts';
import { paxHeader, rawGzip, rawTar } from './raw-tar.ts';

export interface OddArchive {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Paths relative to the package that must be in it, besides those of every plugin made here. */
  readonly holds: readonly string[];
}

const LONG = `lib/${'long-name-'.repeat(20)}.js`;
const FILE = { path: 'package/odd.js', body: 'export {};\n' };
const FOLDERS = [
  { path: 'package/', type: '5', mode: 0o2755 },
  { path: 'package/lib', type: '5' },
];

/** Archives that other honest programs write, and that every reader has to accept. */
export function oddArchives(): readonly OddArchive[] {
  const plugin = rawTar(PLUGIN_ENTRIES);
  const named = { flags: 0x1e, fields: Buffer.from('\u0003\0abcplugin.tar\0a comment\0\0\0', 'latin1') };
  return [
    odd('a plain plugin', pluginWith()),
    odd('an empty file', pluginWith({ path: 'package/odd.js' }), 'odd.js'),
    odd('an executable file', pluginWith({ ...FILE, mode: 0o777 }), 'odd.js'),
    odd('entries for folders', pluginWith(...FOLDERS, { path: 'package/lib/odd.js' }), 'lib/odd.js'),
    odd('a folder after what is in it', pluginWith({ path: 'package/lib/odd.js' }, FOLDERS[1] ?? FILE), 'lib/odd.js'),
    odd('the type flag of old programs', pluginWith({ ...FILE, type: '\0' }), 'odd.js'),
    odd('the mark of GNU tar', pluginWith({ ...FILE, magic: 'ustar  \0' }), 'odd.js'),
    odd('a path in a prefix', pluginWith({ path: 'odd.js', prefix: 'package/lib' }), 'lib/odd.js'),
    odd('a path in an extended header', pluginWith(paxHeader({ path: `package/${LONG}` }), FILE), LONG),
    odd('a long name', pluginWith({ path: '././@LongLink', type: 'L', body: `package/${LONG}\0` }, FILE), LONG),
    odd('owners and times in an extended header', pluginWith(paxHeader({ uid: '501', mtime: '1.5' }), FILE), 'odd.js'),
    odd('the same size twice', pluginWith(paxHeader({ size: '11' }), FILE), 'odd.js'),
    odd('a global comment', pluginWith(paxHeader({ comment: 'f00' }, 'g'), FILE), 'odd.js'),
    odd('a name beyond ASCII', pluginWith({ path: 'package/caf\u00e9-\u65e5\u672c.js' }), 'caf\u00e9-\u65e5\u672c.js'),
    odd('zeros up to 10 KiB', rawGzip(Buffer.concat([plugin, Buffer.alloc(10_240 - (plugin.length % 10_240))]))),
    odd('all optional fields of gzip', rawGzip(plugin, named)),
  ];
}

function odd(name: string, bytes: Uint8Array, ...holds: readonly string[]): OddArchive {
  return { name, bytes, holds };
}
