import { ArError } from '@ar-registry/core/errors';
import { nearest } from '@ar-registry/core/text';
import { defineCommand } from '../command.ts';

export const registryAdd = defineCommand({
  name: 'registry add',
  summary: 'Use a further registry, and trust its keys from now on.',
  details: [
    'Asks the registry who it is, shows the fingerprint of the keys that sign it, and writes both into your own config.yaml after you said yes. From then on it is refused if it comes with other keys, or with none. Where you cannot be asked, give the fingerprint that its makers publish; with --offline the registry is not asked either, as on a machine that installs from bundles.',
    'A scope that is bound here is asked from this registry alone. For everybody who works on a project, write it below `registries:` of ar-plugins.yaml: `ar help registries`.',
  ],
  examples: [
    { command: 'registry add https://plugins.example.com --scope @myorg', does: '@myorg/… comes from there alone' },
    {
      command: 'registry add https://plugins.example.com --name default',
      does: 'it is asked for all that no scope binds',
    },
  ],
  options: {
    name: { type: 'string', value: 'NAME', summary: 'how --registry calls it; made of its address unless given' },
    scope: { type: 'string', value: '@SCOPE', multiple: true, summary: 'a scope that is asked from it alone' },
    mirror: { type: 'string', value: 'URL', multiple: true, summary: 'asked where it is out of order' },
    'token-env': { type: 'string', value: 'VARIABLE', summary: 'the environment variable that holds its token' },
    fingerprint: {
      type: 'string',
      value: 'SHA256',
      summary: 'of its keys, as its makers publish it: then you are not asked',
    },
  },
  positionals: { url: { summary: 'its address, or the path of a built registry' } },
  async run({ values, args }, context) {
    const { addRegistry } = await import('../registry/index.ts');
    const { name, scope, mirror, fingerprint } = values;
    assertForm(name, /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, 'A name is letters, digits, hyphens and underscores');
    assertForm(fingerprint, /^[0-9a-f]{64}$/, 'A fingerprint is 64 hexadecimal digits in lower case');
    assertForm(values['token-env'], /^[A-Za-z_][A-Za-z0-9_]{0,200}$/, 'A variable is letters, digits and underscores');
    for (const each of scope)
      assertForm(each, /^@[a-z0-9][a-z0-9-]{0,62}$/, 'A scope is an @ and a word of a-z, 0-9 and hyphens');
    const options = { name, scopes: scope, mirrors: mirror, tokenEnv: values['token-env'], fingerprint };
    return addRegistry(args.url, options, context);
  },
});

/** @throws USAGE */
function assertForm(value: string | undefined, form: RegExp, rule: string): void {
  if (value === undefined || form.test(value)) return;
  throw new ArError('USAGE', { problem: `${rule}, and not ${value}.`, help: 'ar plugin registry add --help' });
}

export const registryList = defineCommand({
  name: 'registry list',
  summary: 'List the registries that are asked from here.',
  details: ['Those of your own config.yaml and of this project, with the scopes that are bound to each. Asks nobody.'],
  examples: [{ command: 'registry list', does: 'which there are, and which is asked for the rest' }],
  options: {},
  positionals: {},
  looksOnly: true,
  async run(_input, context) {
    const { listRegistries } = await import('../registry/index.ts');
    return listRegistries(context);
  },
});

export const registryRemove = defineCommand({
  name: 'registry remove',
  summary: 'Forget a registry of your own settings.',
  details: [
    'What was installed from it stays. What is trusted of it stays too: met again, it must come with the same keys.',
  ],
  examples: [{ command: 'registry remove internal', does: 'takes the entry out of config.yaml' }],
  options: {},
  positionals: { name: { summary: 'as `registry list` calls it' } },
  async run({ args: { name } }, context) {
    const { readUserRegistries } = await import('../registry/index.ts');
    const { file, registries, change } = await readUserRegistries(context);
    const entry = Object.hasOwn(registries, name) ? registries[name] : undefined;
    if (!entry)
      throw new ArError('REGISTRY_NOT_DECLARED', { name, file, known: nearest(name, Object.keys(registries), 3) });
    await change(name, undefined);
    return { change: 'removed', name, entry, file } as const;
  },
});
