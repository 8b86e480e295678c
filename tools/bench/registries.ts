/**
 * Registries of real names and descriptions, which benchmarks share: of each size one index, one build of it and one copy of that,
 * each made when somebody first asks for it, and measured then.
 */
import fs from 'node:fs';
import path from 'node:path';
import { routes } from '@ar-registry/core/layout';
import type { World } from './benchmark.ts';
import { type Cost, costOf } from './cost.ts';
import { firstNames } from './first-names.ts';
import { changesOf, commitFiles, type IndexChanges, withoutChanges } from './index-changes.ts';
import { timeOf } from './measure.ts';
import { corpusProgram, type Pipeline, pipelineOf } from './pipeline.ts';

export interface Registries {
  readonly of: (plugins: number) => BenchRegistry;
}

export interface BenchRegistry extends Builds {
  readonly plugins: number;
  readonly pipeline: Pipeline;
  /** Changes the index; who makes one builds afterwards. */
  readonly changes: IndexChanges;
  /** What was built, signed, with the log of all decisions. */
  readonly signed: () => string;
  /** What that cost: the first signature. */
  readonly signingCost: () => Cost;
  /** Names of at most 25 plugins, the same in a registry of any size, which no change is about. */
  readonly names: (count: number) => readonly string[];
}

interface Builds {
  /** What was built of the index: absolute. */
  readonly built: () => string;
  /** Once more, into a folder of its own that stays: what building everything costs, and what `cp -r` of it does. */
  readonly wholeCost: () => { readonly build: Cost; readonly copy: Cost };
  /** A copy of what was built, without what changes afterwards. */
  readonly copied: () => string;
}

/** What was changed here has an archive that says something else, which nobody may install. */
const UNCHANGED = 25;

export interface RegistriesOptions extends Pick<World, 'node' | 'root' | 'corpus' | 'scratch'> {
  /** Where indexes and builds stay for the next run. */
  readonly keep?: string;
}

export function createRegistries(options: RegistriesOptions): Registries {
  const made = new Map<number, BenchRegistry>();
  return {
    of: (plugins) => {
      const known = made.get(plugins) ?? createRegistry(plugins, options);
      made.set(plugins, known);
      return known;
    },
  };
}

function createRegistry(plugins: number, options: RegistriesOptions): BenchRegistry {
  const { scratch, keep, corpus } = options;
  const folder = path.join(keep ?? scratch, `registry-${plugins}`);
  const out = path.join(folder, 'out');
  const pipeline = pipelineOf(options, folder);
  const makeIndex = once(() => provideIndex(folder, { plugins, pipeline, options }));
  const builds = createBuilds({ plugins, pipeline, out, scratch, makeIndex });
  let signing: Cost | undefined;
  const sign = (): Cost => {
    if (signing) return signing;
    forgetSigning(builds.built());
    return (signing = costOf(pipeline.sign(out), scratch));
  };
  let changes: IndexChanges | undefined;
  return {
    plugins,
    pipeline,
    ...builds,
    get changes() {
      makeIndex();
      return (changes ??= changesOf(path.join(folder, 'index'), new Set(firstNames(corpus, UNCHANGED))));
    },
    signed: () => {
      sign();
      return out;
    },
    signingCost: sign,
    names: (count) => firstNames(corpus, Math.min(count, UNCHANGED)),
  };
}

/** Of a site that was kept the log has decisions that its index, taken back, has not: to sign that would be refused. */
function forgetSigning(site: string): void {
  for (const name of [routes.trust, routes.log, '.ar-log', '.ar-signed.json'])
    fs.rmSync(path.join(site, name), { recursive: true, force: true });
}

interface IndexPlan {
  readonly plugins: number;
  readonly pipeline: Pipeline;
  readonly options: RegistriesOptions;
}

/** Makes the index and its keys, or takes one that was kept back to how it was made. */
function provideIndex(folder: string, { plugins, pipeline, options }: IndexPlan): void {
  fs.mkdirSync(folder, { recursive: true });
  const [index, keys, commit] = ['index', 'keys', 'signed-commit'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  if (fs.existsSync(commit)) return withoutChanges(index, fs.readFileSync(commit, 'utf8'));
  // What an earlier run did not bring to its end.
  for (const left of [index, keys]) fs.rmSync(left, { recursive: true, force: true });
  timeOf(corpusProgram(options, plugins, index));
  timeOf(pipeline.makeKeys());
  fs.writeFileSync(commit, commitFiles(index, ['registry-index/trust'], 'The keys of the registry'));
}

interface Building {
  readonly plugins: number;
  readonly pipeline: Pipeline;
  readonly out: string;
  readonly scratch: string;
  readonly makeIndex: () => void;
}

function createBuilds({ plugins, pipeline, out, scratch, makeIndex }: Building): Builds {
  let isBuilt = false;
  let copied: string | undefined;
  const newFolder = (): string => path.join(fs.mkdtempSync(path.join(scratch, `whole-${plugins}-`)), 'out');
  const copy = (from: string): { readonly to: string; readonly cost: Cost } => {
    const to = `${newFolder()}-copy`;
    return { to, cost: costOf({ file: 'cp', args: ['-r', from, to] }, scratch) };
  };
  const built = (): string => {
    makeIndex();
    // Also of one that was kept, of which the index has been taken back.
    if (!isBuilt) timeOf(pipeline.build(out));
    isBuilt = true;
    return out;
  };
  return {
    built,
    wholeCost: () => {
      makeIndex();
      const isFirst = !isBuilt && !fs.existsSync(out);
      const to = isFirst ? out : newFolder();
      const build = costOf(pipeline.build(to), scratch);
      isBuilt ||= isFirst;
      const ofIt = copy(to);
      if (isFirst) copied = ofIt.to;
      return { build, copy: ofIt.cost };
    },
    copied: () => (copied ??= copy(built()).to),
  };
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}
