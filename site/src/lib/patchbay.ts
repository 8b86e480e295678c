/** The drawing of the home page: plugins in the upper row of jacks, their types in the lower one, cables between. */

export interface Patchbay {
  readonly width: number;
  readonly height: number;
  readonly upper: readonly { readonly x: number; readonly used: boolean }[];
  readonly lower: readonly { readonly x: number; readonly label: string; readonly used: boolean }[];
  readonly cables: readonly { readonly d: string; readonly tone: number }[];
}

export const UPPER_Y = 34;
export const LOWER_Y = 118;
const WIDTH = 1200;
const HEIGHT = 290;
const JACKS = 26;
/** More would hide where they go. */
const CABLES = 15;
const TONES = 4;
/** The four jacks of a type, from its middle. */
export const SHIFTS: readonly number[] = [-36, 12, -12, 36];

/** @param types of the plugins to draw, the most popular first; more than there are jacks are left out */
export function makePatchbay(types: readonly string[], rows: readonly string[]): Patchbay {
  const step = WIDTH / JACKS;
  const places = spread(Math.min(types.length, CABLES));
  const lower = rows.map((label, index) => ({
    x: round((WIDTH / rows.length) * (index + 0.5)),
    label,
    used: types.includes(label),
  }));
  const cables = places.map((place, index) => {
    const x = round(step * (place + 0.5));
    const end = lower.find(({ label }) => label === types[index])?.x ?? WIDTH / 2;
    const shift = SHIFTS[index % SHIFTS.length] ?? 0;
    const low = HEIGHT - 20 - ((index * 37) % 90);
    return {
      tone: index % TONES,
      d: `M${x} ${UPPER_Y}C${round(x + (end - x) * 0.12)} ${low + 40} ${round(end + shift + (x - end) * 0.12)} ${low + 40} ${end + shift} ${LOWER_Y}`,
    };
  });
  const taken = new Set(places);
  const upper = Array.from({ length: JACKS }, (_, index) => ({
    x: round(step * (index + 0.5)),
    used: taken.has(index),
  }));
  return { width: WIDTH, height: HEIGHT, upper, lower, cables };
}

/** `count` different jacks, as if somebody had plugged them in over the years: always the same ones. */
function spread(count: number): readonly number[] {
  return Array.from({ length: JACKS }, (_, index) => (index * 11 + 3) % JACKS).slice(0, count);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
