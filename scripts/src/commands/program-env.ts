/** What of the environment programs of strangers may know: where programs are, and how this machine gets to the internet. */
const KNOWN = [
  'PATH',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
];

/** The variables that are set, without any that holds credentials, as a proxy's address can. */
export function programEnv(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    KNOWN.flatMap((name) => {
      const value = env[name];
      return value === undefined || value.includes('@') ? [] : [[name, value] as const];
    }),
  );
}
