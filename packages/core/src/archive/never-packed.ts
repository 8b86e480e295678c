/**
 * Files that no package carries, whatever the author's `files` say: installed modules, repositories, secrets,
 * and the packages that were packed before.
 */
const NEVER: readonly RegExp[] = [
  /^node_modules$/iu,
  /^\.git$/iu,
  /^\.env/iu,
  /^\.(?:npmrc|netrc|pypirc)$/iu,
  /^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/iu,
  /\.(?:p12|pfx|jks|keystore)$/iu,
  // npm would resolve other dependencies by it than the manifest names.
  /^npm-shrinkwrap\.json$/iu,
];

/** Whether a file of the plugin `name` is left out of its package for its path alone. */
export function isNeverPacked(path: string, name: string): boolean {
  return hasNeverPackedName(path) || isOwnArchive(path, name);
}

/** Whether no package of any plugin carries a file of this path. */
export function hasNeverPackedName(path: string): boolean {
  return path.split('/').some((part) => NEVER.some((pattern) => pattern.test(part)));
}

/**
 * Whether npm clients that install a package with this file run `node-gyp rebuild`, without a script that says so.
 *
 * @source @npmcli/package-json, `normalize` with the step `gypfile`: `*.gyp` at the top
 */
export function isBuiltOnInstall(path: string): boolean {
  return /^[^/]+\.gyp$/iu.test(path);
}

/** Whether a file may hold a private key, so that its content has to be looked at: `hasPrivateKey`. */
export function mayHoldPrivateKey(path: string): boolean {
  return /\.(?:pem|key)$/iu.test(path);
}

/** Whether `text` holds a private key. @source RFC 7468 section 10, and the form that OpenSSH writes. */
export function hasPrivateKey(text: string): boolean {
  return /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/u.test(text);
}

/** `npm pack` and `ar plugin pack` call the archive of `@scope/name` `scope-name-<version>.tgz`. */
function isOwnArchive(path: string, name: string): boolean {
  return path.startsWith(`${name.replace(/^@/u, '').replace('/', '-')}-`) && path.endsWith('.tgz');
}
