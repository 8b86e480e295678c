import { expect, it } from 'vitest';
import { measure } from './measure.ts';

const node = process.execPath;

it('runs one of each in every round, in an order that turns', () => {
  const order: string[] = [];
  const subject = (name: string) => ({
    name,
    program: () => {
      order.push(name);
      return { file: node, args: ['--version'] };
    },
  });
  const times = measure([subject('a'), subject('b')], { rounds: 2, warmUps: 1 });
  expect(order.join('')).toBe('ababba');
  expect([...times].map(([name, values]) => [name, values.length])).toEqual([
    ['a', 2],
    ['b', 2],
  ]);
});

it('takes nothing that fails for a measurement', () => {
  const failing = { name: 'x', program: () => ({ file: node, args: ['-e', 'process.exit(3)'] }) };
  expect(() => measure([failing], { rounds: 1 })).toThrow(/ended with 3/);
});
