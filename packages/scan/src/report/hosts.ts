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

function split(host: string): { readonly host: string; readonly port: string | undefined } {
  const [, name = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  return { host: name.toLowerCase().replace(/\.$/, ''), port };
}
