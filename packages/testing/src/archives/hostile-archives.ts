import type { Attack } from './attack.ts';
import { FRAMING_ATTACKS } from './attacks/framing.ts';
import { GZIP_ATTACKS } from './attacks/gzip.ts';
import { LIMIT_ATTACKS } from './attacks/limits.ts';
import { COLLISION_ATTACKS, MANIFEST_ATTACKS, PATH_ATTACKS } from './attacks/paths.ts';
import { TYPE_ATTACKS } from './attacks/types.ts';

export interface HostileArchive {
  /** What is wrong with it, as a noun phrase; unique. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The error that a reader with the default limits has to refuse it with. */
  readonly expect: Attack['expect'];
}

/**
 * Archives that every reader has to refuse without leaving anything behind. Made on each call, the large ones too: keep
 * the result where it is needed more than once.
 */
export function hostileArchives(): readonly HostileArchive[] {
  return ALL.map(({ name, expect, build }) => ({ name, expect, bytes: build() }));
}

const ALL: readonly Attack[] = [
  ...PATH_ATTACKS,
  ...COLLISION_ATTACKS,
  ...MANIFEST_ATTACKS,
  ...TYPE_ATTACKS,
  ...FRAMING_ATTACKS,
  ...GZIP_ATTACKS,
  ...LIMIT_ATTACKS,
];
