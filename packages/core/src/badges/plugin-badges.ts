import type { PluginSummary, TrustLevel } from '@ar-registry/schemas';
import { drawBadge, type Tone } from './badges.ts';

/** The badges of one plugin, by the name of the file: `version`, `downloads`, `trust`. */
export const BADGE_KINDS = ['version', 'downloads', 'trust'] as const;
export type BadgeKind = (typeof BADGE_KINDS)[number];

const TRUST_TONES: Readonly<Record<TrustLevel, Tone>> = {
  official: 'official',
  verified: 'verified',
  community: 'community',
};

/** @param downloads of the last 30 days */
export function drawPluginBadges(
  { version, deprecated, trust }: Pick<PluginSummary, 'version' | 'deprecated' | 'trust'>,
  downloads: number,
): Readonly<Record<BadgeKind, string>> {
  const isOld = deprecated !== undefined;
  return {
    version: drawBadge({
      label: 'agent relay',
      value: isOld ? `${version} deprecated` : version,
      tone: isOld ? 'quiet' : 'signal',
    }),
    downloads: drawBadge({ label: 'downloads', value: `${shortNumber(downloads)}/month`, tone: 'quiet' }),
    trust: drawBadge({ label: 'trust', value: trust, tone: TRUST_TONES[trust] }),
  };
}

const UNITS = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** Two digits at least, rounded down: `999`, `1.2k`, `34k`, `5.6M`. */
export function shortNumber(value: number): string {
  for (const [size, unit] of UNITS) {
    if (value < size) continue;
    const parts = value / size;
    return `${parts < 10 ? Math.floor(parts * 10) / 10 : Math.floor(parts)}${unit}`;
  }
  return String(value);
}
