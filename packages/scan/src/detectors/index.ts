import { builtins } from './builtins.ts';
import type { Detector } from './detector.ts';
import { dynamicCode } from './dynamic-code.ts';
import { environment } from './environment.ts';
import { files } from './files.ts';
import { globals } from './globals.ts';
import { hiddenText } from './hidden-text.ts';
import { listening } from './listening.ts';
import { modules } from './modules.ts';
import { nativeCode } from './native-code.ts';
import { network } from './network.ts';
import { obfuscation } from './obfuscation.ts';
import { processes } from './processes.ts';
import { workers } from './workers.ts';

/** All detectors. A new one is its file, a line here, the text of its codes, and tests. */
export const DETECTORS: readonly Detector[] = [
  dynamicCode,
  modules,
  globals,
  processes,
  workers,
  nativeCode,
  files,
  network,
  listening,
  environment,
  builtins,
  hiddenText,
  obfuscation,
];
