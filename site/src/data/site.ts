/** The API of this build: opened once for all pages. */
import { openApi } from './api.ts';
import { readSettings, SETTING_NAMES } from './settings.ts';

const { api } = readSettings();
if (api === undefined) throw new Error(`${SETTING_NAMES.api} names no folder of a built API.`);

export const site = openApi(api);
