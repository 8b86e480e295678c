/**
 * Whether a declared host permits the one that the code contacts.
 *
 * `slack.com` is that host on any port, `slack.com:443` on this port alone, `*.slack.com` every host below it. A host of
 * the configuration, `${KEY}`, permits none that the code names itself.
 */
export function coversHost(declared: string, found: string): boolean {
  if (declared.startsWith('${') || found.startsWith('unix:')) return false;
  const [wanted, contacted] = [split(declared), split(found)];
  if (
    wanted.port !== undefined &&
    wanted.port !== contacted.port &&
    !(contacted.port === undefined && /^(?:443|80)$/.test(wanted.port))
  )
    return false;
  if (wanted.host.startsWith('*.'))
    return contacted.host.endsWith(wanted.host.slice(1)) && contacted.host.length > wanted.host.length - 1;
  return wanted.host === contacted.host;
}

/**
 * Whether a declared address permits the one that the code listens on.
 *
 * A `*` in the place of a host is one that is left out: the sandbox listens where it is declared, and nowhere else.
 * `0.0.0.0` and `[::]` permit every address on their port, and a value of the configuration none that the code names.
 */
export function coversAddress(declared: string, found: string): boolean {
  if (declared.includes('${') || found.startsWith('unix:')) return false;
  const [wanted, listened] = [split(declared), split(found)];
  if (wanted.port !== listened.port) return false;
  const isEverywhere = wanted.host === '[::]' || (wanted.host === '0.0.0.0' && !listened.host.includes(':'));
  const isHere = listened.host === 'localhost' && /^(?:127\.[\d.]+|\[::1\])$/.test(wanted.host);
  return isEverywhere || isHere || listened.host === '*' || wanted.host === listened.host;
}

function split(host: string): { readonly host: string; readonly port: string | undefined } {
  const [, name = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  return { host: name.toLowerCase().replace(/\.$/, ''), port };
}
