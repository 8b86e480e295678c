import type { Benchmark, Row } from '../benchmark.ts';
import type { OfficialTimes } from '../loader/official.ts';
import { runInProcess } from '../loader/run.ts';
import { median, ratios, summarize } from '../statistics.ts';

/** A start of an isolated plugin takes some tenths of a second. */
const MOST_ROUNDS = 10;
/** A round of the official plugins is 32 processes with a daemon each. */
const MOST_OFFICIAL_ROUNDS = 5;
const MEGABYTE = 1024 * 1024;

export const load: Benchmark = {
  name: 'load',
  summary: 'one plugin in the daemon’s process against a bare `import()`, isolated ones against bare child processes',
  run: (world) => {
    const count = Math.min(world.rounds, MOST_ROUNDS);
    const local = runInProcess(world, 'loadTimes', { where: 'in-process', count: world.rounds });
    const isolated = runInProcess(world, 'loadTimes', { where: 'isolated', count });
    const rounds = Math.min(world.rounds, MOST_OFFICIAL_ROUNDS);
    const official = runInProcess(world, 'official', { where: 'in-process', count: rounds });
    return [
      ...officialRows(official),
      row('in-process, the smallest there is, against import()', local.load, { base: local.bareImport, bound: 1.1 }),
      row('import() and SHA-512 of its files, against import()', local.hashedImport, { base: local.bareImport }),
      row('one isolated, against node -e 0', isolated.load, { base: isolated.bareChild, bound: 1.5 }),
      row('ten isolated at once, against node -e 0', isolated.ten, { base: isolated.bareChild, bound: 8 }),
      {
        name: 'resident memory of an isolated one',
        unit: 'MB',
        value: median(isolated.residentBytes) / MEGABYTE,
        bound: 60,
      },
    ];
  },
};

/** Each of them, and what of them is judged: the median. */
function officialRows(official: readonly OfficialTimes[]): readonly Row[] {
  const rows = official.map(({ name, load: times, bareImport, firstLoad, firstImport }) => {
    const first = median(ratios(firstLoad, firstImport));
    const note = `as the first of a daemon ${first.toFixed(2)}, ${median(firstLoad).toFixed(0)} ms`;
    return {
      ...row(`${name} in-process, against import()${name.endsWith('-bridge') ? ' and connection' : ''}`, times, {
        base: bareImport,
      }),
      note,
    };
  });
  const value = median(rows.map((each) => each.value));
  return [{ name: 'in-process, the median of the official ones', unit: 'x', value, bound: 1.1 }, ...rows];
}

function row(
  name: string,
  times: readonly number[],
  to: { readonly base: readonly number[]; readonly bound?: number },
): Row {
  const { median: value, lower, upper } = summarize(ratios(times, to.base));
  const bound = to.bound === undefined ? {} : { bound: to.bound };
  return { name, unit: 'x', value, spread: [lower, upper], medianMs: median(times), ...bound };
}
