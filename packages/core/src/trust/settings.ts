import type { RegistryRecord } from '@ar-registry/schemas';

/** How an index is signed, with nothing left open. */
export interface TrustSettings {
  /** log2 of the number of bins. */
  readonly bitLength: number;
  /** How many keys of the root must sign. */
  readonly rootThreshold: number;
  /** The name of the registry's log, in every checkpoint of it. */
  readonly logOrigin?: string | undefined;
  readonly expiryMs: Readonly<Record<'root' | 'targets' | 'bins' | 'snapshot' | 'timestamp', number>>;
}

const DAY_MS = 86_400_000;

/** 256 bins hold 100,000 plugins with 390 documents each: measured in docs/decisions/011-signed-index.md. */
const DEFAULT_BINS = 256;

/** @param registry where and how it is called, for the name of its log */
export function toTrustSettings(
  trust: RegistryRecord['trust'] = {},
  registry?: Pick<RegistryRecord, 'name' | 'baseUrl'>,
): TrustSettings {
  const { bins = DEFAULT_BINS, threshold = 1, expiryDays } = trust;
  return {
    bitLength: Math.log2(bins),
    rootThreshold: threshold,
    logOrigin: registry && originOf(registry),
    expiryMs: toExpiry(expiryDays),
  };
}

function toExpiry(days: NonNullable<RegistryRecord['trust']>['expiryDays'] = {}): TrustSettings['expiryMs'] {
  const { root = 365, targets = 365, bins = 180, snapshot = 7, timestamp = 3 } = days;
  return {
    root: root * DAY_MS,
    targets: targets * DAY_MS,
    bins: bins * DAY_MS,
    snapshot: snapshot * DAY_MS,
    timestamp: timestamp * DAY_MS,
  };
}

/** Its address without the scheme, which nobody else has; its name where nobody knows an address. */
function originOf({ name, baseUrl = '' }: Pick<RegistryRecord, 'name' | 'baseUrl'>): string {
  return `${baseUrl.replace(/^https?:\/\//, '') || name}/log`;
}
