import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { undeclared } from './undeclared.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ar-undeclared-'));
  return () => fs.rmSync(folder, { recursive: true });
});

const bundle = (text: string): void => fs.writeFileSync(path.join(folder, 'main.cjs'), text);

describe('what a bundle asks for', () => {
  it('is named where package.json has it not', () => {
    bundle('const a = __lazily(() => require("execa"));\nconst b = () => import("@octokit/core/dist/index.js");');
    expect(undeclared(folder, {})).toEqual(['@octokit/core', 'execa']);
  });

  it('is in order where it is a dependency, an optional one, a file or a part of Node.js', () => {
    bundle('require("execa"); require("keyring"); require("./other.cjs"); require("node:fs"); require("zlib");');
    expect(undeclared(folder, { dependencies: { execa: '1' }, optionalDependencies: { keyring: '1' } })).toEqual([]);
  });
});
