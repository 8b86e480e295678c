/** An update is an installation of the versions that `chooseUpdate` picks, told by what changes for the user. */
import {
  beyondOf,
  chooseUpdate,
  describeGitUpdate,
  describeUpdate,
  isAtCommit,
  parseGitSource,
  permissionsToGrant,
  planUpdate,
  standingOf,
  updateTargets,
  type GitTarget,
  type UpdateChange,
  type UpdateChoice,
  type UpdateTargets,
} from '@ar-registry/core/install';
import {
  candidateOf,
  fetchResolved,
  inParallel,
  resolveSpec,
  type InstallPorts,
  type Resolved,
} from '@ar-registry/io/install';
import type { GitCheckout } from '@ar-registry/io/install-git';
import { changeProject, readProject, type Project } from '@ar-registry/io/project';
import type { PluginName, Version } from '@ar-registry/schemas';
import type { Context } from '../context.ts';
import { changeLines, tellsOfPeople } from '../present/update.ts';
import { askForPermissions } from './ask.ts';
import { changeOptions } from './change-options.ts';
import { askForBuilds, packCheckouts, withScratch, type BuildOptions } from './git-plugins.ts';
import { checkAgentRelay, createPorts, warnDeprecated, wishOf } from './install-plugins.ts';
import type { Elsewhere } from './elsewhere.ts';
import { advisoryText, actionWord } from './revoked.ts';
import { readOffers, type Offer, type Offers } from './read-offers.ts';

/** A plugin of which there is a version beyond what is wanted. */
export interface Available {
  readonly name: PluginName;
  /** As `ar-plugins.yaml` has it. */
  readonly range: string;
  /** What is installed after the update. */
  readonly version?: Version | undefined;
  readonly latest: Version;
}

export interface UpdateOutcome {
  readonly dryRun: boolean;
  readonly updated: readonly UpdateChange[];
  readonly unchanged: readonly { readonly name: PluginName; readonly version: Version | undefined }[];
  readonly local: readonly PluginName[];
  readonly missing: readonly PluginName[];
  /** Those of them that another registry had. */
  readonly elsewhere: readonly Elsewhere[];
  readonly available: readonly Available[];
}

export interface UpdateOptions extends BuildOptions {
  readonly latest: boolean;
  readonly dryRun: boolean;
}

/** @throws NOT_INSTALLED, INTEGRITY_MISMATCH, and what `installPlugins` throws; nothing is changed then */
export async function updatePlugins(
  names: readonly string[],
  options: UpdateOptions,
  context: Context,
): Promise<UpdateOutcome> {
  const ports = await createPorts(context);
  return withScratch(ports, () => updateWith(ports, { names, ...options }, context));
}

async function updateWith(
  ports: InstallPorts,
  { names, latest, dryRun, allowBuild }: UpdateOptions & { readonly names: readonly string[] },
  context: Context,
): Promise<UpdateOutcome> {
  const project = await readProject(ports.projectDir, context.dataDir);
  const targets = updateTargets(project, names);
  const { found, moves } = await context.output.during('Looking up versions', async () => {
    const offers = await readOffers(targets.registry, ports);
    const commits = await prepareGitMoves(targets.git, ports);
    return { found: offers, moves: [...(await prepareMoves(offers.offers, latest, ports)), ...commits] };
  });
  warnOfWhatStays(found.offers, moves, context);
  const outcome = (updated: readonly UpdateChange[]): UpdateOutcome => outcomeOf({ dryRun, updated, targets, found });
  if (moves.length === 0 || dryRun) return outcome(moves.map(({ change }) => change));
  const applied = await applyMoves(moves, project, { ports, allowBuild, context });
  return outcome(moves.flatMap(({ change }) => (applied.has(change.name) ? [change] : [])));
}

/** Where no better version fits, an update leaves what the registry warns of, or has revoked. */
function warnOfWhatStays(offers: readonly Offer[], moves: readonly Move[], { output }: Context): void {
  const moved = new Set(moves.map(({ change }) => change.name));
  for (const { target, advisories } of offers)
    if (!moved.has(target.name))
      for (const advisory of advisories)
        output.warn(`${target.name} stays at a version that is ${actionWord(advisory)}: ${advisoryText(advisory)}`);
}

/** One plugin on its way from one version to another. */
interface Move {
  readonly found: Resolved | GitCheckout;
  readonly change: UpdateChange;
}

function isCheckout(found: Resolved | GitCheckout): found is GitCheckout {
  return found.kind === 'checkout';
}

/** Fetches the repositories that have a newer commit. */
async function prepareGitMoves(targets: readonly GitTarget[], ports: InstallPorts): Promise<readonly Move[]> {
  if (targets.length === 0) return [];
  const { checkoutGit, newestCommit } = await import('@ar-registry/io/install-git');
  const moves = await inParallel(targets, async (target): Promise<readonly Move[]> => {
    const source = parseGitSource(target.git);
    const commit = await newestCommit(source, ports);
    if (isAtCommit(target, commit)) return [];
    const found = await checkoutGit(source, ports, commit);
    return [{ found, change: describeGitUpdate(target, found) }];
  });
  return moves.flat();
}

function prepareMoves(offers: readonly Offer[], latest: boolean, ports: InstallPorts): Promise<readonly Move[]> {
  const chosen = offers.flatMap((offer) => {
    const choice = chooseUpdate(offer.plugin, offer.target, { latest });
    return choice ? [{ offer, choice }] : [];
  });
  return inParallel(chosen, ({ offer, choice }) => prepareMove(offer, choice, ports));
}

async function prepareMove({ target, plugin }: Offer, choice: UpdateChoice, ports: InstallPorts): Promise<Move> {
  const { name } = target;
  const exact = { kind: 'exact', version: choice.to.version } as const;
  const resolved = await resolveSpec({ kind: 'registry', name, wanted: exact }, ports);
  // Only a path leads elsewhere, and none was given.
  if (resolved.kind !== 'registry') throw new Error(`${name} was not resolved in the registry.`);
  const installed = plugin.versions.find(({ version }) => version === target.version);
  const before = installed && (await ports.client.version(name, installed.version, ports.signal));
  const moved = { ...resolved, range: choice.range };
  const { lock } = candidateOf(moved, ports);
  const facts = { target, choice, plugin, before, after: resolved.document, lock };
  return { found: moved, change: describeUpdate(facts) };
}

/** @returns the names of those that were updated: not those that another process changed meanwhile */
async function applyMoves(
  moves: readonly Move[],
  project: Project,
  { ports, allowBuild, context }: BuildOptions & { readonly ports: InstallPorts; readonly context: Context },
): Promise<ReadonlySet<PluginName>> {
  const found = moves.map((move) => move.found);
  warnDeprecated(found, context);
  await checkAgentRelay(found, ports.projectDir);
  const asked = permissionsToGrant(project, found.map(wishOf));
  const widened = new Set(asked.map(({ name }) => name));
  // What a person should know before answering; all of it is told again in the end.
  for (const { change } of moves)
    if (widened.has(change.name) || tellsOfPeople(change)) changeLines(change).forEach(context.output.note);
  const updated = moves.filter(({ change }) => change.from !== undefined).map(({ change }) => change.name);
  await askForPermissions(asked, context, new Set(updated));
  await askForBuilds(found.filter(isCheckout), { allowBuild }, context);
  await ports.store.sweep(context.now().getTime());
  const resolved = await packCheckouts(found, ports, context);
  const candidates = resolved.map((one) => candidateOf(one, ports));
  await context.output.during('Fetching', () => inParallel(resolved, (one) => fetchResolved(one, ports)));
  return changeProject(changeOptions(ports.projectDir, 'update', context), async (state) => {
    const plan = planUpdate(project, state, candidates);
    return { change: plan.change, result: new Set(plan.installed.map(({ name }) => name)) };
  });
}

interface Facts {
  readonly dryRun: boolean;
  readonly updated: readonly UpdateChange[];
  readonly targets: UpdateTargets;
  readonly found: Offers;
}

function outcomeOf({ dryRun, updated, targets, found }: Facts): UpdateOutcome {
  const moved = new Set(updated.map(({ name }) => name));
  const known = [
    ...found.offers.map(({ target: { name, version } }) => ({ name, version })),
    ...targets.git.map(({ name, lock }) => ({ name, version: lock?.version })),
  ];
  const unchanged = known.filter(({ name }) => !moved.has(name));
  const available = availableAfter(updated, found.offers);
  const { missing, elsewhere } = found;
  return { dryRun, updated, unchanged, local: targets.local, missing, elsewhere, available };
}

/** What the wanted ranges leave out, which nobody would hear of otherwise. */
function availableAfter(updated: readonly UpdateChange[], offers: readonly Offer[]): readonly Available[] {
  const changes = new Map(updated.map((change) => [change.name, change]));
  return offers.flatMap(({ target, plugin }) => {
    const { name, range } = target;
    const change = changes.get(name);
    const version = change?.to ?? target.version;
    const latest = beyondOf(standingOf(plugin, target), version);
    return latest === undefined ? [] : [{ name, range: change?.range?.to ?? range, version, latest }];
  });
}
