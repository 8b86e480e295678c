/** Which hosts a built site fits on. */
import { ArError } from '@ar-registry/core/errors';
import { assertRegistry } from '../deploy/site-files.ts';
import { HOSTS, type HostName, type Measure } from './hosts.ts';
import { measureSite } from './measure.ts';

/** Of one host: what is nearest to its limit, or furthest beyond it. */
export interface HostLimits {
  readonly host: HostName;
  readonly what: Measure;
  readonly found: number;
  readonly limit: number;
  readonly fits: boolean;
}

/**
 * @param site absolute
 * @param host that it must fit on, if any
 * @returns one for each host
 * @throws HOST_LIMIT_PASSED where it does not fit there, FILE_NOT_FOUND, FILE_INVALID, FILE_ACCESS, ABORTED
 */
export async function checkLimits(
  site: string,
  { host, signal }: { readonly host?: HostName | undefined; readonly signal: AbortSignal },
): Promise<readonly HostLimits[]> {
  assertRegistry(site);
  const measured = await measureSite(site, signal);
  const all = (Object.keys(HOSTS) as readonly HostName[]).map((name) => nearest(name, measured));
  const given = all.find((each) => each.host === host);
  if (given && !given.fits) {
    const { what, found, limit } = given;
    throw new ArError('HOST_LIMIT_PASSED', { host: given.host, what, found, limit, next: HOSTS[given.host].next });
  }
  return all;
}

function nearest(host: HostName, measured: Readonly<Record<Measure, number>>): HostLimits {
  const limits = Object.entries(HOSTS[host].limits) as readonly (readonly [Measure, number])[];
  const shares = limits.map(([what, limit]) => ({
    host,
    what,
    limit,
    found: measured[what],
    fits: measured[what] <= limit,
  }));
  return shares.reduce((a, b) => (b.found / b.limit > a.found / a.limit ? b : a));
}
