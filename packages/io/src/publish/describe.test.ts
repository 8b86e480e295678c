import { expect, it } from 'vitest';
import { describeSubmission } from './describe.ts';

const MANIFEST = {
  name: '@acme/hello',
  version: '1.0.0',
  description: 'Says hello',
  license: 'MIT',
  repository: { type: 'git', url: 'https://example.com/acme/hello.git' },
} as const;
const ARCHIVE = { integrity: `sha512-${'A'.repeat(86)}==`, size: 749 };

it('names the version, its archive and its source', () => {
  const source = { type: 'git', url: 'https://example.com/acme/hello.git', commit: 'a'.repeat(40) } as const;
  const { title, body, message } = describeSubmission(
    { manifest: MANIFEST, archive: ARCHIVE, source },
    { latest: '1.0.0' },
  );
  expect([title, message]).toEqual(['Publish @acme/hello 1.0.0', 'Publish @acme/hello 1.0.0\n']);
  for (const text of [ARCHIVE.integrity, source.commit, 'latest → 1.0.0']) expect(body).toContain(text);
});

it('lets no author write Markdown into it', () => {
  const description = 'x` | @everyone\n\n# Approved <img src=x> [click](https://evil.example) \u202e';
  const { body } = describeSubmission({ manifest: { ...MANIFEST, description }, archive: ARCHIVE });
  const line = body.split('\n').find((text) => text.startsWith('| Description')) ?? '';
  expect(line.split('`')).toHaveLength(3);
  expect(line.split('|')).toHaveLength(4);
  expect(body).not.toMatch(/^# |\u202e/m);
});
