// Debian's Chromium without a window, and what a page is asked in these tests.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {chromium} from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// A fresh profile each time, without the sandbox, which root and most containers can't have: every page is ours. No name but
// localhost can be resolved, so nothing leaves this machine.
export function launch(...more) {
  const args = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ...more];
  return chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args});
}

// Everything that a quiet page does not do. A refusal by the Content-Security-Policy is a console message.
export function watch(page) {
  const seen = {said: [], requests: []};
  page.on('console', message => seen.said.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', error => seen.said.push(`error: ${error.message}`));
  page.on('crash', () => seen.said.push('the page crashed'));
  page.on('popup', () => seen.said.push('another window'));
  page.on('download', one => seen.said.push(`download: ${one.url()}`));
  page.on('dialog', dialog => {
    seen.said.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('websocket', socket => seen.requests.push(socket.url()));
  page.on('request', request => seen.requests.push(request.url()));
  return seen;
}

// What axe-core finds against WCAG 2.2 AA and its own good practice, as lines.
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const {violations} = await globalThis.axe.run(document, {preload: false, resultTypes: ['violations']});
    return violations.map(one => ({
      impact: one.impact, id: one.id, help: one.help, count: one.nodes.length,
      first: one.nodes[0].html.slice(0, 200), why: one.nodes[0].failureSummary}));
  });
  return found.map(one => `${one.impact}: ${one.id} (${one.count}): ${one.help}\n  ${one.first}\n  ${one.why}`);
}

// Elements that stick out of the page to the right, without a part of their own that scrolls.
export function sticking_out(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const body = document.scrollingElement.scrollWidth;
    if (body <= width) return [];
    const out = [`the page is ${body} wide in a window of ${width}`];
    // The innermost ones say where it is; a long word sticks out of the box that it stands in.
    const reach = element => element.getBoundingClientRect().left +
      Math.max(element.getBoundingClientRect().width, element.scrollWidth);
    for (const element of document.body.querySelectorAll('*')) {
      if (element.closest('.scroll') || reach(element) <= width + 1) continue;
      if ([...element.children].some(child => !child.matches('.scroll') && reach(child) > width + 1)) continue;
      out.push(`${element.tagName}.${element.className} to ${Math.round(reach(element))}: ${element.textContent.trim().slice(0, 60)}`);
    }
    return out.slice(0, 6);
  });
}

// Elements whose content is cut off where nobody can scroll, as on paper.
export function clipped(page) {
  return page.evaluate(() => {
    const out = [];
    for (const element of document.body.querySelectorAll('*')) {
      const {overflowX} = getComputedStyle(element);
      if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1 && overflowX !== 'visible') {
        out.push(`${element.tagName}.${element.className} is cut: ${element.scrollWidth} > ${element.clientWidth}`);
      }
    }
    const width = document.documentElement.clientWidth;
    for (const element of document.body.querySelectorAll('table, pre, svg, img')) {
      const {right} = element.getBoundingClientRect();
      if (right > width + 1) out.push(`${element.tagName} leaves the paper: ${Math.round(right)} > ${width}`);
    }
    return out.slice(0, 6);
  });
}

export const pages_of = pdf => (pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length;
