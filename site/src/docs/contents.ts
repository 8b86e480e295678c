/** What the documentation has, in the order in which it is read. */

export interface DocsPage {
  /** Path below `/docs/`, without a slash at its ends; of a guide the path of its file below `docs/`. */
  readonly slug: string;
  /** In the navigation. */
  readonly title: string;
  /** One sentence, for lists and searches. */
  readonly description: string;
  /** The schema that it is generated from, below `schemas/v1/`; absent: a file of Markdown. */
  readonly schema?: string;
}

export interface DocsSection {
  readonly title: string;
  readonly pages: readonly DocsPage[];
}

const page = (slug: string, title: string, description: string): DocsPage => ({ slug, title, description });
const reference = (schema: string, title: string, description: string): DocsPage => ({
  slug: `reference/${schema.split('/').at(-1) ?? schema}`,
  title,
  description,
  schema,
});

const SECTIONS: readonly DocsSection[] = [
  {
    title: 'Use',
    pages: [
      page('guides/users', 'Using plugins', 'Find, install, configure, update and remove plugins in a project.'),
      page('guides/loader', 'Running plugins', 'How plugins get into the daemon, and what happens when one fails.'),
      page('guides/registries', 'Registries', 'Several registries side by side, and whose keys are trusted.'),
      page('guides/feeds-and-badges', 'Feeds and badges', 'Follow a registry or a plugin, and show one elsewhere.'),
      page('sandbox', 'The sandbox', 'What holds a plugin to the permissions that you granted.'),
      page('threat-model', 'The threat model', 'Who might attack what, and what stands against it.'),
    ],
  },
  {
    title: 'Write',
    pages: [
      page('guides/authors', 'Writing a plugin', 'From an idea to a version that others can install.'),
      page('plugin-guide', 'From nothing to a pull request', 'Every step of a first plugin, with what is printed.'),
      page('guides/scan', 'The static scan', 'What the scan looks for in a package, and what it cannot see.'),
      page('readme-html', 'READMEs as HTML', 'What of a README is shown, and how.'),
    ],
  },
  {
    title: 'Operate',
    pages: [
      page('guides/registry-operators', 'For operators', 'Run a registry of your own.'),
      page('guides/self-hosting', 'Self-hosting', 'A registry on your own machines.'),
      page('guides/review', 'Reviewing submissions', 'What a person looks at, and what a machine did before.'),
      page('guides/keys', 'Keys of a registry', 'Who holds which key, and how one is replaced.'),
      page('guides/runbook-revoke-version', 'Withdrawing a version', 'What to do in an emergency, step by step.'),
      page('guides/statistics', 'Statistics', 'How downloads are counted.'),
      page('guides/webhooks', 'Webhooks', 'Who is told of changes, how, and how often.'),
    ],
  },
  {
    title: 'Reference',
    pages: [
      page('cli', 'Commands', 'Every command of ar plugin with its options and examples.'),
      reference('plugin-manifest', 'ar-plugin.yaml', 'Every field of the manifest of a plugin.'),
      reference('project', 'ar-plugins.yaml', 'Every field of the file that says what a project wants.'),
      reference('user-config', 'User settings', 'Every field of a user’s own settings.'),
      reference('registry-record', 'registry.yaml', 'Every setting of a registry.'),
      reference('api/config', 'config.json', 'Where clients find everything of a registry.'),
      page('errors', 'Errors', 'Every error code, what it says, and what to do about it.'),
      page('findings', 'Findings', 'Everything that the checks can find in a submission.'),
    ],
  },
];

/** For those who work on the registry itself. */
const ELSEWHERE: ReadonlySet<string> = new Set(['architecture', 'benchmarks', 'scan-of-popular-packages']);

/**
 * Pages without a file are left out, and files that nothing above names come last, so that no guide is forgotten.
 *
 * @param guides the files of Markdown that there are: slug → heading
 */
export function docsSections(guides: ReadonlyMap<string, string>): readonly DocsSection[] {
  const listed = new Set(SECTIONS.flatMap(({ pages }) => pages.map(({ slug }) => slug)));
  const further = [...guides]
    .filter(([slug]) => !listed.has(slug) && !ELSEWHERE.has(slug))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([slug, title]) => page(slug, title, `${title.replace(/[.?!]$/, '')}.`));
  return [...SECTIONS, { title: 'Further', pages: further }]
    .map(({ title, pages }) => ({
      title,
      pages: pages.filter(({ slug, schema }) => schema !== undefined || guides.has(slug)),
    }))
    .filter(({ pages }) => pages.length > 0);
}

export interface Neighbours {
  readonly previous?: DocsPage | undefined;
  readonly next?: DocsPage | undefined;
}

export function neighboursOf(slug: string, sections: readonly DocsSection[]): Neighbours {
  const all = sections.flatMap(({ pages }) => pages);
  const index = all.findIndex((candidate) => candidate.slug === slug);
  return { previous: all[index - 1], next: index < 0 ? undefined : all[index + 1] };
}
