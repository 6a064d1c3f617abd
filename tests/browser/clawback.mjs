// Runs the real binary, in folders of its own that are gone afterwards.
import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
export const binary = resolve(process.env.CLAWBACK ?? join(root, 'build/dev/clawback'));
export const policy = join(root, 'policies/default');

export function folder(name) {
  const path = mkdtempSync(join(tmpdir(), `clawback-${name}-`));
  process.on('exit', () => rmSync(path, {recursive: true, force: true}));
  return path;
}

// {code, out, err}; an exit code that is not `wanted` is an error with what was printed.
export function run(wanted, ...words) {
  const env = {...process.env, LC_ALL: 'C.UTF-8'};
  delete env.CLAWBACK_CONFIG;
  return new Promise((done, failed) => {
    execFile(binary, words, {env, timeout: 120_000, maxBuffer: 1 << 28}, (error, out, err) => {
      const code = error ? error.code : 0;
      if (code === wanted) done({code, out, err});
      else failed(new Error(`exit ${code}, not ${wanted}: clawback ${words.join(' ')}\n${out}\n${err}`));
    });
  });
}
