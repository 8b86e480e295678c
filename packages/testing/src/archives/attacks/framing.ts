import { type Attack, invalidWith, PLUGIN_ENTRIES } from '../attack.ts';
import { paxHeader, paxRecord, rawEntry, rawGzip, rawTar } from '../raw-tar.ts';

const HIDDEN = rawEntry({ path: 'package/hidden.js', body: 'globalThis.evil = true;\n' });
const FILE = { path: 'package/a.js', body: 'x'.repeat(600) };
const NEGATIVE = Buffer.from('ffffffffffffffffffffff00', 'hex');
const BINARY = Buffer.from('800000000000000000000258', 'hex');
const BINARY_HUGE = Buffer.from('80ffffffffffffffffffffff', 'hex');

/** Sizes that are wrong, or that programs read differently. */
const SIZE_ATTACKS: readonly Attack[] = [
  invalidWith('a negative size', { ...FILE, size: NEGATIVE }),
  invalidWith('a negative size in digits', { ...FILE, size: '-0000000100' }),
  invalidWith('a size in binary', { ...FILE, size: BINARY }),
  invalidWith('a size beyond all numbers', { ...FILE, size: BINARY_HUGE }),
  invalidWith('a size of 8 GiB that is not there', { ...FILE, size: '77777777777' }),
  invalidWith('a size that is no number', { ...FILE, size: '0000000zz00' }),
  invalidWith('no size', { ...FILE, size: '\0' }),
  invalidWith('a size in decimal', { ...FILE, size: '00000000800' }),
  invalidWith('two sizes of one file', paxHeader({ size: '88' }), FILE),
  invalidWith('a huge size in an extended header', paxHeader({ size: '9007199254740991' }), FILE),
  invalidWith('a negative size in an extended header', paxHeader({ size: '-1' }), FILE),
  invalidWith('a size in an extended header that is no number', paxHeader({ size: 'NaN' }), FILE),
  invalidWith('a size in an extended header with an exponent', paxHeader({ size: '6e2' }), FILE),
  invalidWith('a folder with content', { path: 'package/lib/', type: '5', body: HIDDEN }),
  invalidWith('a file that is a folder by its name', { path: 'package/lib/', type: '0', body: HIDDEN }),
];

/** Extended headers that say too much, too often or nothing that can be read. */
const HEADER_ATTACKS: readonly Attack[] = [
  invalidWith('a NUL in an extended header', paxHeader({ path: 'package/a.js\0/../../evil.js' }), FILE),
  invalidWith('a line feed in an extended header', paxHeader({ path: 'package/a.js\n12 path=evil' }), FILE),
  invalidWith('an extended header with a wrong length', pax('99 path=package/evil.js\n'), FILE),
  invalidWith('an extended header without lengths', pax('path=package/evil.js\n'), FILE),
  invalidWith('an extended header without a keyword', pax('5 =x\n'), FILE),
  invalidWith('an extended header that is empty', pax(''), FILE),
  invalidWith(
    'two paths in one extended header',
    pax(paxRecord('path', 'package/a.js') + paxRecord('path', 'package/b.js')),
    FILE,
  ),
  invalidWith('two extended headers', paxHeader({ path: 'package/a.js' }), paxHeader({ path: 'package/b.js' }), FILE),
  invalidWith(
    'an extended header and a long name',
    paxHeader({ path: 'package/a.js' }),
    { path: '././@LongLink', type: 'L', body: 'package/b.js\0' },
    FILE,
  ),
  invalidWith('an extended header of nothing', paxHeader({ path: 'package/a.js' })),
  invalidWith('an extended header that is too long', paxHeader({ comment: 'x'.repeat(70_000) }), FILE),
  invalidWith('another character set', paxHeader({ hdrcharset: 'BINARY', path: 'package/a.js' }), FILE),
  invalidWith('a global path', paxHeader({ path: 'package/evil.js' }, 'g'), FILE),
  invalidWith('a global size', paxHeader({ size: '0' }, 'g'), FILE),
  invalidWith(
    'a long name that goes on behind its end',
    { path: '././@LongLink', type: 'L', body: `package/${'long'.repeat(30)}.js\0`, size: '00000000060' },
    FILE,
  ),
  invalidWith(
    'a NUL in a long name',
    { path: '././@LongLink', type: 'L', body: 'package/a.js\0/../../evil.js\0' },
    FILE,
  ),
];

/** Tars that begin or end where they should not, or that are damaged. */
const EXTENT_ATTACKS: readonly Attack[] = [
  invalidWith('a wrong checksum', { ...FILE, checksum: 1 }),
  invalidWith('an unknown kind of tar', { ...FILE, magic: 'ustar\u000099' }),
  invalidWith('an owner that is no number', { ...FILE, owner: '00x0000' }),
  invalidWith('a header without a mark', { ...FILE, magic: '' }),
  invalidWith('a name that starts like gzip', { ...FILE, path: Buffer.from('1f8b0800', 'hex') }),
  invalidWith('entries behind a blank block', Buffer.alloc(512), HIDDEN),
  tar('entries behind the end', (plugin) => Buffer.concat([plugin, HIDDEN])),
  tar('bytes behind the end', (plugin) => Buffer.concat([plugin, Buffer.alloc(512, 'x')])),
  tar('far too many zeros behind the end', (plugin) => Buffer.concat([plugin, Buffer.alloc(1024 * 1024)])),
  tar('half a block behind the end', (plugin) => Buffer.concat([plugin, Buffer.alloc(100)])),
  tar('no end', (plugin) => plugin.subarray(0, -1024)),
  tar('half an end', (plugin) => plugin.subarray(0, -512)),
  tar('a cut in a file', (plugin) => plugin.subarray(0, -1024 - 512)),
  tar('a cut in a header', (plugin) => plugin.subarray(0, -1024 - 512 - 300)),
  tar('no entries at all', () => Buffer.alloc(1024)),
  tar('nothing at all', () => Buffer.alloc(0)),
  tar('a text in place of a tar', () => Buffer.from('name: "@evil/plugin"\n'.repeat(100))),
  tar('gzip inside of gzip', (plugin) => Buffer.concat([rawGzip(plugin), Buffer.alloc(4096)]).subarray(0, 4096)),
];

export const FRAMING_ATTACKS: readonly Attack[] = [...SIZE_ATTACKS, ...HEADER_ATTACKS, ...EXTENT_ATTACKS];

function pax(body: string): Uint8Array {
  return rawEntry({ path: 'PaxHeader/x', type: 'x', body });
}

function tar(name: string, change: (plugin: Uint8Array) => Uint8Array): Attack {
  return { name, expect: 'ARCHIVE_INVALID', build: () => rawGzip(change(rawTar(PLUGIN_ENTRIES))) };
}
