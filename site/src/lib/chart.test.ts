import { describe, expect, it } from 'vitest';
import { areaChart, everyDay, weekly } from './chart.ts';

describe('everyDay', () => {
  it('has a 0 for each day without any, up to the last that is known', () => {
    expect(everyDay({ '2026-02-28': 2, '2026-03-02': 5 }, '2026-03-03')).toEqual([
      { day: '2026-02-28', count: 2 },
      { day: '2026-03-01', count: 0 },
      { day: '2026-03-02', count: 5 },
      { day: '2026-03-03', count: 0 },
    ]);
  });

  it('is nothing where nothing was counted', () => {
    expect(everyDay({}, '2026-03-03')).toEqual([]);
  });
});

describe('weekly', () => {
  it('ends with the last day, and leaves out what is no whole week', () => {
    const days = everyDay(
      Object.fromEntries(
        Array.from({ length: 16 }, (_, index) => [`2026-03-${String(index + 1).padStart(2, '0')}`, index + 1]),
      ),
    );
    expect(weekly(days)).toEqual([
      { day: '2026-03-03', count: 42 },
      { day: '2026-03-10', count: 91 },
    ]);
    expect(weekly(days.slice(0, 6))).toEqual([]);
  });
});

describe('areaChart', () => {
  const days = everyDay({ '2026-03-01': 0, '2026-03-02': 100, '2026-03-03': 50 });

  it('goes from the left to the right, within its height', () => {
    const { line, area, width, height, highest } = areaChart(days);
    expect(line).toMatch(/^M0,200/);
    expect(line.endsWith(`${width},102`)).toBe(true);
    expect([height, highest, area.endsWith('Z')]).toEqual([200, 100, true]);
    expect(`${line}${area}`).not.toMatch(/NaN|-\d/);
  });

  it('has lines at round numbers, the floor excepted', () => {
    expect(areaChart(days).lines.map(({ value }) => value)).toEqual([20, 40, 60, 80, 100]);
  });

  it('is flat on the floor where there is nothing', () => {
    expect(areaChart(everyDay({ '2026-03-01': 0, '2026-03-02': 0 })).line).toMatch(/^M0,200.*720,200$/);
  });
});
