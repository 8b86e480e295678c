import type { TemplateValues } from './type-template.ts';

/** The text of `package.json`. */
export function packageJsonFile(values: TemplateValues): string {
  const content = {
    name: values.name,
    version: '0.1.0',
    description: values.description,
    author: values.author,
    license: values.license,
    type: 'module',
    main: './dist/index.js',
    files: ['ar-plugin.yaml', 'config-schema.json', 'CHANGELOG.md', 'dist'],
    engines: { node: '>=22.18' },
    scripts: { build: 'tsc', test: TEST_SCRIPT },
    devDependencies: {
      '@ar-registry/sdk': values.sdkSpec,
      '@types/node': '^24.0.0',
      typescript: '^7.0.2',
    },
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** It ends: a test that waits for ever fails, and what the tests themselves leave open does not hold their process. */
const TEST_SCRIPT = 'node --test --test-timeout=60000 --test-force-exit';

/** The text of `CHANGELOG.md`. */
export function changelogFile(values: TemplateValues): string {
  return `# Changelog of ${values.name}

## 0.1.0

- First version.
`;
}

/** Node runs the tests on the sources, so only what type stripping can erase is allowed. */
export const TSCONFIG = `{
  "compilerOptions": {
    "target": "ES2023",
    "lib": ["ES2023"],
    "types": ["node"],
    "module": "NodeNext",
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "exactOptionalPropertyTypes": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "rewriteRelativeImportExtensions": true,
    "skipLibCheck": true,
    "noEmitOnError": true,
    "rootDir": "src",
    "outDir": "dist"
  },
  "include": ["src"]
}
`;

export const GITIGNORE = `node_modules/
dist/
.env
*.log
*.tgz
`;
