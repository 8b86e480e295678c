import { type Attack, invalidWith } from '../attack.ts';
import { paxHeader } from '../raw-tar.ts';

const BODY = 'x'.repeat(600);

/** Entries that are neither plain files nor folders, or that ask for rights. */
export const TYPE_ATTACKS: readonly Attack[] = [
  invalidWith('a symbolic link to a file outside', { path: 'package/link', type: '2', linkpath: '/etc/passwd' }),
  invalidWith(
    'a file behind a symbolic link',
    { path: 'package/out', type: '2', linkpath: '../..' },
    { path: 'package/out/evil.js', body: BODY },
  ),
  invalidWith('a symbolic link inside of the package', { path: 'package/link', type: '2', linkpath: 'index.js' }),
  invalidWith('a symbolic link without a target', { path: 'package/link', type: '2' }),
  invalidWith('a hard link to a file outside', { path: 'package/link', type: '1', linkpath: '/etc/passwd' }),
  invalidWith('a hard link with content', { path: 'package/l', type: '1', linkpath: 'package/index.js', body: BODY }),
  invalidWith('a link target in an extended header', paxHeader({ linkpath: '/etc/passwd' }), { path: 'package/a.js' }),
  invalidWith('a long link target', { path: '././@LongLink', type: 'K', body: '/etc/passwd\0' }, { path: 'package/a' }),
  invalidWith('a plain file with a link target', { path: 'package/a.js', linkpath: '/etc/passwd' }),
  invalidWith('a character device', { path: 'package/null', type: '3' }),
  invalidWith('a block device', { path: 'package/disk', type: '4' }),
  invalidWith('a named pipe', { path: 'package/pipe', type: '6' }),
  invalidWith('a contiguous file', { path: 'package/a.js', type: '7', body: BODY }),
  invalidWith('a GNU sparse file', { path: 'package/a.js', type: 'S', body: BODY }),
  invalidWith(
    'a sparse file in an extended header',
    paxHeader({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '99999999999' }),
    { path: 'package/a.js', body: BODY },
  ),
  invalidWith('a GNU directory dump', { path: 'package/dump/', type: 'D', body: 'Yindex.js\0\0' }),
  invalidWith('a file continued from another volume', { path: 'package/a.js', type: 'M', body: BODY }),
  invalidWith('a volume label', { path: 'package/label', type: 'V' }),
  invalidWith('an access control list', { path: 'package/acl', type: 'A', body: BODY }),
  invalidWith('an extended header of old Solaris', { path: 'package/x', type: 'X', body: BODY }),
  invalidWith('a long name of old GNU tar', { path: 'package/x', type: 'N', body: BODY }),
  invalidWith('an entry of an unknown type', { path: 'package/a.js', type: 'Q', body: BODY }),
  invalidWith('a set-user-id program', { path: 'package/su', mode: 0o4755, body: '#!/bin/sh\n' }),
  invalidWith('a set-group-id program', { path: 'package/sg', mode: 0o2755, body: '#!/bin/sh\n' }),
];
