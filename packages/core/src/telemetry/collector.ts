/**
 * Where the events of a registry go: to a folder of its own, or to one that it names.
 *
 * The registry is not trusted with that. It may name another host only by a name and encrypted, so that it sends nobody
 * into the network that he sits in, or from an encrypted address to an open one.
 */

const MAX_LENGTH = 2000;

/**
 * The folder of events, with a slash at its end.
 *
 * @param telemetryUrl of the registry’s configuration: attacker-controlled
 * @param registryUrl base URL of the registry
 * @returns nothing for a registry that asks for none, for one in a folder, and for an address that is refused
 */
export function collectorOf(telemetryUrl: unknown, registryUrl: string): string | undefined {
  const base = `${registryUrl.replace(/\/+$/, '')}/`;
  if (!isAddress(telemetryUrl) || !/^https?:/.test(base) || !URL.canParse(telemetryUrl, base)) return undefined;
  const url = new URL(telemetryUrl, base);
  if (url.username !== '' || url.password !== '' || !mayBeTold(url, new URL(base))) return undefined;
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/*$/, '/')}`;
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_LENGTH;
}

function mayBeTold({ protocol, host, hostname }: URL, own: URL): boolean {
  return (protocol === own.protocol && host === own.host) || (protocol === 'https:' && isPublicName(hostname));
}

/** `URL` writes all forms of an IPv4 address with four numbers, and IPv6 in brackets. */
function isPublicName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  if (/^[\d.]+$/.test(name) || name.startsWith('[')) return false;
  return name.includes('.') && !/\.(?:localhost|local|internal|home\.arpa)$/.test(name);
}
