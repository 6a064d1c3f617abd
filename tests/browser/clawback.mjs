// Runs the real binary, in folders of its own that are gone afterwards.
import {execFile, spawn} from 'node:child_process';
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

// A command that goes on until it is stopped. `ready` is what its output says when it is.
export function start(ready, ...words) {
  const env = {...process.env, LC_ALL: 'C.UTF-8'};
  delete env.CLAWBACK_CONFIG;
  const child = spawn(binary, words, {env, stdio: ['ignore', 'pipe', 'pipe']});
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  const ended = new Promise(done => child.on('close', code => {
    process.off('exit', kill);
    done(code);
  }));
  const one = {said: '', match: null, ended, pid: child.pid, stop: () => (child.kill('SIGTERM'), ended)};
  return new Promise((done, failed) => {
    const failing = setTimeout(() => (kill(), failed(new Error(`not ready: clawback ${words.join(' ')}\n${one.said}`))), 60_000);
    const hear = data => {
      one.said += data;
      one.match ??= one.said.match(ready);
      if (one.match) clearTimeout(failing), done(one);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('close', code => (clearTimeout(failing), failed(new Error(`exit ${code}: clawback ${words.join(' ')}\n${one.said}`))));
  });
}

// `clawback lab` with its own configuration; the same seed and clock give the same tenant.
export async function lab(...words) {
  const place = folder('lab');
  const process_ = await start(/https:\/\/localhost:\d+/, 'lab', '-o', place, '--seed', '7', '--now', '2026-11-23T09:00:00Z', ...words);
  return {...process_, place, config: join(place, 'clawback.toml'), url: process_.match[0],
    run: (wanted, ...more) => run(wanted, '--config', join(place, 'clawback.toml'), ...more)};
}
