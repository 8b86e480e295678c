import { type Attack, invalidWith, PLUGIN_ENTRIES } from '../attack.ts';
import { paxHeader, rawGzip, rawTar } from '../raw-tar.ts';

const EVIL = 'globalThis.evil = true;\n';

const SINGLE: Readonly<Record<string, string>> = {
  'a path that climbs out of the package': 'package/../../evil.js',
  'a path that climbs out at once': '../evil.js',
  'a path that ends above the package': 'package/lib/../../..',
  'an absolute path': '/tmp/evil.js',
  'an absolute path behind the top folder': 'package//tmp/evil.js',
  'a path through the current folder': 'package/./evil.js',
  'a path with backslashes': 'package\\..\\..\\evil.js',
  'a drive letter': 'C:/evil.js',
  'a drive letter behind the top folder': 'package/C:/evil.js',
  'an alternate data stream of NTFS': 'package/index.js:evil',
  'a second top folder': 'other/evil.js',
  'no top folder': 'evil.js',
  'the top folder in capitals': 'PACKAGE/evil.js',
  'a file in place of the top folder': 'package',
  'a line feed in a name': 'package/a\nb.js',
  'an escape sequence in a name': 'package/\u001b[2Jevil.js',
  'a delete character in a name': 'package/\u007fevil.js',
  'a C1 control character in a name': 'package/\u009b2Jevil.js',
  'a name that reads backwards': 'package/\u202esj.live',
  'an invisible character in a name': 'package/in\u200bdex.js',
  'a name in normalisation form D': 'package/cafe\u0301.js',
  'the name of a Windows device': 'package/aux',
  'the name of a Windows device with an extension': 'package/NUL.js',
  'the name of a Windows port with a superscript': 'package/com\u00b9.txt',
  'a name that ends in a dot': 'package/index.js.',
  'a folder that ends in a space': 'package/lib /evil.js',
  'a wildcard in a name': 'package/*.js',
  'an installed module': 'package/node_modules/ws/index.js',
  'an installed module further down': 'package/lib/Node_Modules/ws/index.js',
  'a git hook': 'package/.git/hooks/post-checkout',
  'a git hook by its short name': 'package/GIT~1/hooks/post-checkout',
};

/** Paths that must not be written anywhere, or not on every system. */
export const PATH_ATTACKS: readonly Attack[] = [
  ...Object.entries(SINGLE).map(([name, path]) => invalidWith(name, { path, body: EVIL })),
  invalidWith('a path that is too long', paxHeader({ path: `package/${'x'.repeat(256)}` }), { path: 'x', body: EVIL }),
  invalidWith('a path that is too deep', { path: `package/${'d/'.repeat(16)}evil.js`, body: EVIL }),
  invalidWith('a folder outside of the package', { path: 'package/../outside/', type: '5' }),
  invalidWith('a name that is not UTF-8', { path: Buffer.from('package/\u00ff.js', 'latin1'), body: EVIL }),
  invalidWith('a path that climbs out in its prefix', { path: 'evil.js', prefix: 'package/../..', body: EVIL }),
  invalidWith('a path that climbs out in an extended header', paxHeader({ path: 'package/../../evil.js' }), {
    path: 'package/good.js',
    body: EVIL,
  }),
  invalidWith(
    'a path that climbs out in a long name',
    { path: '././@LongLink', type: 'L', body: 'package/../../evil.js\0' },
    { path: 'package/good.js', body: EVIL },
  ),
];

/** Entries that are harmless alone and meet in one place of some file system. */
export const COLLISION_ATTACKS: readonly Attack[] = [
  invalidWith('a file twice', { path: 'package/a.js', body: 'safe' }, { path: 'package/a.js', body: EVIL }),
  invalidWith('two files that differ in letter case', { path: 'package/A.js' }, { path: 'package/a.js', body: EVIL }),
  invalidWith('two names that are one when folded', { path: 'package/stra\u00dfe.js' }, { path: 'package/strasse.js' }),
  invalidWith('two folders that differ in letter case', { path: 'package/Lib/a.js' }, { path: 'package/lib/b.js' }),
  invalidWith('a folder twice', { path: 'package/lib/', type: '5' }, { path: 'package/lib/', type: '5' }),
  invalidWith('a file where a folder has to be', { path: 'package/lib' }, { path: 'package/lib/a.js', body: EVIL }),
  invalidWith('a file in place of a folder', { path: 'package/lib/a.js' }, { path: 'package/lib', body: EVIL }),
  invalidWith('a file and a folder of one name', { path: 'package/lib/', type: '5' }, { path: 'package/LIB' }),
];

/** Archives whose manifest is not the one plain file it has to be. */
export const MANIFEST_ATTACKS: readonly Attack[] = [
  invalidWith('a second manifest', { path: 'package/ar-plugin.yaml', body: 'name: "@evil/other"\n' }),
  invalidWith('a second manifest in capitals', { path: 'package/AR-PLUGIN.YAML', body: 'name: "@evil/other"\n' }),
  manifest('no manifest', []),
  manifest('a manifest in capitals only', [{ path: 'package/AR-Plugin.yaml', body: 'name: "@evil/plugin"\n' }]),
  manifest('a manifest that is further down', [{ path: 'package/lib/ar-plugin.yaml', body: 'name: "@evil/plugin"\n' }]),
  manifest('a manifest that is a folder', [{ path: 'package/ar-plugin.yaml/', type: '5' }]),
  manifest('a manifest that is a link', [{ path: 'package/ar-plugin.yaml', type: '2', linkpath: '/etc/passwd' }]),
  manifest('a manifest that is not UTF-8', [
    { path: 'package/ar-plugin.yaml', body: Buffer.from('name: \u00ff\n', 'latin1') },
  ]),
];

function manifest(name: string, entries: Parameters<typeof rawTar>[0]): Attack {
  const rest = PLUGIN_ENTRIES.slice(1);
  return { name, expect: 'ARCHIVE_INVALID', build: () => rawGzip(rawTar([...rest, ...entries])) };
}
