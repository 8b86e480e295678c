import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HELLO, NOW_MS, trustFixture, type Fixture } from './trust-fixture.ts';

const OTHER = 'plugins/@acme/other.json';

/** A site that was built and signed, with two documents. */
async function signedSite(): Promise<{ readonly fixture: Fixture; readonly site: string }> {
  const fixture = await trustFixture();
  const site = path.join(fixture.folder, 'site');
  await writeFile(path.join(site, '.ar-build.json'), '{}');
  await fixture.write({ [OTHER]: 'other' });
  await fixture.sign(NOW_MS);
  return { fixture, site };
}

async function tellChanged(site: string, line: string): Promise<void> {
  await appendFile(path.join(site, '.ar-files.log'), `${line}\n`);
}

function bins(signed: readonly string[]): readonly string[] {
  return signed.filter((file) => /^\d+\.bin-/.test(file));
}

describe('signing after a build of a change', () => {
  it('makes the bins anew whose documents changed, and reads no others', async () => {
    const { fixture, site } = await signedSite();
    await fixture.write({ [HELLO]: 'newer', [OTHER]: 'altered by somebody' });
    await tellChanged(site, `+api/v1/${HELLO}`);
    const { signed, targets } = await fixture.sign(NOW_MS + 1000);
    expect(bins(signed)).toHaveLength(1);
    // The same as where everything is read, but for what was changed behind the back of the build.
    await fixture.write({ [OTHER]: 'other' });
    await rm(path.join(site, '.ar-signed.json'));
    expect(await fixture.sign(NOW_MS + 1000)).toMatchObject({ needed: false, signed: [], targets });
  });

  it('takes out what was deleted', async () => {
    const { fixture, site } = await signedSite();
    const { targets } = await fixture.sign(NOW_MS);
    await rm(path.join(site, 'api/v1', OTHER));
    await tellChanged(site, `-api/v1/${OTHER}`);
    const outcome = await fixture.sign(NOW_MS + 1000);
    expect([outcome.targets, bins(outcome.signed).length]).toEqual([targets - 1, 1]);
  });

  it('gives bins near their end a new one', async () => {
    const { fixture } = await signedSite();
    const { signed } = await fixture.sign(NOW_MS + 170 * DAY_MS);
    expect(bins(signed).length).toBeGreaterThan(10);
  });

  it.each([
    ['a build of everything', (site: string) => writeFile(path.join(site, '.ar-build.json'), '{"other":1}')],
    ['a damaged note', (site: string) => writeFile(path.join(site, '.ar-signed.json'), '{')],
    [
      'a log that was cut',
      async (site: string) => {
        await tellChanged(site, '+api/v1/config.json');
        await writeFile(
          path.join(site, '.ar-signed.json'),
          (await readFile(path.join(site, '.ar-signed.json'), 'utf8')).replace('"logBytes":0', '"logBytes":999'),
        );
      },
    ],
  ])('reads all documents after %s', async (_what, happen) => {
    const { fixture, site } = await signedSite();
    await fixture.write({ [OTHER]: 'newer, and nobody told' });
    await happen(site);
    expect(bins((await fixture.sign(NOW_MS + 1000)).signed)).toHaveLength(1);
  });
});
