/** Where the cables of a module run: what goes in at its left, what goes out at its right. */

export interface Patch {
  readonly width: number;
  readonly height: number;
  readonly module: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly cables: readonly { readonly d: string; readonly end: End }[];
  readonly sockets: readonly { readonly x: number; readonly y: number }[];
  readonly ends: readonly {
    readonly x: number;
    readonly y: number;
    readonly textX: number;
    readonly anchor: 'start' | 'end';
    readonly label: string;
    readonly end: End;
  }[];
}

export type End = 'in' | 'out';

const WIDTH = 860;
const ROW = 38;
const MODULE = 230;
/** More would be no drawing any more; the list has them all. */
const MOST = 8;

export function makePatch(inputs: readonly string[], outputs: readonly string[]): Patch {
  const [left, right] = [limited(inputs), limited(outputs)];
  const rows = Math.max(left.length, right.length, 1);
  const height = rows * ROW + 40;
  const module = { x: (WIDTH - MODULE) / 2, y: 10, width: MODULE, height: height - 20 };
  const ends = [...endsOf(left, 'in', height), ...endsOf(right, 'out', height)];
  const socketX = (end: End): number => (end === 'in' ? module.x : module.x + MODULE);
  return {
    width: WIDTH,
    height,
    module,
    ends,
    sockets: ends.map(({ y, end }) => ({ x: socketX(end), y: towardsMiddle(y, height) })),
    cables: ends.map(({ x, y, end }) => ({
      end,
      d: hanging({ x, y }, { x: socketX(end), y: towardsMiddle(y, height) }),
    })),
  };
}

function limited(names: readonly string[]): readonly string[] {
  if (names.length <= MOST) return names;
  return [...names.slice(0, MOST - 1), `and ${names.length - MOST + 1} more`];
}

function endsOf(labels: readonly string[], end: End, height: number): Patch['ends'] {
  const first = height / 2 - ((labels.length - 1) * ROW) / 2;
  return labels.map((label, index) => {
    const x = end === 'in' ? 228 : WIDTH - 228;
    const short = label.length > 26 ? `${label.slice(0, 25)}…` : label;
    return {
      x,
      y: first + index * ROW,
      textX: end === 'in' ? x - 16 : x + 16,
      anchor: end === 'in' ? 'end' : 'start',
      label: short,
      end,
    };
  });
}

function towardsMiddle(y: number, height: number): number {
  return Math.round(height / 2 + (y - height / 2) * 0.82);
}

/** A cable between two points sags below the lower one. */
function hanging(a: { readonly x: number; readonly y: number }, b: { readonly x: number; readonly y: number }): string {
  const low = Math.max(a.y, b.y) + 14;
  const third = (b.x - a.x) / 3;
  return `M${a.x} ${a.y}C${a.x + third} ${low} ${b.x - third} ${low} ${b.x} ${b.y}`;
}
