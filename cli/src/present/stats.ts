import { addDays } from '@ar-registry/core/stats';
import type { StatsPluginDocument } from '@ar-registry/schemas';
import type { Presenter } from '../command.ts';
import { fields, shorten } from './table.ts';
import { type Line, type Page, quiet, strong, textLines, toned } from './text.ts';

interface Outcome {
  readonly name: string;
  /** The last day that was counted; undefined where none was. */
  readonly through: string | undefined;
  /** Undefined where nothing was counted of it. */
  readonly stats: StatsPluginDocument | undefined;
  readonly asTable: boolean;
  /** By day and version. */
  readonly table: string | undefined;
}

export const presentStats: Presenter<Outcome> = {
  text: (outcome, width) => {
    const { stats, asTable, table } = outcome;
    if (asTable && table !== undefined) return textLines(table);
    return stats === undefined || asTable ? [nothingText(outcome)] : statsText(outcome, stats, width);
  },
  json: ({ name, through, stats, table }) => ({
    name,
    ...(through === undefined ? {} : { through }),
    ...(stats === undefined ? {} : { stats }),
    ...(table === undefined ? {} : { table }),
  }),
};

function nothingText({ name, through, stats }: Outcome): string {
  if (stats !== undefined) return `This registry tells nothing of ${name} by day.`;
  if (through === undefined)
    return `Nothing is known of ${name}: this registry has not counted yet. Whoever runs it does so from access logs, once a day.`;
  return `Nothing is known of ${name}: through ${through} nobody downloaded it, or too few did for it to be told.`;
}

function statsText({ name, through }: Outcome, stats: StatsPluginDocument, width: number): Page {
  const span = through === undefined ? '' : `  through ${through}`;
  return [
    [toned(name, 'name'), quiet(span)],
    '',
    strong('Downloads'),
    ...fields([
      ['  7 days', whole(stats.lastWeek)],
      ['  30 days', [whole(stats.last30Days), '  ', toned(sparks(stats.daily, through, width), 'name')]],
      ['  90 days', whole(stats.last90Days)],
      ['  all time', allTimeText(stats)],
    ]),
    '',
    ...fields([
      ['Active installations', activeText(stats)],
      ['Error rate', errorText(stats)],
      ['Load time', loadText(stats)],
    ]),
    ...versionsText(stats, width),
  ];
}

function allTimeText({ total, ci, github }: StatsPluginDocument): Line {
  const more = [
    ...(ci === 0 ? [] : [`${whole(ci)} more by CI`]),
    ...(github === undefined ? [] : [`GitHub counts ${whole(github)}`]),
  ];
  return more.length === 0 ? whole(total) : [whole(total), quiet(`  ${more.join('; ')}`)];
}

/** Where users do not let it be told, that is the reason, and it is no number. */
const NOT_TOLD = quiet('not known: only those whose users let it be told count');

function activeText({ activeInstallations }: StatsPluginDocument): Line {
  return activeInstallations === undefined ? NOT_TOLD : [whole(activeInstallations), quiet('  on the mean of 7 days')];
}

function errorText({ errorRate, starts }: StatsPluginDocument): Line {
  if (errorRate !== undefined)
    return [`${percent(errorRate, 2)} %`, quiet(`  of ${whole(starts ?? 0)} starts in 30 days`)];
  return starts === undefined ? NOT_TOLD : quiet(FEW);
}

const FEW = 'not known: fewer than 50 starts were told in 30 days';

function loadText({ averageLoadMs, p95LoadMs, starts }: StatsPluginDocument): Line {
  if (averageLoadMs !== undefined)
    return [`${whole(averageLoadMs)} ms`, quiet(`  on average; 95 of 100 within ${whole(p95LoadMs ?? 0)} ms`)];
  return starts === undefined ? NOT_TOLD : quiet(FEW);
}

const SHOWN_VERSIONS = 10;
const WIDEST_BAR = 40;
const NARROWEST_BAR = 4;

function versionsText({ distribution }: StatsPluginDocument, width: number): Page {
  if (distribution === undefined) return [];
  const { by, shares } = distribution;
  const shown = shares.slice(0, SHOWN_VERSIONS);
  const label = Math.min(Math.max(...shown.map(({ version }) => version.length)), Math.max(8, Math.floor(width / 3)));
  const bar = Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, width - label - '    100.0 %'.length));
  const most = Math.max(...shown.map(({ share }) => share));
  const more = shares.length - shown.length;
  return [
    '',
    [strong('Versions'), quiet(by === 'active' ? '  of active installations, 7 days' : '  of downloads, 30 days')],
    ...shown.map(({ version, share }): Line => [
      `${shorten(version, label).padEnd(label)}  `,
      toned('█'.repeat(Math.max(1, Math.round((share / most) * bar))).padEnd(bar), 'name'),
      ` ${percent(share, 1).padStart(5)} %`,
    ]),
    ...(more > 0 ? [quiet(`and ${more} more`)] : []),
  ];
}

const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const SPARK_DAYS = 30;

/** A column for each of 30 days, the last one last; as many of them as fit. */
function sparks(daily: Readonly<Record<string, number>>, through: string | undefined, width: number): string {
  const last = through ?? Object.keys(daily).toSorted().at(-1);
  if (last === undefined) return '';
  const days = Math.max(7, Math.min(SPARK_DAYS, width - 30));
  const counts = Array.from({ length: days }, (_, at) => daily[addDays(last, at - days + 1)] ?? 0);
  const most = Math.max(1, ...counts);
  return counts.map((count) => LEVELS[Math.round((count / most) * (LEVELS.length - 1))]).join('');
}

function whole(count: number): string {
  return count.toLocaleString('en');
}

function percent(share: number, digits: number): string {
  return (share * 100).toFixed(digits);
}
