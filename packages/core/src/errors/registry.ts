import { bindCommand } from './bind-command.ts';
import type { ErrorEntries } from './entry.ts';

export interface RegistryFacts {
  /** `installedFrom`: the registry that the plugin came from, where another one is asked now. */
  REGISTRY_UNREACHABLE: { url: string; reason: string; timedOut?: true; plugin?: string; installedFrom?: string };
  REGISTRY_STATUS: { url: string; status: number };
  REGISTRY_RESPONSE_INVALID: { url: string; problem: string };
  REGISTRY_RESPONSE_TOO_LARGE: { url: string; limitBytes: number };
  REGISTRY_UNSUPPORTED: { url: string; needs: string };
  REGISTRY_URL_INVALID: { url: string };
  PLUGIN_NOT_FOUND: { plugin: string; registry: string; suggestions: readonly string[] };
  VERSION_NOT_FOUND: { plugin: string; wanted: string; available: readonly string[] };
  VERSION_YANKED: { plugin: string; version: string; reason: string };
  README_NOT_FOUND: { plugin: string };
  /** `reason` completes “because of …”. It, and `origin`, are what the mirror says. */
  NOT_ON_MIRROR: { what: string; mirror: string; reason: string; origin: string };
  REVIEW_TEXT_INVALID: { problem: string };
  REPORT_PLACE_UNKNOWN: { registry: string; repository?: string | undefined };
  REGISTRY_UNAUTHORIZED: { url: string; status: number; tokenEnv?: string | undefined };
  REGISTRY_TOKEN_REFUSED: { variable: string; url: string; problem: string };
  REGISTRY_CONFLICT: { scope: string; first: string; second: string };
  REGISTRY_NOT_CONFIRMED: { url: string; fingerprint?: string | undefined };
  REGISTRY_KEYS_CHANGED: { url: string; fingerprint: string };
  REGISTRY_NAME_TAKEN: { name: string; url: string };
  REGISTRY_NOT_DECLARED: { name: string; file: string; known: readonly string[] };
  OFFLINE_NOT_CACHED: { what: string };
  PROXY_UNSUPPORTED: { node: string };
}

export const REGISTRY_ERRORS: ErrorEntries<RegistryFacts> = {
  REGISTRY_UNREACHABLE: {
    exit: 4,
    message: ({ url, reason }) => `The registry at ${url} could not be reached: ${reason}.`,
    remedy: ({ plugin, installedFrom }) => {
      const check = 'Check the network and the registry’s address (--registry, AR_REGISTRY or ar-plugins.yaml).';
      if (plugin === undefined || installedFrom === undefined) return check;
      return `${check} ${plugin} was installed from ${installedFrom}; to have that asked: ${bindCommand(plugin, installedFrom)}`;
    },
  },
  REGISTRY_STATUS: {
    exit: 4,
    message: ({ url, status }) => `${url} answered with HTTP status ${status}.`,
    remedy: ({ status }) =>
      status >= 500
        ? 'Try again later: the server has a problem.'
        : 'Check that the address is that of a plugin registry.',
  },
  REGISTRY_RESPONSE_INVALID: {
    exit: 4,
    message: ({ url, problem }) => `${url} did not answer as a plugin registry does: ${problem}.`,
    remedy: () => 'Check the registry’s address; a proxy or a login page may be answering in its place.',
  },
  REGISTRY_RESPONSE_TOO_LARGE: {
    exit: 3,
    message: ({ url, limitBytes }) => `The answer of ${url} is larger than the ${limitBytes} bytes it may have.`,
    remedy: () => 'Tell the registry’s operator; nothing was installed.',
  },
  REGISTRY_UNSUPPORTED: {
    exit: 4,
    message: ({ url, needs }) => `The registry at ${url} needs ${needs}.`,
    remedy: () => 'Update ar: npm install -g @ar-registry/cli@latest',
  },
  REGISTRY_URL_INVALID: {
    exit: 2,
    message: ({ url }) => `${url} is not the address of a registry.`,
    remedy: () => 'Give an address that starts with https://, http:// or file://, or the path of a built registry.',
  },
  PLUGIN_NOT_FOUND: {
    exit: 1,
    message: ({ plugin, registry }) => `${plugin} is not in the registry at ${registry}.`,
    remedy: ({ plugin, suggestions }) =>
      suggestions.length > 0
        ? `Did you mean ${suggestions.join(' or ')}?`
        : `Search for it: ar plugin search ${plugin.split('/').at(-1) ?? plugin}`,
  },
  VERSION_NOT_FOUND: {
    exit: 1,
    message: ({ plugin, wanted }) => `${plugin} has no version that fits ${wanted}.`,
    remedy: ({ available }) =>
      available.length > 0 ? `Choose one of: ${available.join(', ')}` : 'No version can be installed at present.',
  },
  VERSION_YANKED: {
    exit: 1,
    message: ({ plugin, version, reason }) => `${plugin}@${version} was withdrawn by its owner: ${reason}.`,
    remedy: ({ plugin }) => `Take another version: ar plugin info ${plugin}`,
  },
  README_NOT_FOUND: {
    exit: 1,
    message: ({ plugin }) => `${plugin} has no README.`,
    remedy: ({ plugin }) => `See what the registry knows of it: ar plugin info ${plugin}`,
  },
  NOT_ON_MIRROR: {
    exit: 1,
    message: ({ what, mirror, reason }) => `${what} is not on the mirror at ${mirror} by its policy: ${reason}.`,
    remedy: ({ origin }) =>
      `Choose another version, ask whoever runs the mirror, or ask the registry itself: ${origin}`,
  },
  REPORT_PLACE_UNKNOWN: {
    exit: 1,
    message: ({ registry }) => `The registry at ${registry} does not say where plugins are reported.`,
    remedy: ({ repository }) =>
      repository === undefined ? 'Write to its operators.' : `Write to the maintainers of its index: ${repository}`,
  },
  REVIEW_TEXT_INVALID: {
    exit: 1,
    message: ({ problem }) => `The review cannot be submitted: ${problem}.`,
    remedy: () => 'Write plain text of at most 2,000 characters.',
  },
  REGISTRY_UNAUTHORIZED: {
    exit: 4,
    message: ({ url, status }) => `${url} refused access (HTTP status ${status}).`,
    remedy: ({ tokenEnv }) =>
      tokenEnv === undefined
        ? 'Name the environment variable of its token: `ar help registries`.'
        : `Set the environment variable ${tokenEnv} to a token that the registry accepts.`,
  },
  REGISTRY_TOKEN_REFUSED: {
    exit: 3,
    message: ({ variable, url, problem }) => `The token in ${variable} is not sent to ${url}: ${problem}.`,
    remedy: () => 'Check who wrote that address, and read `ar help registries`.',
  },
  REGISTRY_CONFLICT: {
    exit: 3,
    message: ({ scope, first, second }) => `${scope} is bound to two registries, ${first} and ${second}.`,
    remedy: ({ scope }) => `Bind ${scope} once: in ar-plugins.yaml or in your own configuration.`,
  },
  REGISTRY_NOT_CONFIRMED: {
    exit: 1,
    message: ({ url }) => `${url} was not added: nobody said that it is to be trusted.`,
    remedy: ({ url, fingerprint }) =>
      fingerprint === undefined
        ? `If you want a registry that signs nothing: ar plugin registry add ${url} --yes`
        : `Compare the fingerprint with what its makers publish, then give it: ar plugin registry add ${url} --fingerprint ${fingerprint}`,
  },
  REGISTRY_KEYS_CHANGED: {
    exit: 3,
    message: ({ url, fingerprint }) =>
      `${url} does not come with the keys that it is trusted by here, which have the fingerprint ${fingerprint}.`,
    remedy: ({ url }) =>
      `Do not use it, unless its makers publish other keys by other means; then: ar plugin registry add ${url} --fingerprint <theirs>`,
  },
  REGISTRY_NAME_TAKEN: {
    exit: 1,
    message: ({ name, url }) => `${name} is already the name of the registry at ${url}.`,
    remedy: ({ name }) => `Choose another with --name, or remove that one: ar plugin registry remove ${name}`,
  },
  REGISTRY_NOT_DECLARED: {
    exit: 1,
    message: ({ name, file }) => `${file} has no registry ${name}.`,
    remedy: ({ known }) =>
      known.length > 0 ? `Choose one of: ${known.join(', ')}` : 'See which there are: ar plugin registry list',
  },
  OFFLINE_NOT_CACHED: {
    exit: 4,
    message: ({ what }) => `${what} is not in the cache, and --offline asks nobody for it.`,
    remedy: () => 'Run the command once without --offline.',
  },
  PROXY_UNSUPPORTED: {
    exit: 4,
    message: ({ node }) => `A proxy is set (HTTP_PROXY or HTTPS_PROXY), which Node.js ${node} cannot use.`,
    remedy: () => 'Update Node.js to 22.21, 24.5 or newer, or unset the variable for this command.',
  },
};
