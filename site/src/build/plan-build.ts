/** The plan of a build: of a change alone where that is all there is, else of all plugins, by what is known of them. */
import type { PluginName } from '@ar-registry/schemas';
import type { Api } from '../data/api.ts';
import { searchEngine } from '../data/search-engine.ts';
import { touchedSince, type ApiLog, type Touched } from './api-log.ts';
import { fromParts, toParts } from './known-parts.ts';
import { goneFiles, reopened } from './page-file.ts';
import { makePlan, type Known, type Planned } from './plan.ts';
import { planChange, type PlannedChange, type PlannedPages } from './plan-change.ts';
import { dateSitemaps, sitemapFiles, type TextFile } from './sitemap-files.ts';
import { DamagedState, spreadOf, type KeptState, type StateChange } from './state.ts';

export interface PlanInput {
  readonly out: string;
  readonly baseUrl: string;
  /** Of what all pages depend on. */
  readonly template: string;
  /** Everything, whatever is there. */
  readonly full: boolean;
  /** Ask for each file of the API whether it is what it was, whatever its log says. */
  readonly verify: boolean;
  /** Of the API, as it was before anything of it was read. */
  readonly log: ApiLog | undefined;
  /** What the last build left. */
  readonly state: KeptState | undefined;
}

export interface BuildPlan extends PlannedPages {
  /** Whether what is not wanted is there, as the last build left it. */
  readonly isKept: boolean;
  /** @param found site paths of pages that every registry has, and searches should find */
  readonly sitemaps: (found: readonly string[]) => readonly TextFile[];
  /** Of each plugin, of what its pages are made of. */
  readonly hashOf: (name: PluginName) => string | undefined;
  readonly spread: number;
  readonly parts: StateChange;
}

/** @param now milliseconds */
export function planBuild(api: Api, now: number, input: PlanInput): BuildPlan {
  const { state } = input;
  try {
    if (!state) return planAll(api, now, { ...input, known: undefined });
    return planOne(api, now, { ...input, state }) ?? planAll(api, now, { ...input, known: fromParts(state) });
  } catch (error) {
    if (!(error instanceof DamagedState)) throw error;
    return planAll(api, now, { ...input, state: undefined, known: undefined });
  }
}

function touchedIn({ state, log, full, verify, template }: PlanInput): Touched | undefined {
  return full || verify || state?.template !== template ? undefined : touchedSince(state.log, log);
}

function planOne(api: Api, now: number, input: PlanInput & { readonly state: KeptState }): BuildPlan | undefined {
  const { state, out, baseUrl } = input;
  const touched = touchedIn(input);
  // An index of Pagefind is made of all plugins.
  if (!touched || state.open !== undefined || searchEngine(api) === 'pagefind') return undefined;
  const plan: PlannedChange | undefined = planChange(api, now, { state, touched });
  const sitemaps = plan && dateSitemaps({ out, baseUrl, files: state.files }, plan.dates);
  if (!plan || !sitemaps) return undefined;
  return {
    ...plan,
    isKept: true,
    sitemaps: () => sitemaps,
    hashOf: () => undefined,
    spread: state.spread,
    parts: { parts: plan.parts, kept: state, isWhole: false },
  };
}

function planAll(api: Api, now: number, input: PlanInput & { readonly known: Known | undefined }): BuildPlan {
  const { state, known, baseUrl } = input;
  const open = openIn(state);
  const before = known && isOfUse(input) ? { known: reopened(known, open), touched: touchedIn(input) } : undefined;
  const plan: Planned = makePlan(api, now, before);
  const spread = spreadOf(plan.rows.length);
  return {
    ...plan,
    isKept: before !== undefined,
    gone: known ? goneFiles(known, plan.known, open) : [],
    sitemaps: (found) => sitemapFiles(plan, found, baseUrl),
    hashOf: (name) => plan.known.plugins[name]?.hash,
    spread,
    parts: { parts: toParts(plan, spread), kept: state, isWhole: true },
  };
}

/** Whether the pages of before are there, and would be made the same way. */
function isOfUse({ state, full, template }: PlanInput): boolean {
  return !full && state?.template === template && state.open !== true;
}

function openIn(state: KeptState | undefined): readonly string[] {
  return state?.open === true ? [] : (state?.open ?? []);
}
