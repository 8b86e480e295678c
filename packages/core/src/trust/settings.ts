import type { RegistryRecord } from '@ar-registry/schemas';

/** How an index is signed, with nothing left open. */
export interface TrustSettings {
  /** log2 of the number of bins; where nobody chose it, it goes by the number of plugins when keys are made or renewed. */
  readonly bitLength?: number | undefined;
  /** How many keys of the root must sign. */
  readonly rootThreshold: number;
  /** The name of the registry's log, in every checkpoint of it. */
  readonly logOrigin?: string | undefined;
  readonly expiryMs: Readonly<Record<'root' | 'targets' | 'bins' | 'snapshot' | 'timestamp', number>>;
}

const DAY_MS = 86_400_000;

/** @param registry where and how it is called, for the name of its log */
export function toTrustSettings(
  trust: RegistryRecord['trust'] = {},
  registry?: Pick<RegistryRecord, 'name' | 'baseUrl'>,
): TrustSettings {
  const { bins, threshold = 1, expiryDays } = trust;
  return {
    ...(bins !== undefined && { bitLength: Math.log2(bins) }),
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
