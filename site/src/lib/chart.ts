/** Charts as SVG paths, drawn when the page is built. */
import { scaleLinear, scaleUtc } from 'd3-scale';
import { area, curveMonotoneX, line } from 'd3-shape';

export interface DayCount {
  /** `2026-11-22` */
  readonly day: string;
  readonly count: number;
}

export interface AreaChart {
  readonly width: number;
  readonly height: number;
  /** Path data. */
  readonly area: string;
  readonly line: string;
  readonly highest: number;
  /** Where horizontal lines are, and what they stand for. */
  readonly lines: readonly { readonly y: number; readonly value: number }[];
}

const WIDTH = 720;
const HEIGHT = 200;

/** @param days in order, at least two */
export function areaChart(days: readonly DayCount[]): AreaChart {
  const [first, last] = [new Date(days[0]?.day ?? 0), new Date(days.at(-1)?.day ?? 0)];
  const highest = Math.max(1, ...days.map(({ count }) => count));
  const x = scaleUtc([first, last], [0, WIDTH]);
  const y = scaleLinear([0, highest], [HEIGHT, 4]).nice(4);
  const at = ({ day }: DayCount): number => round(x(new Date(day)));
  const top = ({ count }: DayCount): number => round(y(count));
  return {
    width: WIDTH,
    height: HEIGHT,
    area: area<DayCount>(at, HEIGHT, top).curve(curveMonotoneX).digits(1)(days) ?? '',
    line: line<DayCount>(at, top).curve(curveMonotoneX).digits(1)(days) ?? '',
    highest,
    lines: y
      .ticks(4)
      .filter((value) => value > 0)
      .map((value) => ({ value, y: round(y(value)) })),
  };
}

/**
 * Every day from the first that was counted to the last, those without any as 0.
 *
 * @param through the last day that is known; by default the last that has any
 */
export function everyDay(daily: Readonly<Record<string, number>>, through?: string): readonly DayCount[] {
  const known = Object.keys(daily).toSorted();
  const [first, last] = [known[0], through ?? known.at(-1)];
  if (first === undefined || last === undefined) return [];
  const days: DayCount[] = [];
  for (let time = Date.parse(first); time <= Date.parse(last); time += 86_400_000) {
    const day = new Date(time).toISOString().slice(0, 10);
    days.push({ day, count: daily[day] ?? 0 });
  }
  return days;
}

/** Sums of seven days, the last week ending with the last day. What is left at the start is no week. */
export function weekly(days: readonly DayCount[]): readonly DayCount[] {
  const weeks: DayCount[] = [];
  for (let end = days.length; end >= 7; end -= 7) {
    const week = days.slice(end - 7, end);
    weeks.unshift({ day: week[0]?.day ?? '', count: week.reduce((sum, { count }) => sum + count, 0) });
  }
  return weeks;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
