// The console as a process, people who sign in to it, and what else may be on the network.
import {createHash, X509Certificate} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {createServer, request} from 'node:http';
import {join} from 'node:path';
import {connect} from 'node:tls';
import {start} from './clawback.mjs';

// Chromium believes this one key, and no other certificate that it does not know.
export async function believe(tenant) {
  const {port} = new URL(tenant.url);
  const leaf = await new Promise((done, failed) => {
    const socket = connect({host: 'localhost', port, ca: readFileSync(join(tenant.place, 'ca.pem'))}, () => {
      done(new X509Certificate(socket.getPeerCertificate(true).raw));
      socket.destroy();
    });
    socket.on('error', failed);
  });
  const key = leaf.publicKey.export({type: 'spki', format: 'der'});
  return `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`;
}

// [{name, object}] of the people that the lab registered.
export function people(tenant) {
  const text = readFileSync(tenant.config, 'utf8');
  return [...text.matchAll(/name = "([^"]+)"\nentra = \{ tenant = "[^"]+", object = "([^"]+)" \}/g)]
    .map(([, name, object]) => ({name, object}));
}

// A configuration beside the lab's own that can't write to the tenant: the console has to do without.
export function console_config(tenant, name, change = text => text) {
  const text = readFileSync(tenant.config, 'utf8').replace(/\[identity\.write\][^[]*/, '');
  const path = join(tenant.place, name);
  writeFileSync(path, change(text), {mode: 0o600});
  return path;
}

export async function serve(config) {
  const one = await start(/http:\/\/localhost:\d+/, '--config', config, 'serve', '--listen', '127.0.0.1:0');
  return {...one, url: one.match[0]};
}

// What a program of the attacker's would send: any header, any cookie, no redirect followed.
export function send(url, {method = 'GET', headers = {}, body = ''} = {}) {
  return new Promise((done, failed) => {
    const to = new URL(url);
    const out = request({host: '127.0.0.1', port: to.port, path: url.slice(to.origin.length) || '/', method,
      headers: {Host: to.host, ...(body ? {'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body)} : {}), ...headers}}, answer => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', data => { text += data; });
      answer.on('end', () => done({status: answer.statusCode, headers: answer.headers, text}));
    });
    out.on('error', failed);
    out.end(body);
  });
}

// Somebody else's website: every path answers with the page that was put there.
export async function website(host) {
  const pages = new Map();
  const server = createServer((asked, answer) => {
    answer.setHeader('Content-Type', 'text/html; charset=utf-8');
    answer.end(pages.get(asked.url) ?? '<!doctype html><title>Elsewhere</title>');
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  return {url: `http://${host}:${server.address().port}`, pages, stop: () => (server.closeAllConnections(), server.close())};
}
