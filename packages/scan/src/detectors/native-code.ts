import { nameOf, type Detector } from './detector.ts';

const NATIVE =
  /^(?:process dlopen|WebAssembly(?: (?:compile|compileStreaming|instantiate|instantiateStreaming|Module|Instance))?|node:wasi|node:ffi|npm:(?:bindings|node-gyp-build|ffi-napi|koffi|node-addon-api|prebuild-install))(?: |$)/;

export const nativeCode: Detector = {
  about: 'compiled add-ons and WebAssembly',
  check({ uses, report }) {
    for (const { path, how, node, isOrigin } of uses) {
      const isNative = NATIVE.test(path.join(' ')) || (path[0] ?? '').match(/^npm:.*\.node$/);
      if (isNative && isOrigin && how !== 'tested' && !path.includes('()'))
        report.need({ kind: 'nativeAddons', what: nameOf(path) }, node);
    }
  },
};
