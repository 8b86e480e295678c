import type { TrustLevel } from '@ar-registry/schemas';
import { type Span, type Tone, toned } from './text.ts';

/** Official and verified stand out; community must not look like an endorsement. */
const TONES: Readonly<Record<TrustLevel, Tone>> = { official: 'good', verified: 'name', community: 'quiet' };

export function trustWord(trust: TrustLevel): Span {
  return toned(trust, TONES[trust]);
}
