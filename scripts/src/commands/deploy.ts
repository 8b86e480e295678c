import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { usage } from '../args.ts';
import { defineCommand } from '../command.ts';
import { deploy as deployStage, openPlace, type Deployment } from '../stages/deploy/index.ts';

const HELP = 'ar-registry deploy --help';

export const deploy = defineCommand({
  name: 'deploy',
  summary: 'Bring a built registry to where it is served: only what differs, in the order in which it may be seen.',
  examples: [
    'ar-registry deploy --site ./build/registry --to /srv/registry',
    'ar-registry deploy --site ./build/registry --to git:git@github.com:acme/registry.git#gh-pages',
    'ar-registry deploy --site ./build/registry --to s3://acme-registry/v1 --endpoint https://s3.example.com',
  ],
  options: {
    site: { type: 'string', value: '<folder>', help: 'what build, sign and site wrote', required: true },
    to: {
      type: 'string',
      value: '<place>',
      help: 'a folder, git:<repository>#<branch>, or s3://<bucket>/<prefix> with the credentials of the environment',
      required: true,
    },
    endpoint: { type: 'string', value: '<address>', help: 'of a service with the API of S3 that is not Amazon’s' },
    region: { type: 'string', value: '<name>', help: 'of the bucket' },
    'dry-run': { type: 'boolean', help: 'say what would be done, and do nothing' },
    verify: { type: 'boolean', help: 'compare every file, not only what changed since the last deployment' },
    'allow-deletions': { type: 'boolean', help: 'delete however much the site does not have any more' },
  },
  run: async (values, { cwd, clock, signal }) => {
    const { to = '', endpoint, region } = values;
    const given = {
      to,
      cwd,
      help: HELP,
      ...(endpoint !== undefined && { endpoint }),
      ...(region !== undefined && { region }),
    };
    const site = resolve(cwd, values.site ?? '');
    assertApart(site, to, cwd);
    await using place = await openPlace(given, { signal, now: new Date(clock.nowMs()) });
    const dryRun = values['dry-run'] === true;
    const mayShrink = values['allow-deletions'] === true;
    const verify = values.verify === true;
    const deployment = await deployStage(place, { site, dryRun, mayShrink, verify, signal });
    const { put, removed, unchanged, size, whole } = deployment;
    return {
      text: present(deployment, { place: place.shown, dryRun }),
      json: { place: place.shown, dryRun, put, removed, unchanged, bytes: size, whole },
      exitCode: 0,
    };
  },
});

/** A place within the site would be deployed into itself, and grow with each run; also where a link leads into it. */
function assertApart(site: string, to: string, cwd: string): void {
  if (/^(?:s3|git):/.test(to)) return;
  const below = relative(resolveLinks(site), resolveLinks(resolve(cwd, to)));
  const isWithin = below === '' || !(below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below));
  if (isWithin) throw usage('--to lies in --site: give another folder.', HELP);
}

/** Of a path of which the end need not be there. @param file absolute */
function resolveLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    // What is not there is no link, and what cannot be read is told of by who reads it.
    return dirname(file) === file ? file : join(resolveLinks(dirname(file)), basename(file));
  }
}

/** GitHub Pages takes no more. @source https://docs.github.com/pages/getting-started-with-github-pages/github-pages-limits */
const PAGES_BYTES = 1e9;

function present(
  { put, removed, unchanged, size }: Deployment,
  { place, dryRun }: { readonly place: string; readonly dryRun: boolean },
): string {
  const [sent, deleted] = dryRun ? ['would be put', 'would be deleted'] : ['put', 'deleted'];
  const note =
    place.includes('#') && size > PAGES_BYTES
      ? `The site has ${(size / 1e9).toFixed(1)} GB; GitHub Pages serves at most 1 GB.\n`
      : '';
  return `${place}: ${put.length} files ${sent}, ${unchanged} unchanged, ${removed.length} ${deleted}.\n${note}`;
}
