/** The script of the widgets' page, with as much of a browser as it needs. */
import { expect, test } from 'vitest';
// @ts-expect-error -- a script for browsers, without types
import { startPage as start } from '../assets/widgets.js';

const startPage = start as (browser: object) => void;
const HOSTILE = '<img src=x onerror=alert(1)>';

/** An element that has what the script uses, and nothing by which text could become markup. */
class FakeElement {
  children: FakeElement[] = [];
  textContent = '';
  className = '';
  clientWidth = 400;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  append(...children: FakeElement[]): void {
    this.children.push(...children);
  }

  replaceChildren(...children: FakeElement[]): void {
    this.children = children;
  }

  /** `name: text` of all elements with text. */
  get texts(): string[] {
    const own = this.textContent === '' ? [] : [`${this.name}: ${this.textContent}`];
    return [...own, ...this.children.flatMap(({ texts }) => texts)];
  }
}

function openPage() {
  const elements = { widgets: new FakeElement('main'), status: new FakeElement('p') };
  const listeners = new Map<string, (event: { data: string }) => void>();
  const charts: unknown[][] = [];
  const changes: string[] = [];
  startPage({
    document: {
      getElementById: (id: keyof typeof elements) => elements[id],
      createElement: (name: string) => new FakeElement(name),
    },
    EventSource: class {
      addEventListener(name: string, listener: (event: { data: string }) => void): void {
        listeners.set(name, listener);
      }
    },
    drawChart: class {
      constructor(options: unknown, data: unknown) {
        charts.push([options, data]);
      }

      setData(data: unknown): void {
        changes.push(JSON.stringify(data));
      }

      destroy(): void {
        changes.push('destroyed');
      }
    },
  });
  const send = (name: string, data: unknown): void => listeners.get(name)?.({ data: JSON.stringify(data) });
  return { ...elements, charts, changes, send };
}

const display = (type: string, data: object, more: object = {}) => ({
  plugin: '@a/b',
  name: type,
  type,
  title: HOSTILE,
  state: 'ok',
  data: { type, ...data },
  ...more,
});

test('every kind of display is shown as text, hostile or not', () => {
  const { widgets, charts, send } = openPage();
  send('list', [
    display('metric', { value: 3, unit: HOSTILE }),
    display('metric', { value: null, unit: 'ms' }, { name: 'empty' }),
    display('text', { text: HOSTILE }),
    display('table', { columns: [HOSTILE], rows: [[HOSTILE], [7]] }),
    display('chart', { x: [1, 2], series: [{ label: HOSTILE, values: [1, null] }] }),
    { plugin: '@a/c', name: 'x', type: 'metric', title: 'x', state: 'error' },
    { plugin: '@a/c', name: 'y', type: 'metric', title: 'y', state: 'waiting' },
  ]);
  const { texts } = widgets;
  expect(texts).toEqual([
    'h2: @a/b',
    `h3: ${HOSTILE}`,
    'p: 3',
    `span: ${HOSTILE}`,
    `h3: ${HOSTILE}`,
    'p: –',
    `h3: ${HOSTILE}`,
    `h3: ${HOSTILE}`,
    `pre: ${HOSTILE}`,
    `h3: ${HOSTILE}`,
    `th: ${HOSTILE}`,
    `td: ${HOSTILE}`,
    'td: 7',
    'h2: @a/c',
    'h3: x',
    'p: No data: see the log of the plugin.',
    'h3: y',
    'p: Waiting for data…',
  ]);
  expect(charts).toMatchObject([
    [
      { series: [{}, { label: HOSTILE }] },
      [
        [1, 2],
        [1, null],
      ],
    ],
  ]);
});

test('one display changes without the others, and an empty list says so', () => {
  const { widgets, status, send } = openPage();
  send('list', [display('metric', { value: 1 }), display('text', { text: 'stays' })]);
  send('display', display('metric', { value: 2 }));
  expect(widgets.texts).toEqual(['h2: @a/b', `h3: ${HOSTILE}`, 'p: 2', `h3: ${HOSTILE}`, 'pre: stays']);
  send('open', {});
  expect(status.textContent).toBe('Live');
  send('list', []);
  expect(widgets.texts).toEqual(['p: No widget is active.']);
});

function chart(label: string, values: readonly number[]) {
  return display('chart', { x: values, series: [{ label, values }] });
}

test('a chart of the same lines gets new points and stays; one of others takes its place', () => {
  const { charts, changes, send } = openPage();
  send('list', [chart('sent', [1])]);
  send('display', chart('sent', [1, 2]));
  expect([charts.length, changes]).toEqual([1, ['[[1,2],[1,2]]']]);
  send('display', chart('received', [1]));
  send('display', { ...chart('received', [1]), state: 'error' });
  send('list', [chart('sent', [1])]);
  send('list', []);
  expect(charts).toHaveLength(3);
  expect(changes.filter((change) => change === 'destroyed')).toHaveLength(3);
});
