import type { TrustLevel } from '@ar-registry/schemas';
import { type Span, toned } from './text.ts';

/** A trust level, toned so that official and verified stand out and community does not look like an endorsement. */
export function trustWord(trust: TrustLevel): Span {
  switch (trust) {
    case 'official':
      return toned(trust, 'good');
    case 'verified':
      return toned(trust, 'name');
    case 'community':
      return toned(trust, 'quiet');
  }
}
