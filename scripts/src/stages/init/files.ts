/** The files of a new index, from nothing: records, the files of a repository, and at GitHub the workflows. */
import { indexPaths, CATEGORIES_FILE, REGISTRY_FILE } from '@ar-registry/core/layout';
import { stringifyRecord } from '@ar-registry/core/yaml';
import type { Account, RegistryRecord, ScopeName, ScopeRecord } from '@ar-registry/schemas';

export interface NewRegistry {
  readonly name: string;
  readonly title: string;
  readonly owner: Account;
  readonly scopes: readonly ScopeName[];
  readonly baseUrl: string | undefined;
  /** Repository of the index, where submissions go. */
  readonly repository: string | undefined;
  /** Whether it is signed. */
  readonly signed: boolean;
}

const CATEGORIES = [
  {
    id: 'communication',
    title: 'Communication',
    description: 'Chat, mail and other channels between agents and people.',
  },
  { id: 'database', title: 'Databases', description: 'Where messages, sessions and summaries are kept.' },
  { id: 'ai', title: 'AI and memory', description: 'Models, vector stores and memory for agents.' },
  { id: 'security', title: 'Security', description: 'Who may do what, and secrets.' },
  { id: 'observability', title: 'Observability', description: 'Metrics, traces, logs and dashboards.' },
];

/** Path → text, relative to the index. */
export function indexFiles(wanted: NewRegistry): ReadonlyMap<string, string> {
  const { name, title, owner, scopes, baseUrl, repository, signed } = wanted;
  const registry: RegistryRecord = {
    schemaVersion: 1,
    name,
    title,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    store: 'store',
    ...(repository === undefined ? {} : { repository }),
    ...(signed ? { trust: {} } : {}),
  };
  const scopeRecord = (scope: ScopeName): ScopeRecord => ({
    schemaVersion: 1,
    scope,
    level: 'verified',
    owners: [owner],
  });
  return new Map([
    [REGISTRY_FILE, stringifyRecord(registry) + TELEMETRY],
    [CATEGORIES_FILE, stringifyRecord({ schemaVersion: 1, categories: CATEGORIES })],
    ...scopes.map((scope) => [indexPaths.scope(scope), stringifyRecord(scopeRecord(scope))] as const),
    ['store/.gitkeep', ''],
    ['.gitignore', 'node_modules/\n*.pem\n/build/\n'],
    ['README.md', readme(wanted)],
  ]);
}

/** Off, so that nobody is asked anything before an operator has thought of it. */
const TELEMETRY = `
# Users who agree to it (ar plugin telemetry) may tell this registry what they install and look for, with nothing that says
# who they are, by requests that only the web server's log sees:
# telemetry: true
`;

function readme({ title, scopes, baseUrl, signed }: NewRegistry): string {
  const at = baseUrl ?? 'https://…';
  return `# ${title}

The index of a plugin registry for agent-relay: what is published, and who may publish. Every change is a pull request, or a
branch that an operator merges. Nothing in it runs.

\`\`\`sh
ar-registry validate --index .                       # what is wrong with it
ar-registry build --index . --out build${signed ? '\nar-registry sign --index . --site build --keys <folder of the private keys>' : ''}
ar-registry serve --dir build
\`\`\`

For its users:

\`\`\`sh
ar plugin registry add ${at}${scopes.map((scope) => ` --scope @${scope}`).join('')}
\`\`\`
`;
}
