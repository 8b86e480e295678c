/**
 * Puts what Rolldown adds to a bundle, some functions of 2 KB that every part needs, into the program in place of a file
 * of their own: to find and read one costs a fifth of a millisecond.
 *
 * For bundles with one program alone. Where there are more, each of them would have to load the others for it.
 */
import type { Plugin } from 'rolldown';

const RUNTIME = /^rolldown-runtime-/;
const REQUIRED = /require\("\.\/rolldown-runtime-[^"]+"\)/g;
/** Of which nothing is used. */
const UNUSED = /^require\("\.\/rolldown-runtime-[^"]+"\);\n/gm;
/** The first line that has it. */
const DECLARED = `const require_rolldown_runtime = `;
/** No module of ours exports anything of this name. */
const EXPORTED = '__rolldown_runtime';

export function inlineRuntime(): Plugin {
  return {
    name: 'inline-runtime',
    generateBundle: (_options, bundle) => {
      const chunks = Object.values(bundle).filter((part) => part.type === 'chunk');
      const runtime = chunks.find(({ fileName }) => RUNTIME.test(fileName));
      const [program, ...others] = chunks.filter(({ isEntry }) => isEntry);
      if (!runtime || !program || others.length > 0) return;
      for (const chunk of chunks)
        chunk.code = chunk.code
          .replaceAll(UNUSED, '')
          .replaceAll(REQUIRED, `require("./${program.fileName}").${EXPORTED}`);
      const own = `${DECLARED}require("./${program.fileName}").${EXPORTED};`;
      if (!program.code.includes(own)) throw new Error(`${program.fileName} does not ask for what Rolldown adds.`);
      const inPlace = `${DECLARED}exports.${EXPORTED} = {};\n((exports) => {\n${runtime.code}\n})(require_rolldown_runtime);`;
      program.code = program.code.replace(own, () => inPlace);
      delete bundle[runtime.fileName];
    },
  };
}
