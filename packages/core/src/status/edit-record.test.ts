import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYaml, stringifyRecord } from '../yaml/index.ts';
import { editRecord } from './edit-record.ts';

function valueOf(text: string): unknown {
  const parsed = parseYaml(text, 'x.yaml');
  return parsed.ok ? parsed.file.value : parsed.findings;
}

describe('editRecord', () => {
  it('keeps comments, quotes and order of what it leaves alone', () => {
    const before = [
      '# Ours since the beginning.',
      'schemaVersion: 1',
      '',
      '# Whom to ask.',
      'owners:',
      '  - { login: ada, id: 1 } # on leave',
      '  # Keeps it.',
      '  - login: "bob"',
      '    id: 2',
      'repository:',
      '  url: https://example.com/old # moves soon',
      '  id: 7',
      'trust: community # since 2026',
      '',
    ].join('\n');
    const after = editRecord(before, {
      schemaVersion: 1,
      owners: [
        { login: 'bob', id: 2 },
        { login: 'eve', id: 3 },
      ],
      repository: { url: 'https://example.com/new' },
      trust: 'community',
    });
    expect(after).toBe(
      [
        '# Ours since the beginning.',
        'schemaVersion: 1',
        '',
        '# Whom to ask.',
        'owners:',
        '  # Keeps it.',
        '  - login: "bob"',
        '    id: 2',
        '  - login: eve',
        '    id: 3',
        'repository:',
        '  url: https://example.com/new # moves soon',
        'trust: community # since 2026',
        '',
      ].join('\n'),
    );
  });

  it('keeps the comment of a map that gets another key', () => {
    const text = 'yanked:\n  # told everybody\n  1.0.0: Broken # badly\n';
    const after = editRecord(text, { yanked: { '0.9.0': 'Old', '1.0.0': 'Broken' } });
    expect(after).toBe('yanked:\n  # told everybody\n  0.9.0: Old\n  1.0.0: Broken # badly\n');
  });

  it('writes the bytes of stringifyRecord where nobody wrote in it', () => {
    const record = fc.dictionary(
      fc.stringMatching(/^[a-zA-Z0-9.]{1,12}$/),
      fc.oneof(
        fc.string({ maxLength: 60 }),
        fc.integer(),
        fc.boolean(),
        fc.dictionary(fc.stringMatching(/^[a-z0-9.]{1,8}$/), fc.string(), { maxKeys: 4 }),
        fc.array(fc.record({ login: fc.string(), id: fc.nat() }), { maxLength: 4 }),
      ),
      { minKeys: 1, maxKeys: 6 },
    );
    fc.assert(
      fc.property(record, record, (before, after) => {
        expect(editRecord(stringifyRecord(before), after)).toBe(stringifyRecord(after));
      }),
    );
  });

  it('holds the values, whatever was written', () => {
    const flow = '{schemaVersion: 1, distTags: {latest: 1.0.0}, deprecated: {1.0.0: "a # b: c"}}\n';
    const after = {
      schemaVersion: 1,
      distTags: { latest: '1.0.0', beta: '2.0.0-beta.1' },
      yanked: { '1.0.0': '# no' },
    };
    expect(valueOf(editRecord(flow, after))).toEqual(after);
  });
});
