/** What `ar help <topic>` says: what concerns many commands, in short. The guides in docs/ say it at length. */

export interface Topic {
  /** One sentence. */
  readonly summary: string;
  readonly lines: readonly string[];
}

export const TOPICS: Readonly<Record<string, Topic>> = {
  registries: {
    summary: 'Several registries, private ones, mirrors and proxies.',
    lines: [
      'The registry is, in this order: --registry, AR_REGISTRY, `registries.default` of ar-plugins.yaml or of your own',
      'config.yaml, or the public one. It is an address, the path of a built registry, or the name of an entry.',
      '',
      'In ar-plugins.yaml, or in $XDG_CONFIG_HOME/agent-relay/config.yaml (~/.config) for all of your projects:',
      '',
      '  registries:',
      '    internal:',
      '      url: https://plugins.example.com',
      '      scopes: ["@myorg"]               # asked from here alone, whatever --registry says',
      '      mirrors: [https://mirror.example.com]',
      '      tokenEnv: AR_TOKEN_MYORG         # environment variable with the token',
      '',
      'A token is sent to the origin of its `url` alone: not to mirrors, not after a redirect to another host, not over',
      'an address that is not encrypted. ar-plugins.yaml can name only variables that begin with AR_TOKEN_.',
      'Mirrors, also those that a registry names itself, are asked where it cannot be reached or answers with 5xx;',
      'hashes hold them to the same files. --verbose tells when. To an address that your config.yaml, --registry or',
      'AR_REGISTRY names, a project adds no mirror.',
      '',
      'A registry that is signed is trusted by the root that it shows first, and by no other from then on. `root:` with',
      'a fingerprint, in your config.yaml alone, says which one it must be.',
      '',
      'HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured (Node.js 22.21, 24.5 or newer), in either case of letters.',
      'A certificate authority of your own: NODE_EXTRA_CA_CERTS=/path/ca.pem, or NODE_OPTIONS=--use-system-ca.',
      'AR_HTTP_TIMEOUT is how many seconds a registry may be silent (15).',
    ],
  },
  permissions: {
    summary: 'What plugins may do, and who allows it.',
    lines: [
      'A plugin declares what it needs: hosts, files, environment variables, programs. The registry compares that with',
      'its code, `ar plugin info` shows it, and `ar plugin install` asks you. What you allow is written to',
      'ar-plugins.yaml, and the loader enforces it: what was not granted does not exist for the plugin.',
      '',
      'An update asks again only where it wants more. Without a terminal a plugin gets what it declares and its sandbox',
      'can enforce; programs and compiled code could undo the sandbox, and need --yes.',
    ],
  },
  trust: {
    summary: 'Trust levels, and what is verified.',
    lines: [
      'official   made by the agent-relay team, in the scope @ar',
      'verified   code reviewed, author known',
      'community  passed the automatic checks; use it at your own risk',
      '',
      'Every archive is compared with the hash in the registry before it is unpacked, and every installed file before it',
      'is loaded. A version never changes once it is published. The lock holds the hashes: commit it.',
      'A deprecated version warns; a withdrawn one is not installed anew, but a lock that names it goes on working.',
    ],
  },
  running: {
    summary: 'Starting the daemon with its plugins, and looking after them.',
    lines: [
      'ar up                          starts the project’s own agent-relay with its plugins, in the foreground',
      'ar plugin health               how each plugin is: asks the daemon, or says why there is none to ask',
      'ar plugin logs -f              what plugins write, as they write it; works with the daemon stopped, too',
      'npx agent-relay status, down   as ever',
      '',
      'Which plugins are loaded, and with what configuration, ar.config says where there is one, else ar-plugins.yaml.',
      'A plugin that fails never keeps the daemon from starting: `health` names it, with the reason and what to do.',
      'Changes take effect when the daemon starts the next time.',
      '',
      'For scripts: `health` ends with 0 where the daemon answers and no plugin is ill, with 1 where something is wrong,',
      'and with 4 where no daemon answers but nothing else is wrong.',
    ],
  },
  offline: {
    summary: 'Working without a network.',
    lines: [
      '--offline asks nobody: what was looked at before comes from the cache, and what was installed before from the',
      'store that all projects share. What is missing is named (OFFLINE_NOT_CACHED).',
      '',
      'A registry in a folder needs no network at all: --registry ./path/to/built, or a `file:` address.',
    ],
  },
  'exit-codes': {
    summary: 'How a command ends.',
    lines: [
      '0    done',
      '1    refused, not found, or findings',
      '2    the command line is wrong',
      '3    trust: a hash, a signature, a revoked version, somebody else’s file',
      '4    the environment: network, disk, another program',
      '70   a bug of ar: please report it',
      '130  interrupted',
      '',
      'Every error has a code, a sentence and what to do next: error[CODE]. With --json it is a document on stdout.',
    ],
  },
  files: {
    summary: 'Which files there are, and where.',
    lines: [
      'ar-plugins.yaml   wanted plugins, their configuration and permissions, registries; commit it',
      'ar-plugins.lock   exactly what is installed, with hashes; commit it',
      'ar-plugin.yaml    the manifest of a plugin that you write',
      '',
      'The project is the nearest folder at or above this one with ar-plugins.yaml. The search ends at your home folder,',
      'at the root of a repository and at the edge of a file system; a file of another user is never taken.',
      '--project names another folder, --global the project of your user.',
      '',
      'Data (store, cache, logs): $AGENT_RELAY_DATA_DIR, $XDG_DATA_HOME/agent-relay or ~/.agent-relay, below plugins/',
      'Settings (config.yaml):    $XDG_CONFIG_HOME/agent-relay or ~/.config/agent-relay',
      'Both are absolute: a relative XDG_DATA_HOME or XDG_CONFIG_HOME is ignored, as if it were not set.',
    ],
  },
  publishing: {
    summary: 'From a folder to a plugin that others install.',
    lines: [
      'ar plugin init my-plugin --type hook   a plugin from a template',
      'ar plugin validate ./my-plugin         all that the registry would say, before it does',
      'ar plugin login                        once: GitHub',
      'ar plugin publish ./my-plugin          packs it, and proposes it to the index',
      '',
      'A version is published when its proposal is merged, and never changes after. Take it back with `yank`, advise',
      'against it with `deprecate`; `dist-tag`, `owner`, `transfer` and `edit` change the rest. All of them are proposals.',
    ],
  },
};
