import type { RegistryRecord } from '@ar-registry/schemas';

/** How an index is signed, with nothing left open. */
export interface TrustSettings {
  /** log2 of the number of bins. */
  readonly bitLength: number;
  /** How many keys of the root must sign. */
  readonly rootThreshold: number;
  readonly expiryMs: Readonly<Record<'root' | 'targets' | 'bins' | 'snapshot' | 'timestamp', number>>;
}

const DAY_MS = 86_400_000;

/** 256 bins hold 100,000 plugins with 390 documents each: measured in docs/decisions/011-signed-index.md. */
const DEFAULT_BINS = 256;

/** @param trust of registry.yaml */
export function toTrustSettings(trust: RegistryRecord['trust'] = {}): TrustSettings {
  const { root = 365, targets = 365, bins = 180, snapshot = 7, timestamp = 3 } = trust.expiryDays ?? {};
  return {
    bitLength: Math.log2(trust.bins ?? DEFAULT_BINS),
    rootThreshold: trust.threshold ?? 1,
    expiryMs: {
      root: root * DAY_MS,
      targets: targets * DAY_MS,
      bins: bins * DAY_MS,
      snapshot: snapshot * DAY_MS,
      timestamp: timestamp * DAY_MS,
    },
  };
}
