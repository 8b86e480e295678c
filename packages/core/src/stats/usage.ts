/**
 * How a plugin does where it runs, from what programs told: how many have it, how often it fails, how long it takes to load.
 * Spans end with the last day that was counted, as those of downloads do.
 */
import type { DailyStats, PluginName, Version } from '@ar-registry/schemas';
import { LOAD_BUCKETS } from '../telemetry/index.ts';
import { ageOf } from './days.ts';
import { ROUNDING } from './rounding.ts';

/** Days of which starts, errors and searches are told. */
export const USAGE_DAYS = 30;
/** Days that the number of active installations is the mean of. */
export const ACTIVE_DAYS = 7;
/** Of fewer starts nothing is told: what was rounded would be most of it, and one error would be a rate. */
export const LEAST_STARTS = 50;

/** What is known of one plugin. What is absent is not known. */
export interface Usage {
  /** A day, on the mean of the last 7 that were counted. */
  readonly activeInstallations?: number;
  /** By version: how often each was told to be in use in these days. */
  readonly active: ReadonlyMap<Version, number>;
  /** Of 30 days: loads and errors. */
  readonly starts: number;
  /** From 0 to 1: of the starts, those that ended in an error. */
  readonly errorRate?: number;
  /** Milliseconds. Taking each load for one in the middle between the bounds that it was told to be within. */
  readonly averageLoadMs?: number;
  /** Milliseconds: the smallest bound that 95 of 100 loads kept to. */
  readonly p95LoadMs?: number;
  /** Of 30 days, by upper bound in milliseconds, in this order. */
  readonly loadTimes: ReadonlyMap<number, number>;
}

/** The days that usage is told of. */
export interface UsageDays {
  readonly week: readonly DailyStats[];
  readonly month: readonly DailyStats[];
}

/** @param days single days, with no month among them; spans end with the last of them */
export function usageDays(days: readonly DailyStats[]): UsageDays {
  const through = days.reduce((last, { day }) => (day > last ? day : last), '');
  const within = (span: number): readonly DailyStats[] => days.filter(({ day }) => ageOf(day, through) < span);
  return { week: within(ACTIVE_DAYS), month: within(USAGE_DAYS) };
}

/** What these days say of one plugin. */
export function usageOf(name: PluginName, { week, month }: UsageDays): Usage {
  const active = countsOf(week, name, 'active');
  const [loads, errors] = [sum(countsOf(month, name, 'load')), sum(countsOf(month, name, 'error'))];
  const starts = loads + errors;
  const loadTimes = loads === 0 ? new Map<number, number>() : loadTimesOf(month, name);
  return {
    ...(active.size === 0 ? {} : { activeInstallations: roundMean(sum(active) / week.length) }),
    active,
    starts,
    ...(starts < LEAST_STARTS ? {} : { errorRate: round(errors / starts, 4) }),
    ...(sum(loadTimes) < LEAST_STARTS ? {} : { averageLoadMs: mean(loadTimes), p95LoadMs: quantile(loadTimes, 0.95) }),
    loadTimes,
  };
}

/** Whether anything was told of it. */
export function isUsed({ active, starts }: Usage): boolean {
  return active.size > 0 || starts > 0;
}

function countsOf(days: readonly DailyStats[], name: PluginName, kind: string): ReadonlyMap<Version, number> {
  const sums = new Map<Version, number>();
  for (const { events } of days)
    for (const [version, count] of Object.entries(events[kind]?.[name] ?? {}))
      sums.set(version, (sums.get(version) ?? 0) + count);
  return sums;
}

function loadTimesOf(days: readonly DailyStats[], name: PluginName): ReadonlyMap<number, number> {
  const sums = LOAD_BUCKETS.map((bound) => {
    const counts = days.map(({ loadTimes }) => loadTimes?.[String(bound)]?.[name] ?? {});
    return [
      bound,
      counts.flatMap((versions) => Object.values(versions)).reduce((all, count) => all + count, 0),
    ] as const;
  });
  return new Map(sums.filter(([, count]) => count > 0));
}

function sum(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((all, count) => all + count, 0);
}

/** A mean of rounded numbers is no better known than they are. */
function roundMean(count: number): number {
  return count >= ROUNDING ? Math.round(count) : Math.round(count / ROUNDING) * ROUNDING;
}

function mean(loadTimes: ReadonlyMap<number, number>): number {
  const middles = [...loadTimes].map(([bound, count]) => ((bound + boundBelow(bound)) / 2) * count);
  return Math.round(middles.reduce((all, one) => all + one, 0) / sum(loadTimes));
}

function boundBelow(bound: number): number {
  return LOAD_BUCKETS.findLast((other) => other < bound) ?? 0;
}

function quantile(loadTimes: ReadonlyMap<number, number>, share: number): number {
  const enough = sum(loadTimes) * share;
  let seen = 0;
  for (const [bound, count] of loadTimes) {
    seen += count;
    if (seen >= enough) return bound;
  }
  return LOAD_BUCKETS.at(-1) ?? 0;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
